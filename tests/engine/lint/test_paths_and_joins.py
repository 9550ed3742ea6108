"""Where tokens can go, where they stop, and where they can never meet."""

import pytest

from tests.engine import bpmn
from tests.engine.lint import examples
from tests.engine.lint.checking import broken, extended, flows, nodes, rules, script

SIGNAL = '<bpmn:signal id="sig" name="sig"/>'
MESSAGE = (
    '<bpmn:message id="msg" name="msg"><bpmn:extensionElements><zeebe:subscription correlationKey="=unit"/>'
    "</bpmn:extensionElements></bpmn:message>"
)
SIGNALLED = '<bpmn:signalEventDefinition signalRef="sig"/>'
RECEIVE = '<bpmn:receiveTask id="{}" messageRef="msg"/>'


def gateways(**kinds: str) -> str:
    return nodes(**{name: f"{kind}Gateway" for name, kind in kinds.items()})


def joined(*paths: str, **kinds: str) -> set[str]:
    """The rules broken by a drawing of gateways and manual tasks between s and e."""
    named = {step.strip(" ?") for path in paths for step in path.split(">")} - {"s", "e"} - kinds.keys()
    tasks = nodes(**dict.fromkeys(sorted(named), "manualTask"))
    return rules(examples.complete(nodes(s="startEvent", e="endEvent") + gateways(**kinds) + tasks + flows(*paths)))


@pytest.mark.parametrize(
    ("paths", "kinds"),
    [
        (("s > x ?> a > j > e", "x > b > j"), {"x": "exclusive", "j": "parallel"}),
        (("s > f > a > j > e", "f > x ?> b > j", "x > c > j"), {"f": "parallel", "x": "exclusive", "j": "parallel"}),
        (("s > m > a > x ?> j > e", "x > m", "m > j"), {"m": "exclusive", "x": "exclusive", "j": "parallel"}),
        (("s > a > j > b > j > e",), {"j": "parallel"}),
    ],
)
def test_a_join_that_can_never_be_complete_is_told(paths: tuple[str, ...], kinds: dict[str, str]) -> None:
    assert "join-hanging" in joined(*paths, **kinds)


@pytest.mark.parametrize(
    ("paths", "kinds"),
    [
        (("s > f > a > j > e", "f > b > j"), {"f": "parallel", "j": "parallel"}),
        (("s > f > a > j > e", "f > b > j"), {"f": "inclusive", "j": "parallel"}),
        (("s > t > a > j > e", "t > b > j"), {"j": "parallel"}),
        (("s > f > g > a > j > e", "g > b > j", "f > c > j"), {"f": "parallel", "g": "parallel", "j": "parallel"}),
        (("s > f > x ?> a > j > e", "x > e", "f > b > j"), {"f": "parallel", "x": "exclusive", "j": "parallel"}),
        (
            ("s > m > f > a > j > x ?> m", "f > j", "x > e"),
            {"m": "exclusive", "f": "parallel", "j": "parallel", "x": "exclusive"},
        ),
        (
            ("s > f > x ?> a > j > e", "x > b > j", "f > y ?> b", "y > a"),
            dict.fromkeys("xy", "exclusive") | dict.fromkeys("fj", "parallel"),
        ),
    ],
)
def test_a_join_that_can_be_complete_is_not_told(paths: tuple[str, ...], kinds: dict[str, str]) -> None:
    assert "join-hanging" not in joined(*paths, **kinds)


def test_a_non_interrupting_boundary_event_brings_a_second_token() -> None:
    drawing = (
        nodes(s="startEvent", e="endEvent", j="parallelGateway")
        + RECEIVE.format("r")
        + f'<bpmn:boundaryEvent id="b" attachedToRef="r" cancelActivity="{{}}">{SIGNALLED}</bpmn:boundaryEvent>'
        + flows("s > r > j > e", "b > j")
        + SIGNAL
        + MESSAGE
    )
    assert "join-hanging" not in broken(drawing.format("false"))
    assert "join-hanging" in broken(drawing.format("true"))


