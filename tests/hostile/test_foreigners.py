"""People of one village or township among the work of the others: they see and touch only their own (DESIGN §5).

The demo people of 枫溪乡 with its eight villages, and of a second township 榕江乡 with one village.
"""

import itertools

import pytest

from service import identity
from service.identity import units
from service.seeds import staff, tree_a
from service.workflow import live, releases
from tests.api.conftest import Caller
from tests.engine import bpmn
from tests.hostile.conftest import refusal

VISIT = """<bpmn:startEvent id="s"/><bpmn:parallelGateway id="fork"/>
<bpmn:userTask id="visit"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="village_committee"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:userTask id="review"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="township_reviewer"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:serviceTask id="pay"><bpmn:extensionElements><zeebe:taskDefinition type="pay"/>
</bpmn:extensionElements></bpmn:serviceTask>
<bpmn:endEvent id="e1"/><bpmn:endEvent id="e2"/><bpmn:endEvent id="e3"/>
flow: s -> fork -> visit -> e1
flow: fork -> review -> e2
flow: fork -> pay -> e3
"""
VILLAGES = ("FX01", "FX02", "RJ01")
SLUGS = tree_a.SLUGS | {"RJ": "rongjiang", "RJ01": "dazhai"}
SEES_INSTANCES = {
    "admin": VILLAGES,
    "supervisor": VILLAGES,
    "supervisor.sanjiang": VILLAGES,
    "supervisor.fengxi": ("FX01", "FX02"),
    "supervisor.rongjiang": ("RJ01",),
    "village_committee.fengxicun": (),
    "village_committee.dazhai": (),
    "township_reviewer.fengxi": (),
    "designer": (),
    "household.fengxicun-1": (),
}
SEES_TASKS = {
    "supervisor.fengxi": {("FX01", "visit"), ("FX01", "review"), ("FX02", "visit"), ("FX02", "review")},
    "supervisor.rongjiang": {("RJ01", "visit"), ("RJ01", "review")},
    "village_committee.fengxicun": {("FX01", "visit")},
    "village_committee.gaoba": {("FX02", "visit")},
    "village_committee.dazhai": {("RJ01", "visit")},
    "township_reviewer.fengxi": {("FX01", "review"), ("FX02", "review")},
    "township_reviewer.rongjiang": {("RJ01", "review")},
    "village_clerk.fengxicun": set(),
    "township_clerk.fengxi": set(),
    "designer": set(),
    "household.fengxicun-1": set(),
}
HIDDEN = {
    "process-instances": "processInstanceKey",
    "element-instances": "elementInstanceKey",
    "variables": "variableKey",
    "incidents": "incidentKey",
    "audit-logs": "auditLogKey",
    "jobs": "jobKey",
}


@pytest.fixture
def call(app):
    """Call as one of the demo people."""
    releases.forget()
    live.forget()
    root = tree_a.plant()
    township = units.add("RJ", "榕江乡", "township", units.find(tree_a.COUNTY))
    units.add("RJ01", "大寨村", "village", township)
    staff.appoint(root, SLUGS)
    return lambda name: Caller(app, identity.credentials.create_token(name, "test"))


@pytest.fixture
def admin(call):
    return call("admin")


@pytest.fixture
def visits(admin):
    """One instance in each village, each with two tasks, a variable and an incident: key by village."""
    answer = admin.deploy({"visits.bpmn": bpmn.xml(VISIT, process_id="visits")})
    assert answer.status_code == 200, answer.text
    keys = {code: admin.start("visits", unit=code, secret=code) for code in VILLAGES}
    asked = {"type": "pay", "timeout": 60_000, "maxJobsToActivate": 9}
    for job in admin.post("/jobs/activation", asked).json["jobs"]:
        admin.post(f"/jobs/{job['jobKey']}/failure", {"retries": 0, "errorMessage": "no money"})
    return keys


def found(caller, noun, visits):
    """The villages whose rows a search shows, and how many rows there are by the answer's own count."""
    answer = caller.post(f"/{noun}/search", {"filter": {}}).json
    keys = {key: code for code, key in visits.items()}
    return {keys.get(item["processInstanceKey"]) for item in answer["items"]} - {None}, answer["page"]["totalItems"]


@pytest.mark.parametrize("person", SEES_INSTANCES)
def test_searches_show_and_count_only_what_one_may_see(call, admin, visits, person):
    caller = call(person)
    for noun in HIDDEN:
        codes, count = found(caller, noun, visits)
        assert codes == set(SEES_INSTANCES[person]), (noun, person)
        expected = [
            item
            for item in admin.post(f"/{noun}/search", {"page": {"limit": 1000}}).json["items"]
            if item["processInstanceKey"] in {visits[code] for code in SEES_INSTANCES[person]}
        ]
        others = 1 if noun == "audit-logs" and person == "admin" else 0  # the deployment, which is no instance's
        assert count >= len(expected) > 0 or count == 0 == len(expected)
        assert count - len(expected) in (0, others), (noun, person)


