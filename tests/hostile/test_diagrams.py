"""Files that harm who reads them: XML bombs, foreign entities, endless, deep, wide and broken diagrams."""

import itertools
import random
import string

import pytest

from tests.hostile.conftest import refusal

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
STRAIGHT = '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
NOISE = "".join(random.Random(7).choices(string.ascii_letters, k=20_000))


def diagram(body: str = STRAIGHT, before: str = "", process_id: str = "p", more: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<bpmn:definitions {NAMESPACES} {more} id="d" '
        f'targetNamespace="x"><bpmn:process id="{process_id}" isExecutable="true">{body}</bpmn:process>'
        "</bpmn:definitions>"
    ).encode()


def chain(length: int, kind: str = "task") -> str:
    nodes = ["s", *(f"t{number}" for number in range(length)), "e"]
    flows = (
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{one}" targetRef="{other}"/>'
        for number, (one, other) in enumerate(itertools.pairwise(nodes))
    )
    middle = "".join(f'<bpmn:{kind} id="{node}"/>' for node in nodes[1:-1])
    return f'<bpmn:startEvent id="s"/>{middle}<bpmn:endEvent id="e"/>{"".join(flows)}'


def noted(text: str) -> str:
    return f"<bpmn:documentation>{text}</bpmn:documentation>{STRAIGHT}"