def test_a_boundary_event_that_fires_often_can_bring_both_tokens() -> None:
    drawing = (
        nodes(s="startEvent", e="endEvent", x="exclusiveGateway", j="parallelGateway", done="endEvent")
        + RECEIVE.format("r")
        + f'<bpmn:boundaryEvent id="b" attachedToRef="r" cancelActivity="false">{SIGNALLED}</bpmn:boundaryEvent>'
        + flows("s > r > done", "b > x ?> j > e", "x > j")
        + SIGNAL
        + MESSAGE
    )
    assert "join-hanging" not in broken(drawing)


def test_what_lint_calls_hanging_does_hang_and_what_it_lets_pass_ends() -> None:
    body = nodes(s="startEvent", e="endEvent", a="manualTask", b="manualTask", j="parallelGateway") + "{}"
    hanging = examples.complete(
        body.format('<bpmn:exclusiveGateway id="x" default="flow1_0"/>') + flows("s > x ?> a > j > e", "x > b > j")
    )
    passing = examples.complete(body.format('<bpmn:parallelGateway id="x"/>') + flows("s > x > a > j > e", "x > b > j"))
    assert "join-hanging" in rules(hanging)
    assert bpmn.Player(hanging["example0.bpmn"], {"chosen": True}).ended is None
    assert rules(passing) == set()
    assert bpmn.Player(passing["example0.bpmn"]).ended.state == "COMPLETED"


def test_inside_an_unreachable_sub_process_only_the_sub_process_is_told() -> None:
    found = broken(
        nodes(s="startEvent", e="endEvent")
        + '<bpmn:subProcess id="sub"><bpmn:manualTask id="inner"/></bpmn:subProcess>'
        + flows("s > e", "sub > e")
    )
    assert found == {"unreachable": {"sub"}}


def test_a_boundary_event_and_what_follows_is_reached_through_its_activity() -> None:
    found = broken(
        nodes(s="startEvent", e="endEvent", late="manualTask")
        + RECEIVE.format("r")
        + f'<bpmn:boundaryEvent id="b" attachedToRef="r">{SIGNALLED}</bpmn:boundaryEvent>'
        + flows("s > r > e", "b > late > e")
        + SIGNAL
        + MESSAGE
    )
    assert found == {}


def test_a_circle_that_nobody_can_leave_is_told_as_missing_an_end() -> None:
    found = broken(nodes(s="startEvent", m="exclusiveGateway") + RECEIVE.format("r") + flows("s > m > r > m") + MESSAGE)
    assert found == {"end-missing": {"p"}}


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<bpmn:manualTask id="t"/>', True),
        (script("t", "=1", "x"), False),
        (RECEIVE.format("t") + MESSAGE, False),
        (extended("intermediateThrowEvent", "t", ""), True),
        ('<bpmn:subProcess id="t"><bpmn:manualTask id="in"/></bpmn:subProcess>', False),
    ],
)
def test_a_circle_is_endless_where_nothing_in_it_waits_or_changes(inside: str, told: bool) -> None:
    found = broken(
        nodes(s="startEvent", e="endEvent", m="exclusiveGateway")
        + '<bpmn:exclusiveGateway id="x" default="flow1_0"/>'
        + inside
        + flows("s > m > t > x ?> m", "x > e")
    )
    assert ("endless-circle" in found) is told


def test_two_circles_are_told_one_by_one() -> None:
    found = joined("s > a > x ?> a", "x > b > y ?> b", "y > e", x="exclusive", y="exclusive")
    assert "endless-circle" in found


def test_a_sub_process_is_judged_like_a_process() -> None:
    inner = nodes(ss="startEvent", t="manualTask", lost="manualTask", se="endEvent") + flows("ss > t", "lost > se")
    assert broken(f'<bpmn:subProcess id="sub">{inner}</bpmn:subProcess>') == {
        "dead-end": {"t"},
        "unreachable": {"lost", "se"},
    }