@pytest.mark.parametrize("person", SEES_TASKS)
def test_tasks_show_only_to_those_they_are_for(call, visits, person):
    codes = {key: code for code, key in visits.items()}
    answer = call(person).post("/user-tasks/search", {}).json
    assert {(codes[task["processInstanceKey"]], task["elementId"]) for task in answer["items"]} == SEES_TASKS[person]
    assert answer["page"]["totalItems"] == len(SEES_TASKS[person])


def test_no_filter_finds_what_one_may_not_see(call, visits):
    caller = call("supervisor.rongjiang")
    foreign = visits["FX01"]
    assert caller.search("process-instances", {"processInstanceKey": foreign}) == []
    assert caller.search("process-instances", {"$or": [{"processInstanceKey": foreign}, {"state": "COMPLETED"}]}) == []
    assert caller.search("variables", {"value": '"FX01"'}) == []
    assert caller.search("user-tasks", {"processInstanceVariables": [{"name": "secret", "value": '"FX01"'}]}) == []
    key = caller.search("process-definitions", {"processDefinitionId": "visits"})[0]["processDefinitionKey"]
    counted = caller.post(f"/process-definitions/{key}/statistics/element-instances").json["items"]
    assert {each["elementId"]: each["active"] for each in counted}["visit"] == 1


@pytest.mark.parametrize("person", ["supervisor.rongjiang", "village_committee.dazhai", "village_committee.fengxicun"])
def test_what_is_foreign_cannot_be_read(call, admin, visits, person):
    caller, foreign = call(person), visits["FX02"]
    for noun, name in HIDDEN.items():
        if noun == "jobs":
            continue  # one reads jobs by searching only
        for item in admin.search(noun, {"processInstanceKey": foreign}):
            refusal(caller.get(f"/{noun}/{item[name]}"), 404)
    for task in admin.search("user-tasks", {"processInstanceKey": foreign}):
        path = f"/user-tasks/{task['userTaskKey']}"
        refusal(caller.get(path), 404)
        refusal(caller.get(f"{path}/form"), 404)
        for inside in ("variables", "effective-variables", "audit-logs"):
            refusal(caller.post(f"{path}/{inside}/search"), 404)
    path = f"/process-instances/{foreign}"
    for inside in ("call-hierarchy", "sequence-flows", "statistics/element-instances"):
        refusal(caller.get(f"{path}/{inside}"), 404)
    refusal(caller.post(f"{path}/incidents/search"), 404)
    refusal(caller.post(f"/element-instances/{foreign}/incidents/search"), 404)


def commands(admin, key):
    """Every command on an instance and what is in it: (method, path, body)."""
    (job,) = admin.search("jobs", {"processInstanceKey": key})
    (incident,) = admin.search("incidents", {"processInstanceKey": key})
    definition = admin.search("process-definitions")[0]["processDefinitionKey"]
    path = f"/process-instances/{key}"
    pair = [{"sourceElementId": "visit", "targetElementId": "visit"}]
    yield "POST", f"{path}/cancellation", {}
    yield "POST", f"{path}/suspension", {}
    yield "POST", f"{path}/resumption", {}
    yield "POST", f"{path}/incident-resolution", {}
    yield "POST", f"{path}/modification", {"activateInstructions": [{"elementId": "visit"}]}
    yield "POST", f"{path}/migration", {"targetProcessDefinitionKey": definition, "mappingInstructions": pair}
    yield "PUT", f"/element-instances/{key}/variables", {"variables": {"secret": "known"}}
    yield "POST", f"/incidents/{incident['incidentKey']}/resolution", {}
    yield "POST", f"/jobs/{job['jobKey']}/completion", {}
    yield "POST", f"/jobs/{job['jobKey']}/failure", {}
    yield "POST", f"/jobs/{job['jobKey']}/error", {"errorCode": "E"}
    yield "PATCH", f"/jobs/{job['jobKey']}", {"changeset": {"retries": 3}}
    for task in admin.search("user-tasks", {"processInstanceKey": key}):
        path = f"/user-tasks/{task['userTaskKey']}"
        yield "POST", f"{path}/completion", {"variables": {"secret": "known"}}
        yield "POST", f"{path}/assignment", {"assignee": "village_committee.dazhai"}
        yield "DELETE", f"{path}/assignee", None
        yield "PATCH", path, {"changeset": {"priority": 99}}


