"""Literal dates, durations and cycles."""

import pytest

from tests.engine.lint.checking import broken, extended, flows, nodes, user_task

HOST = '<bpmn:subProcess id="host"><bpmn:manualTask id="t"/></bpmn:subProcess>'


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


def reminder(kind: str, text: str, interrupting: str = "false") -> dict[str, set[str]]:
    attributes = f'attachedToRef="host" cancelActivity="{interrupting}"'
    return broken(f'{HOST}<bpmn:boundaryEvent id="b" {attributes}>{timer(kind, text)}</bpmn:boundaryEvent>')


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", "2026-12-20"),
        ("timeDate", "2026-12-20T18:00:00+08:00"),
        ("timeDate", "=notice_ends"),
        ("timeDuration", "P7D"),
        ("timeDuration", "PT2H30M"),
        ("timeDuration", "P1Y2M"),
        ("timeCycle", "R3/P1D"),
        ("timeCycle", "R/PT10M"),
        ("timeCycle", "R2/2026-12-20T08:00:00Z/P7D"),
        ("timeCycle", "0 0 8 * * 1-5"),
        ("timeCycle", "=cycle"),
    ],
)
def test_what_the_engine_can_wait_for_passes(kind: str, text: str) -> None:
    assert reminder(kind, text) == {}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", "20.12.2026"),
        ("timeDate", "2026-02-30"),
        ("timeDate", "P7D"),
        ("timeDuration", "7"),
        ("timeDuration", "2026-12-20"),
        ("timeDuration", "P99999999999Y"),
        ("timeCycle", "R0/P1D"),
        ("timeCycle", "R3/tomorrow"),
        ("timeCycle", "every day"),
        ("timeCycle", "99 99 99 * * *"),
        ("timeCycle", "R/PT0S"),
        ("timeCycle", "R/-P1D"),
        ("timeCycle", "R/P0D"),
    ],
)
def test_what_no_timer_can_be_is_refused_now_and_not_when_it_is_due(kind: str, text: str) -> None:
    assert reminder(kind, text) == {"timer-wrong": {"b"}}


def test_a_cycle_needs_an_event_that_can_happen_again() -> None:
    assert reminder("timeCycle", "R3/P1D", "true") == {"timer-misplaced": {"b"}}
    inner = f'<bpmn:startEvent id="ss" isInterrupting="{{}}">{timer("timeCycle", "R3/P1D")}</bpmn:startEvent>'
    drawing = nodes(s="startEvent", e="endEvent") + flows("s > e")
    sub = f'<bpmn:subProcess id="sub" triggeredByEvent="true">{inner}</bpmn:subProcess>'
    assert broken(drawing + sub.format("false")) == {}
    assert broken(drawing + sub.format("true")) == {"timer-misplaced": {"ss"}}


def test_a_timer_has_one_definition() -> None:
    two = "<bpmn:timeDate>2027-01-01</bpmn:timeDate><bpmn:timeDuration>P1D</bpmn:timeDuration>"
    for inner in ("", "<bpmn:timeDate/>", "<bpmn:timeDate>  </bpmn:timeDate>", two):
        event = f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"
        found = broken(f'<bpmn:intermediateCatchEvent id="c">{event}</bpmn:intermediateCatchEvent>')
        assert found == {"timer-incomplete": {"c"}}


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "=date("])
def test_a_due_date_that_is_none_is_refused(text: str) -> None:
    found = broken(user_task(extensions=f'<zeebe:taskSchedule followUpDate="{text}"/>'))
    assert found.keys() <= {"date-wrong", "feel-syntax"}
    assert found


def test_durations_in_properties_and_headers_are_judged() -> None:
    wait = '<zeebe:properties><zeebe:property name="stallAfter" value="{}"/></zeebe:properties>'
    assert broken(user_task(extensions=wait.format("a week"))) == {"duration-wrong": {"task"}}
    assert broken(user_task(extensions=wait.format("P7D"))) == {}
    send = (
        '<zeebe:taskDefinition type="message-publish"/><zeebe:taskHeaders>'
        '<zeebe:header key="timeToLive" value="{}"/></zeebe:taskHeaders>'
    )
    message = '<bpmn:message id="m" name="m"/>'
    for value, expected in (("PT1H", {}), ("1h", {"duration-wrong": {"t"}})):
        fragment = extended("sendTask", "t", send.format(value), attributes='messageRef="m"')
        assert broken(fragment + message) == expected
