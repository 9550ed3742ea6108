"""Searching: filters and their operators, sorting, paging by offset and by cursor, and what is refused by name."""

import itertools
from datetime import datetime

import pytest
from sqlalchemy import update

from service import db
from service.workflow import models
from tests.api.conftest import ONE_TASK
from tests.engine import bpmn


@pytest.fixture
def five(one_task, admin):
    """Five open tasks with priorities 10, 20, ... and due dates for the first three."""
    for number in range(1, 6):
        admin.start("one", unit="4502-e", n=number, village="上村" if number < 3 else "下村")
    tasks = admin.search("user-tasks", sort=[{"field": "creationDate"}])
    with db.transaction() as session:
        for number, task in enumerate(tasks, 1):
            due = datetime.fromisoformat(f"2026-0{number}-01T00:00:00+08:00") if number < 4 else None
            values = {"priority": number * 10, "due": due, "name": f"Visit {number}%"}
            key = int(task["userTaskKey"])
            session.execute(update(models.UserTask).where(models.UserTask.key == key).values(**values))
    return tasks


def priorities(caller, filter=None, **more):
    more.setdefault("sort", [{"field": "priority"}])
    return [task["priority"] for task in caller.search("user-tasks", filter, **more)]


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"priority": 30}, [30]),
        ({"priority": {"$gt": 20, "$lte": 40}}, [30, 40]),
        ({"priority": {"$in": [10, 50, 99]}}, [10, 50]),
        ({"priority": {"$neq": 10}}, [20, 30, 40, 50]),
        ({"name": {"$like": "visit*"}}, []),
        ({"name": {"$like": "Visit ?%"}}, [10, 20, 30, 40, 50]),
        ({"name": {"$like": "*2*"}}, [20]),
        ({"name": {"$like": "Visit _%"}}, []),
        ({"name": "Visit 4%"}, [40]),
        ({"name": {"$in": ["Visit 4%", "Visit 5%"]}}, [40, 50]),
        ({"name": {"$notIn": ["Visit 4%", "Visit 5%"]}}, [10, 20, 30]),
        ({"dueDate": {"$exists": False}}, [40, 50]),
        ({"dueDate": {"$exists": True, "$gte": "2026-01-31T16:00:00Z"}}, [20, 30]),
        ({"dueDate": "2026-02-28T16:00:00Z"}, [30]),
        ({"assignee": {"$exists": False}}, [10, 20, 30, 40, 50]),
        ({"assignee": {"$neq": "bob"}}, [10, 20, 30, 40, 50]),
        ({"state": {"$in": ["CREATED", "FAILED"]}}, [10, 20, 30, 40, 50]),
        ({"state": "COMPLETED"}, []),
        ({"tenantId": "<default>"}, [10, 20, 30, 40, 50]),
        ({"tenantId": "other"}, []),
        ({"candidateGroup": "township_clerk"}, [10, 20, 30, 40, 50]),
        ({"candidateGroup": {"$like": "village*"}}, []),
        ({"candidateUser": "bob"}, []),
        ({"tags": ["x"]}, []),
        ({"businessId": {"$exists": False}}, [10, 20, 30, 40, 50]),
        ({"processInstanceVariables": [{"name": "n", "value": "2"}]}, [20]),
        ({"processInstanceVariables": [{"name": "n", "value": "2.0"}]}, [20]),
        ({"processInstanceVariables": [{"name": "village", "value": '"上村"'}, {"name": "n", "value": "1"}]}, [10]),
        ({"processInstanceVariables": [{"name": "village", "value": {"$like": "*下村*"}}]}, [30, 40, 50]),
        ({"processInstanceVariables": [{"name": "n", "value": {"$in": ["1", "5"]}}]}, [10, 50]),
        ({"localVariables": [{"name": "n", "value": "2"}]}, []),
        ({"$or": [{"priority": 10}, {"priority": {"$gte": 50}}]}, [10, 50]),
        ({"priority": {"$lt": 40}, "$or": [{"priority": 10}, {"priority": 50}]}, [10]),
        ({"$or": [{}]}, [10, 20, 30, 40, 50]),
    ],
)
def test_a_filter_finds_what_matches(five, admin, filter, found):
    assert priorities(admin, filter) == found