@pytest.mark.parametrize(
    "person", ["supervisor.rongjiang", "village_committee.dazhai", "village_committee.fengxicun", "designer"]
)
def test_what_is_foreign_cannot_be_changed(call, admin, visits, untouched, person):
    caller = call(person)
    todo = list(commands(admin, visits["FX02"]))
    assert len(todo) == 20
    with untouched():
        for method, path, body in todo:
            refusal(caller.send(method, path, body), 403, 404)


@pytest.mark.parametrize("person", ["village_committee.fengxicun", "township_clerk.fengxi", "supervisor.fengxi"])
def test_what_rules_the_whole_is_not_for_officials(call, visits, untouched, person):
    caller = call(person)
    with untouched():
        refusal(caller.deploy({"visits.bpmn": bpmn.xml(VISIT, process_id="visits")}), 403)
        refusal(caller.post("/messages/publication", {"name": "m", "correlationKey": "k"}), 403)
        refusal(caller.post("/messages/correlation", {"name": "m", "correlationKey": "k"}), 403)
        refusal(caller.post("/signals/broadcast", {"signalName": "s"}), 403)
        refusal(caller.post("/jobs/activation", {"type": "pay", "timeout": 1000, "maxJobsToActivate": 1}), 403)
        refusal(caller.put("/clock", {"timestamp": 0}), 403)
        refusal(caller.post("/clock/reset"), 403)


@pytest.mark.parametrize(
    ("person", "codes"),
    [
        ("township_clerk.fengxi", {"FX", "FX01", "FX02"}),
        ("village_clerk.fengxicun", {"FX01"}),
        ("supervisor.sanjiang", {"FX", "FX01", "FX02", "RJ", "RJ01", tree_a.COUNTY}),
        ("household.fengxicun-1", set()),
    ],
)
def test_one_starts_a_process_only_at_home_or_below(call, visits, untouched, person, codes):
    caller = call(person)
    for code in ("FX", "FX01", "FX02", "RJ", "RJ01", tree_a.COUNTY):
        body = {"processDefinitionId": "visits", "variables": {"unit": code}}
        if code in codes:
            assert caller.post("/process-instances", body).status_code == 200, code
        else:
            with untouched():
                refusal(caller.post("/process-instances", body), 403)


def test_a_task_is_done_once_by_whom_it_is_for(call, admin, visits, untouched):
    own, neighbour = call("village_committee.gaoba"), call("village_committee.fengxicun")
    supervisor = call("supervisor.fengxi")
    (task,) = own.search("user-tasks")
    path = f"/user-tasks/{task['userTaskKey']}/completion"
    with untouched():
        refusal(neighbour.post(path, {"variables": {"secret": "x"}}), 404)
        refusal(supervisor.post(path, {"variables": {"secret": "x"}}), 403)
    assert own.post(path, {"variables": {"poor": True}}).status_code == 204
    with untouched():
        refusal(own.post(path, {"variables": {"poor": False}}), 409)
        refusal(neighbour.post(path, {"variables": {"poor": False}}), 404)
    names = {"processInstanceKey": visits["FX02"], "name": "poor"}
    assert [each["value"] for each in admin.search("variables", names)] == ["true"]


def test_a_task_that_is_somebodys_is_not_anybodys(call, admin, visits, untouched):
    members = ("village_committee.fengxicun", "village_clerk.fengxicun")
    first, second = (call(name) for name in members)
    (task,) = first.search("user-tasks")
    path = f"/user-tasks/{task['userTaskKey']}"
    with untouched():
        refusal(second.post(f"{path}/assignment", {"assignee": members[1]}), 403, 404)
        refusal(first.post(f"{path}/assignment", {"assignee": members[1]}), 403)
        refusal(admin.post(f"{path}/assignment", {"assignee": "nobody-at-all"}), 400)
    assert first.post(f"{path}/assignment", {"assignee": members[0]}).status_code == 204
    assert first.delete(f"{path}/assignee").status_code == 204


def test_every_person_of_the_demonstration_sees_only_his_own_tasks(call, visits):
    """Everybody in both townships together: each task shows to its role at its unit and to supervisors above."""
    people = sorted(itertools.chain(SEES_INSTANCES, SEES_TASKS))
    shown = {name: len(call(name).search("user-tasks")) for name in dict.fromkeys(people)}
    assert {name: count for name, count in shown.items() if count} == {
        "admin": 6,
        "supervisor": 6,
        "supervisor.sanjiang": 6,
        "supervisor.fengxi": 4,
        "supervisor.rongjiang": 2,
        "township_reviewer.fengxi": 2,
        "township_reviewer.rongjiang": 1,
        "village_committee.fengxicun": 1,
        "village_committee.gaoba": 1,
        "village_committee.dazhai": 1,
    }