REFUSED = {
    "an entity bomb": diagram(noted("&i;"), BOMB),
    "an entity bomb in an attribute": diagram(STRAIGHT, BOMB, more='name="&i;"'),
    "a file of the machine": diagram(noted("&x;"), '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "an address": diagram(STRAIGHT, '<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'),
    "a document type": diagram(STRAIGHT, '<!DOCTYPE d SYSTEM "x.dtd">'),
    "an inclusion": diagram('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>' + STRAIGHT),
    "10 MB of text": diagram(noted("x" * 10_000_000)),
    "10 MB of elements": diagram(STRAIGHT + '<bpmn:task id="t" name="nnnnnnnnnnnnnnnnnnnnnn"/>' * 200_000),
    "a 4 MB attribute": diagram(more=f'name="{"x" * 4_200_000}"'),
    "100,000 attributes": diagram(more=" ".join(f'a{number}="1"' for number in range(100_000))),
    "16,000 tasks in a row": diagram(chain(16_000)),
    "5,000 gateways in a row that lead back": diagram(
        chain(5_000, "exclusiveGateway").replace('targetRef="e"', 'targetRef="t0"')
    ),
    "100,000 levels": diagram("<a>" * 100_000 + "</a>" * 100_000),
    "200 levels of sub-processes": diagram(
        STRAIGHT + "".join(f'<bpmn:subProcess id="x{level}">' for level in range(200)) + "</bpmn:subProcess>" * 200
    ),
    "NUL at the end": diagram() + b"\0",
    "NUL in a text": diagram(noted("\0")),
    "NUL by reference": diagram(noted("&#0;")),
    "half a character by reference": diagram(noted("&#xD800;")),
    "bytes that are no UTF-8": diagram().replace(b'id="d"', b'id="\xff\xfe"'),
    "UTF-16": diagram().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-7": diagram().decode().replace("UTF-8", "UTF-7").encode("utf-7"),
    "an unknown encoding": diagram().replace(b"UTF-8", b"X-NONE"),
    "nothing": b"",
    "blanks": b"  \n ",
    "any bytes": bytes(range(256)) * 100,
    "JSON": b"{}",
    "a page": b"<html><body/></html>",
    "an attribute twice": diagram(more='id="other"'),
    "a long process id": diagram(process_id=NOISE),
    "a long element id": diagram(STRAIGHT.replace('"s"', f'"{NOISE}"')),
    "an id twice": diagram(STRAIGHT + '<bpmn:task id="s"/>'),
    "a picture as an id": diagram(process_id="p😀"),
    "an expression without end": diagram(
        chain(1, "scriptTask").replace(
            'id="t0"/>',
            'id="t0"><bpmn:extensionElements><zeebe:script expression="='
            + "(" * 5_000
            + '" resultVariable="r"/></bpmn:extensionElements></bpmn:scriptTask>',
        )
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_harmful_diagram_is_refused_and_nothing_changes(admin, untouched, what):
    with untouched():
        problem = refusal(admin.deploy({"x.bpmn": REFUSED[what]}), 400)
    assert all(place.startswith("x.bpmn") for place in problem["fields"])
    assert admin.get("/topology").status_code == 200


def test_a_harmful_file_takes_the_good_ones_of_its_deployment_with_it(admin, untouched):
    with untouched():
        problem = refusal(admin.deploy({"good.bpmn": diagram(), "bad.bpmn": REFUSED["an entity bomb"]}), 400)
    assert [place.partition(":")[0] for place in problem["fields"]] == ["bad.bpmn"]


def test_a_refusal_does_not_show_the_file_that_was_asked_for(admin):
    answer = admin.deploy({"x.bpmn": REFUSED["a file of the machine"]})
    assert "root:" not in answer.text


def test_5000_tasks_in_a_row_run_to_the_end(admin):
    assert admin.deploy({"x.bpmn": diagram(chain(5_000), process_id="long")}).status_code == 200
    assert admin.get(f"/process-instances/{admin.start('long')}").json["state"] == "COMPLETED"


FORKS = "".join(
    f'<bpmn:parallelGateway id="g{level}"/><bpmn:exclusiveGateway id="m{level}"/>'
    f'<bpmn:sequenceFlow id="p{level}" sourceRef="g{level}" targetRef="m{level}"/>'
    f'<bpmn:sequenceFlow id="q{level}" sourceRef="g{level}" targetRef="m{level}"/>'
    f'<bpmn:sequenceFlow id="n{level}" sourceRef="m{level}" targetRef="{f"g{level + 1}" if level < 39 else "e"}"/>'
    for level in range(40)
)
RUNAWAYS = {
    "tokens that double 40 times": (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'
        f'<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="g0"/>{FORKS}'
    ),
    "a billion instances of a task": chain(1).replace(
        'id="t0"/>',
        'id="t0"><bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics '
        'inputCollection="=for i in 1..1000000000 return i" inputElement="i"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:task>",
    ),
    "a script that counts for ever": chain(1, "scriptTask").replace(
        'id="t0"/>',
        'id="t0"><bpmn:extensionElements><zeebe:script expression="=for i in 1..99999, j in 1..99999 return i" '
        'resultVariable="r"/></bpmn:extensionElements></bpmn:scriptTask>',
    ),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", RUNAWAYS)
def test_a_process_that_runs_away_stops(admin, what):
    assert admin.deploy({"x.bpmn": diagram(RUNAWAYS[what], process_id="runaway")}).status_code == 200
    found = admin.get(f"/process-instances/{admin.start('runaway')}").json
    assert found["hasIncident"] or found["state"] == "COMPLETED"
    assert admin.get("/topology").status_code == 200


MODEL = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
    '<decision id="{id}" name="n">{body}</decision></definitions>'
)
LITERAL = "<literalExpression><text>{}</text></literalExpression>"
TABLES = {
    "an entity": '<!DOCTYPE d [<!ENTITY a "b">]>' + MODEL.format(id="x", body=LITERAL.format("&a;")),
    "a long id": MODEL.format(id=NOISE, body=LITERAL.format("1")),
    "a circle": MODEL.format(
        id="x",
        body='<informationRequirement><requiredDecision href="#x"/></informationRequirement>' + LITERAL.format("n"),
    ),
    "an expression without end": MODEL.format(id="x", body=LITERAL.format("(" * 5_000)),
    "a page": "<html/>",
    "nothing": "",
}


@pytest.mark.parametrize("what", TABLES)
def test_a_harmful_decision_is_refused(admin, untouched, what):
    with untouched():
        problem = refusal(admin.deploy({"x.dmn": TABLES[what]}), 400)
    assert all(place.startswith("x.dmn") for place in problem["fields"])


FORM = '{{"id": "{id}", "type": "default", "schemaVersion": 18, "components": {components}}}'
FIELD = '[{{"type": "textfield", "key": "k", "id": "i", "label": "l", {more}}}]'
FORMS = {
    "a list": "[]",
    "null": "null",
    "nothing": "",
    "bytes that are no UTF-8": b"\xff\xfe{}",
    "an id that is a number": '{"id": 5, "type": "default", "schemaVersion": 18, "components": []}',
    "a long id": FORM.format(id=NOISE, components="[]"),
    "half a character": FORM.format(id="\\ud800", components="[]"),
    "NUL in an id": FORM.format(id="f\\u0000", components="[]"),
    "components that are none": FORM.format(id="f", components='[1, null, "x", []]'),
    "no list of components": FORM.format(id="f", components="{}"),
    "a number of 10,000 digits": FORM.format(id="f", components=FIELD.format(more=f'"x": {"9" * 10_000}')),
    "an endless exponent": FORM.format(id="f", components=FIELD.format(more='"x": 1e99999999999999999999')),
    "NaN": FORM.format(id="f", components=FIELD.format(more='"x": NaN')),
    "100,000 levels": '{"id": "f", "components": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "5 MB": FORM.format(id="f", components=FIELD.format(more=f'"x": "{"x" * 5_000_000}"')),
    "a pattern without end": FORM.format(
        id="f",
        components=FIELD.format(more='"validate": {"pattern": "(((a{1,1000}){1,1000}){1,1000}){1,1000}"}'),
    ),
}


@pytest.mark.parametrize("what", FORMS)
def test_a_harmful_form_is_refused(admin, untouched, what):
    with untouched():
        problem = refusal(admin.deploy({"x.form": FORMS[what]}), 400, 413)
    assert all(place.startswith("x.form") for place in problem["fields"])