def test_all_fields_of_a_filter_must_match(five, admin):
    key = five[1]["userTaskKey"]
    assert priorities(admin, {"userTaskKey": key, "priority": 20}) == [20]
    assert priorities(admin, {"userTaskKey": key, "priority": 30}) == []


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ([{"field": "priority", "order": "DESC"}], [50, 40, 30, 20, 10]),
        ([{"field": "dueDate", "order": "ASC"}], [10, 20, 30, 40, 50]),
        ([{"field": "dueDate", "order": "DESC"}], [30, 20, 10, 40, 50]),
        ([{"field": "followUpDate"}, {"field": "priority", "order": "desc"}], [50, 40, 30, 20, 10]),
    ],
)
def test_a_sort_orders_and_puts_nulls_last(five, admin, sort, found):
    assert priorities(admin, sort=sort) == found


@pytest.mark.parametrize(
    "sort",
    [
        [],
        [{"field": "priority"}],
        [{"field": "priority", "order": "DESC"}],
        [{"field": "dueDate", "order": "ASC"}],
        [{"field": "dueDate", "order": "DESC"}],
        [{"field": "followUpDate", "order": "DESC"}, {"field": "priority", "order": "DESC"}],
        [{"field": "dueDate"}, {"field": "creationDate", "order": "DESC"}],
    ],
)
def test_cursors_walk_the_whole_order_forward_and_back(five, admin, sort):
    whole = priorities(admin, sort=sort)
    seen, after = [], None
    for _page in range(4):
        page = {"limit": 2} | ({"after": after} if after else {})
        answer = admin.post("/user-tasks/search", {"sort": sort, "page": page}).json
        seen.append([task["priority"] for task in answer["items"]])
        if not answer["items"]:
            break
        after, before = answer["page"]["endCursor"], answer["page"]["startCursor"]
        assert answer["page"]["totalItems"] == 5
    assert list(itertools.chain(*seen)) == whole
    assert seen[-1] == []
    back = admin.post("/user-tasks/search", {"sort": sort, "page": {"limit": 3, "before": before}}).json
    assert [task["priority"] for task in back["items"]] == whole[1:4]


def test_an_offset_skips(five, admin):
    assert priorities(admin, page={"from": 3, "limit": 5}) == [40, 50]
    assert priorities(admin, page={"limit": 1}) == [10]
    page = admin.post("/user-tasks/search", {"page": {"from": 9}}).json["page"]
    assert page == {"totalItems": 5, "hasMoreTotalItems": False, "startCursor": None, "endCursor": None}


def test_a_total_beyond_the_limit_is_a_lower_bound(five, admin, monkeypatch):
    monkeypatch.setattr("service.api.search.listing.COUNT_AT_MOST", 3)
    page = admin.post("/user-tasks/search").json["page"]
    assert (page["totalItems"], page["hasMoreTotalItems"]) == (3, True)


