"""Events: in which combinations they mean something."""

import pytest

from tests.engine.lint.checking import broken, extended, flows, nodes

SHARED = (
    '<bpmn:signal id="sig" name="sig"/><bpmn:error id="err" name="err" errorCode="E"/>'
    '<bpmn:escalation id="esc" name="esc" escalationCode="X"/><bpmn:message id="msg" name="msg">'
    '<bpmn:extensionElements><zeebe:subscription correlationKey="=unit"/></bpmn:extensionElements></bpmn:message>'
)
TRIGGERS = {
    "none": "",
    "message": '<bpmn:messageEventDefinition messageRef="msg"/>',
    "timer": "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>",
    "date": "<bpmn:timerEventDefinition><bpmn:timeDate>2027-01-01</bpmn:timeDate></bpmn:timerEventDefinition>",
    "signal": '<bpmn:signalEventDefinition signalRef="sig"/>',
    "error": '<bpmn:errorEventDefinition errorRef="err"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="esc"/>',
    "terminate": "<bpmn:terminateEventDefinition/>",
    "link": '<bpmn:linkEventDefinition id="l" name="l"/>',
    "cancel": "<bpmn:cancelEventDefinition/>",
    "compensate": "<bpmn:compensateEventDefinition/>",
    "conditional": "<bpmn:conditionalEventDefinition/>",
}
PUBLISH = '<zeebe:taskDefinition type="message-publish"/>'


def event(kind: str, trigger: str, attributes: str = "") -> str:
    sends = trigger == "message" and kind in ("intermediateThrowEvent", "endEvent")
    return extended(kind, "event", PUBLISH if sends else "", TRIGGERS[trigger], attributes)


def refused(fragment: str) -> bool:
    return bool(broken(fragment + SHARED).keys() - {"boundary-never"})


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_process_starts_by_nothing_a_message_a_date_or_a_signal(trigger: str) -> None:
    assert refused(event("startEvent", trigger)) is (trigger not in ("none", "message", "date", "signal"))


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_event_sub_process_starts_by_anything_that_happens(trigger: str) -> None:
    inner = event("startEvent", trigger)
    drawing = nodes(s="startEvent", e="endEvent") + flows("s > e")
    sub = f'<bpmn:subProcess id="sub" triggeredByEvent="true">{inner}</bpmn:subProcess>'
    happens = ("message", "timer", "date", "signal", "error", "escalation")
    assert refused(drawing + sub) is (trigger not in happens)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_intermediate_event_waits_for_a_message_a_time_or_a_signal(trigger: str) -> None:
    waits = ("message", "timer", "date", "signal")
    assert refused(event("intermediateCatchEvent", trigger)) is (trigger not in waits)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_intermediate_event_throws_nothing_a_message_a_signal_or_an_escalation(trigger: str) -> None:
    thrown = ("none", "message", "signal", "escalation")
    assert refused(event("intermediateThrowEvent", trigger)) is (trigger not in thrown)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_end_event_throws_what_the_engine_can_throw(trigger: str) -> None:
    thrown = ("none", "message", "signal", "escalation", "error", "terminate")
    assert refused(event("endEvent", trigger)) is (trigger not in thrown)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_boundary_event_catches_what_can_happen_meanwhile(trigger: str) -> None:
    host = '<bpmn:subProcess id="host"><bpmn:manualTask id="t"/></bpmn:subProcess>'
    happens = ("message", "timer", "date", "signal", "error", "escalation")
    assert refused(host + event("boundaryEvent", trigger, 'attachedToRef="host"')) is (trigger not in happens)


def test_a_message_that_starts_a_process_needs_no_correlation_key() -> None:
    start = '<bpmn:startEvent id="s"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>'
    assert broken(f'{start}<bpmn:message id="m" name="m"/>') == {}
    inner = f'<bpmn:subProcess id="sub" triggeredByEvent="true">{start}</bpmn:subProcess>'
    drawing = nodes(b="startEvent", e="endEvent") + flows("b > e")
    assert broken(f'{drawing}{inner}<bpmn:message id="m" name="m"/>') == {"correlation-missing": {"s"}}


def test_a_message_without_a_name_is_no_message() -> None:
    assert broken('<bpmn:receiveTask id="r" messageRef="m"/><bpmn:message id="m"/>') == {"name-missing": {"r"}}
    assert broken('<bpmn:receiveTask id="r"/>') == {"name-missing": {"r"}}


def test_a_handler_may_send_what_has_no_message() -> None:
    assert broken(extended("sendTask", "t", '<zeebe:taskDefinition type="work"/>')) == {}
    assert broken('<bpmn:sendTask id="t"/>').keys() == {"name-missing", "publication-missing"}
    assert broken(extended("sendTask", "t", PUBLISH)) == {"name-missing": {"t"}}


def test_a_code_that_looks_like_an_expression_is_refused() -> None:
    end = '<bpmn:endEvent id="e"><bpmn:errorEventDefinition errorRef="x"/></bpmn:endEvent>'
    assert broken(f'{end}<bpmn:error id="x" errorCode="=code"/>') == {"code-missing": {"e"}}


def test_a_boundary_event_stands_at_an_activity_of_its_own_scope() -> None:
    host = '<bpmn:subProcess id="host"><bpmn:manualTask id="inner"/></bpmn:subProcess>'
    found = broken(host + event("boundaryEvent", "timer", 'attachedToRef="inner"') + SHARED)
    assert "event" in found["boundary-wrong"]


def test_a_flow_into_a_boundary_event_is_refused() -> None:
    drawing = (
        nodes(s="startEvent", e="endEvent")
        + '<bpmn:subProcess id="host"><bpmn:manualTask id="t"/></bpmn:subProcess>'
        + event("boundaryEvent", "timer", 'attachedToRef="host"')
        + flows("s > host > event > e")
    )
    assert broken(drawing)["boundary-wrong"] == {"event"}


@pytest.mark.parametrize(
    ("host", "trigger", "never"),
    [
        ("manualTask", "timer", True),
        ("userTask", "error", True),
        ("userTask", "timer", False),
        ("serviceTask", "error", False),
        ("serviceTask", "escalation", True),
        ("callActivity", "escalation", False),
    ],
)
def test_a_boundary_event_that_can_never_happen_is_told(host: str, trigger: str, never: bool) -> None:
    found = broken(f'<bpmn:{host} id="host"/>' + event("boundaryEvent", trigger, 'attachedToRef="host"') + SHARED)
    assert ("boundary-never" in found) is never


def test_the_same_timer_twice_is_no_conflict_but_the_same_message_is() -> None:
    host = '<bpmn:subProcess id="host"><bpmn:manualTask id="t"/></bpmn:subProcess>'

    def twice(trigger: str) -> set[str]:
        one = event("boundaryEvent", trigger, 'attachedToRef="host"')
        return broken(host + one + one.replace('id="event"', 'id="other"') + SHARED).keys()

    assert "trigger-same" not in twice("timer")
    assert all("trigger-same" in twice(kind) for kind in ("message", "signal", "error", "escalation"))
