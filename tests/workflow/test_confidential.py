"""What must not be readable stands nowhere in the database, whichever way it came in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service import db, identity, jobs
from service.workflow import (
    delivery,
    deployments,
    drafts,
    external_jobs,
    instances,
    live,
    messages,
    models,
    releases,
    signals,
    tasks,
)
from tests.engine.bpmn import user_task, xml
from tests.engine.test_events import MESSAGES, boundary
from tests.forms.building import component, rows, source
from tests.privacy.traces import tables_with

SYSTEM = identity.SYSTEM
CITIZEN, CERTIFICATE, ACCOUNT = "450299197001010015", "45029919700101001543", "6222020000001234"
CHECKS = [
    ("citizen-id", CITIZEN, "450299********0015"),
    ("resident-id", CITIZEN, "450299********0015"),
    ("disability-certificate", CERTIFICATE, "450299**********1543"),
    ("bank-account", ACCOUNT, "************1234"),
]
WAITS = f"""<bpmn:startEvent id="s"/><bpmn:receiveTask id="r" messageRef="M"/>{user_task("b")}<bpmn:endEvent id="e"/>
flow: s -> r -> b -> e
"""
WORK = f"""<bpmn:startEvent id="s"/><bpmn:serviceTask id="w"><bpmn:extensionElements>
  <zeebe:taskDefinition type="away"/></bpmn:extensionElements></bpmn:serviceTask><bpmn:endEvent id="e"/>
{boundary("x", '<bpmn:errorEventDefinition errorRef="E"/>', to="w")}
flow: s -> w -> e
flow: x -> e
"""


@pytest.fixture(autouse=True)
def _fresh(app):
    releases.forget()
    live.forget()


def deploy(check="bank-account", name="number", body=None, **extra):
    """A process whose user task has a form with one field that is checked, alone and in a list."""
    properties = {"sealed": "true"} if check is None else {"validator": check}
    asked = component("textfield", name, properties=properties, **extra)
    form = source(asked, rows("people", {**asked, "id": "Field_inner"}), id="f_test")
    task = user_task("a", '<zeebe:formDefinition formId="f_test"/>')
    body = body or f'<bpmn:startEvent id="s"/>{task}<bpmn:endEvent id="e"/>\nflow: s -> a -> e\n'
    deployments.deploy({"p.bpmn": xml(body, shared=MESSAGES), "f_test.form": form}, by=SYSTEM)


def variable(name):
    return db.sa.session.scalars(select(models.Variable.value).where(models.Variable.name == name)).all()


def task():
    return db.sa.session.scalars(select(models.UserTask).where(models.UserTask.state == "CREATED")).one()


@pytest.mark.parametrize(("check", "number", "masked"), CHECKS)
def test_a_task_masks_what_its_form_checks_as_a_number_of_a_person(check, number, masked):
    deploy(check)
    instances.create("p", {}, by=SYSTEM)
    tasks.complete(task().key, {"number": number, "people": [{"number": number}]}, by=SYSTEM)
    assert (variable("number"), variable("people")) == ([masked], [[{"number": masked}]])
    assert tables_with(number) == []


@pytest.mark.parametrize(("check", "number", "masked"), CHECKS)
def test_a_message_is_kept_with_such_numbers_masked(check, number, masked, run_jobs):
    deploy(check, body=WAITS)
    instances.create("p", {"village": "v"}, by=SYSTEM)
    given = {"application": {"number": number, "people": [{"number": number}]}}
    messages.publish("objection", "v", given, by=SYSTEM, ttl=timedelta(days=1))
    assert tables_with(number) == []
    run_jobs()
    assert variable("application") == [{"number": masked, "people": [{"number": masked}]}]


def _start(number):
    instances.create("p", {"number": number}, by=SYSTEM)


def _set(number):
    key = instances.create("p", {}, by=SYSTEM).key
    instances.set_variables(key, {"number": number}, by=SYSTEM, reason="wrong")


def _move(number):
    key = instances.create("p", {}, by=SYSTEM).key
    instances.modify(key, activate=[("a", {"number": number})], by=SYSTEM)


def _correlate(number):
    deploy(body=WAITS)
    instances.create("p", {"village": "v"}, by=SYSTEM)
    delivery.correlate("objection", "v", {"number": number}, by=SYSTEM)


def _signal(number):
    waits = '<bpmn:startEvent id="s"><bpmn:signalEventDefinition signalRef="S"/></bpmn:startEvent>'
    deploy(body=f'{waits}{user_task("b")}<bpmn:endEvent id="e"/>\nflow: s -> b -> e\n')
    signals.broadcast("stop", {"number": number}, by=SYSTEM)
    assert tables_with(number) == []
    jobs.run_pending()


def _job(act):
    def enter(number):
        deploy(body=WORK)
        instances.create("p", {}, by=SYSTEM)
        act(db.sa.session.scalars(select(models.Job.key)).one(), {"number": number})

    return enter


def _fail(key, variables):
    later = timedelta()
    external_jobs.fail(key, retries=1, message=None, back_off=later, variables=variables, by=SYSTEM)


WAYS = {
    "start": _start,
    "set": _set,
    "move": _move,
    "correlate": _correlate,
    "signal": _signal,
    "job done": _job(lambda key, variables: external_jobs.complete(key, variables, by=SYSTEM)),
    "job failed": _job(_fail),
    "job error": _job(lambda key, variables: external_jobs.throw_error(key, "BAD", "", variables, by=SYSTEM)),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_a_number_comes_in_nobody_reads_it(way):
    deploy()
    WAYS[way](ACCOUNT)
    assert tables_with(ACCOUNT) == []
    assert tables_with("************1234")


def test_an_identity_number_is_masked_in_any_text_and_as_a_number():
    deploy()
    facts = {"facts": f"证件号{CITIZEN}有误", CITIZEN[:3]: [int(CITIZEN)], "code": "4502260010010001", "n": 2736}
    instances.create("p", facts, by=SYSTEM)
    assert variable("facts") == ["证件号450299********0015有误"]
    assert variable("450") == [["450299********0015"]]
    assert (variable("code"), variable("n")) == (["4502260010010001"], [2736])


def test_a_draft_is_encrypted_and_comes_back_as_it_was_typed():
    deploy()
    instances.create("p", {}, by=SYSTEM)
    typed = {"number": CITIZEN, "words": f"账号{ACCOUNT}", "n": 1.5, "none": None}
    drafts.save(task().key, typed, by=SYSTEM)
    assert drafts.load(task().key, by=SYSTEM).answers == typed
    assert tables_with(CITIZEN) == tables_with(ACCOUNT) == []


def test_a_sealed_answer_is_opened_for_the_form_and_taken_back_from_it():
    deploy(check=None, name="objector", required=True, maxLength=5)
    instances.create("p", {"objector": "石三妹"}, by=SYSTEM)
    assert tables_with("石三妹") == []
    [kept] = variable("objector")
    tasks.complete(task().key, {"objector": kept, "people": [{"objector": "龙二"}]}, by=SYSTEM)
    assert tables_with("石三妹") == tables_with("龙二") == []
    assert variable("objector") != [kept], "sealed anew, so it was opened before the form judged its length"


def test_what_only_looks_sealed_is_sealed():
    deploy(check=None, name="objector")
    instances.create("p", {"objector": "sealed:石三妹"}, by=SYSTEM)
    assert tables_with("石三妹") == []