@pytest.mark.parametrize(
    ("body", "place", "text"),
    [
        ({"filters": {}}, "filters", "filter, sort, page"),
        ({"filter": {"colour": "red"}}, "filter.colour", "assignee"),
        ({"filter": {"priority": {"$near": 3}}}, "filter.priority.$near", "$gte"),
        ({"filter": {"priority": {"$like": "3"}}}, "filter.priority.$like", "no operator"),
        ({"filter": {"priority": "30"}}, "filter.priority", "whole number"),
        ({"filter": {"priority": True}}, "filter.priority", "whole number"),
        ({"filter": {"priority": {}}}, "filter.priority", "at least one"),
        ({"filter": {"priority": {"$in": 3}}}, "filter.priority.$in", "a list"),
        ({"filter": {"priority": {"$exists": "yes"}}}, "filter.priority.$exists", "true or false"),
        ({"filter": {"dueDate": "tomorrow"}}, "filter.dueDate", "ISO 8601"),
        ({"filter": {"dueDate": "2026-01-01T00:00:00"}}, "filter.dueDate", "offset"),
        ({"filter": {"state": "DONE"}}, "filter.state", "CREATED"),
        ({"filter": {"processInstanceKey": 17}}, "filter.processInstanceKey", "19 digits"),
        ({"filter": {"processInstanceKey": "9" * 19}}, "filter.processInstanceKey", "19 digits"),
        ({"filter": {"elementId": {"$eq": "x"}}}, "filter.elementId", "plain value"),
        ({"filter": {"name": {"$like": 3}}}, "filter.name.$like", "text"),
        ({"filter": []}, "filter", "JSON object"),
        ({"filter": {"$or": {}}}, "filter.$or", "1 to 100"),
        ({"filter": {"$or": [{"colour": 1}]}}, "filter.$or[0].colour", "no such field"),
        ({"filter": {"$or": [{"$or": [{}]}]}}, "filter.$or[0].$or", "no such field"),
        ({"filter": {"processInstanceVariables": [{"name": "n"}]}}, "filter.processInstanceVariables[0]", "name and"),
        (
            {"filter": {"processInstanceVariables": [{"name": "n", "value": "x y"}]}},
            "filter.processInstanceVariables[0].value",
            "JSON text",
        ),
        ({"sort": [{"field": "assignee"}]}, "sort[0].field", "priority"),
        ({"sort": [{"field": "priority", "order": "UP"}]}, "sort[0].order", "ASC, DESC"),
        ({"sort": ["priority"]}, "sort[0]", "field and order"),
        ({"sort": {}}, "sort", "a list"),
        ({"page": {"limit": 0}}, "page.limit", "from 1 to 10000"),
        ({"page": {"limit": 10**6}}, "page.limit", "from 1 to 10000"),
        ({"page": {"limit": 1.5}}, "page.limit", "whole number"),
        ({"page": {"from": -1}}, "page.from", "from 0"),
        ({"page": {"size": 3}}, "page.size", "limit"),
        ({"page": {"from": 1, "after": "x"}}, "page", "only one"),
        ({"page": {"after": "nonsense"}}, "page.after", "cursor"),
        ({"page": {"after": "WzFd"}, "sort": [{"field": "priority"}]}, "page.after", "cursor"),
        ({"page": {"before": 7}}, "page.before", "text"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_place(admin, body, place, text):
    answer = admin.post("/user-tasks/search", body)
    assert answer.status_code == 400
    ((at, messages),) = answer.json["fields"].items()
    assert at == place
    assert text in messages[0]
    assert place in answer.json["detail"]


NOUNS = [
    "audit-logs",
    "decision-definitions",
    "element-instances",
    "incidents",
    "jobs",
    "process-definitions",
    "process-instances",
    "resources",
    "user-tasks",
    "variables",
]


@pytest.mark.parametrize("noun", NOUNS)
def test_every_search_can_sort_by_each_of_its_fields_both_ways(application, admin, noun):
    admin.deploy({"one.bpmn": bpmn.xml(ONE_TASK, process_id="one")})
    admin.start("one", unit="4502-e")
    document = admin.get("/openapi.json").json
    request = document["paths"][f"/v2/{noun}/search"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    name = request["$ref"].rpartition("/")[2]
    sorts = document["components"]["schemas"][name + "SortRequest"]["properties"]["field"]["enum"]
    for field, order in itertools.product(sorts, ("ASC", "DESC")):
        asked = {"sort": [{"field": field, "order": order}], "page": {"limit": 1}}
        answer = admin.post(f"/{noun}/search", asked)
        assert answer.status_code == 200, (field, answer.text)
        if cursor := answer.json["page"]["endCursor"]:
            asked["page"]["after"] = cursor
            assert admin.post(f"/{noun}/search", asked).status_code == 200, field


@pytest.mark.parametrize("noun", NOUNS)
def test_every_search_can_filter_by_each_of_its_fields(admin, noun):
    document = admin.get("/openapi.json").json
    request = document["paths"][f"/v2/{noun}/search"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    name = request["$ref"].rpartition("/")[2].removesuffix("SearchQuery") + "Filter"
    for field, schema in document["components"]["schemas"][name]["properties"].items():
        if field == "$or":
            continue
        for value in samples(schema):
            answer = admin.post(f"/{noun}/search", {"filter": {field: value}})
            assert answer.status_code == 200, (field, value, answer.text)


def samples(schema):
    """Fitting values for what the document says of a field, each operator once."""
    if "oneOf" in schema:
        for each in schema["oneOf"]:
            yield from samples(each)
    elif "enum" in schema:
        yield from schema["enum"]
    elif schema["type"] == "object" and "required" in schema:
        names = schema["required"]
        for values in zip(*(samples(schema["properties"][name]) for name in names), strict=False):
            yield dict(zip(names, values, strict=True))
    elif schema["type"] == "object":
        for name, inner in schema["properties"].items():
            yield {name: next(samples(inner))}
    elif schema["type"] == "array":
        yield [next(samples(schema["items"]))]
    else:
        text = "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "17"
        yield {"string": text, "integer": 3, "boolean": True}[schema["type"]]
