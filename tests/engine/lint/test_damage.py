"""Drawings damaged at random: lint never raises, and what it lets pass can be compiled and started."""

import random

import pytest
from lxml import etree

from service import engine
from tests.engine import bpmn
from tests.engine.lint import examples
from tests.engine.lint.checking import EVERYTHING, extended, flows, nodes, script, user_task

BODY = (
    nodes(s="startEvent", split="parallelGateway", join="parallelGateway", e="endEvent")
    + '<bpmn:exclusiveGateway id="x" default="flow1_0"/>'
    + user_task("a", '<zeebe:ioMapping><zeebe:output source="=b" target="c"/></zeebe:ioMapping>')
    + extended("serviceTask", "b", '<zeebe:taskDefinition type="work"/>')
    + script("c", "=1 + 1", "total")
    + '<bpmn:subProcess id="sub"><bpmn:manualTask id="inner"/><bpmn:subProcess id="happens" triggeredByEvent="true">'
    '<bpmn:startEvent id="hs"><bpmn:signalEventDefinition signalRef="sig"/></bpmn:startEvent></bpmn:subProcess>'
    "</bpmn:subProcess>"
    '<bpmn:boundaryEvent id="late" attachedToRef="sub" cancelActivity="false"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:eventBasedGateway id="wait"/><bpmn:receiveTask id="r" messageRef="msg"/>'
    '<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition><bpmn:timeDate>=day</bpmn:timeDate>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    + flows(
        "s > split > a > join > x ?> sub > e", "x > wait > r > e", "wait > t > e", "split > b > c > join", "late > e"
    )
    + '<bpmn:signal id="sig" name="sig"/><bpmn:message id="msg" name="msg"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=unit"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:collaboration id="co"><bpmn:participant id="pool" processRef="p"/></bpmn:collaboration>'
)
WHOLE = examples.complete(BODY)["example0.bpmn"]


def damaged(seed: int) -> bytes:
    chance = random.Random(seed)
    root = etree.fromstring(WHOLE)
    for _ in range(chance.randint(1, 3)):
        elements = [e for e in root.iter() if e is not root]
        element, other = chance.choice(elements), chance.choice(elements)
        match chance.randint(0, 5):
            case 0:
                element.getparent().remove(element)
            case 1 if element.attrib:
                del element.attrib[chance.choice(list(element.attrib))]
            case 2 if element.attrib:
                element.set(
                    chance.choice(list(element.attrib)), chance.choice(["", "=", "x", "=x", "e", "true", "\u4e2d"])
                )
            case 3 if element not in other.iterancestors() and element is not other:
                other.append(element)
            case 4:
                element.tag = other.tag
            case _:
                element.text = chance.choice(["", "=", "=1", "x"])
    return etree.tostring(root)


def test_the_whole_drawing_passes() -> None:
    found = engine.lint({"whole.bpmn": WHOLE}, EVERYTHING)
    assert {p.rule for p in found} <= {"diagram-missing", "default-missing"}


@pytest.mark.parametrize("start", range(0, 800, 200))
def test_a_damaged_drawing_is_judged_without_an_exception_and_what_passes_starts(start: int) -> None:
    passed = 0
    for seed in range(start, start + 200):
        data = damaged(seed)
        found = engine.lint({"damaged.bpmn": data}, EVERYTHING)
        if any(p.severity == "error" for p in found):
            continue
        passed += 1
        for definition in engine.load("damaged.bpmn", data):
            assert engine.starts(definition, bpmn.NOON) is not None
            if definition.process.none_start(definition.id):
                bpmn.Player(data, {"chosen": True, "unit": "u", "day": "2027-01-01"}, process_id=definition.id)
    assert passed > 5
