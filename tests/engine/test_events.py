"""Timers, messages, signals, errors and escalations, on boundaries, in the flow and in event sub-processes."""

from datetime import timedelta

import pytest

from service import engine
from service.engine import effects
from tests.engine.bpmn import NOON, Player, user_task, xml

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
MESSAGES = """<bpmn:message id="M" name="objection"><bpmn:extensionElements>
  <zeebe:subscription correlationKey="=village"/></bpmn:extensionElements></bpmn:message>
  <bpmn:signal id="S" name="stop"/><bpmn:error id="E" name="bad" errorCode="BAD"/>
  <bpmn:escalation id="X" name="late" escalationCode="LATE"/>"""
MESSAGE = '<bpmn:messageEventDefinition messageRef="M"/>'


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


def boundary(id: str, definition: str, *, to: str = "a", interrupting: bool = True) -> str:
    flag = "" if interrupting else ' cancelActivity="false"'
    return f'<bpmn:boundaryEvent id="{id}" attachedToRef="{to}"{flag}>{definition}</bpmn:boundaryEvent>'


@pytest.fixture(params=[False, True], ids=["live", "reloaded"])
def play(request):
    return lambda body, variables=None, **options: Player(
        xml(body, shared=MESSAGES), variables, reload=request.param, **options
    )


def test_a_timer_waits_its_duration(play):
    catch = f'<bpmn:intermediateCatchEvent id="t">{timer("timeDuration", "P7D")}</bpmn:intermediateCatchEvent>'
    p = play(f"{START}{catch}{END}\nflow: s -> t -> e\n")
    [due] = p.of(effects.TimerSet)
    assert due.due == NOON + timedelta(days=7)
    assert p.fire("t").ended.state == "COMPLETED"


def test_a_date_without_a_time_ends_at_midnight_local_time(play):
    catch = f'<bpmn:intermediateCatchEvent id="t">{timer("timeDate", "=date(&quot;2026-07-20&quot;)")}</bpmn:intermediateCatchEvent>'
    p = play(f"{START}{catch}{END}\nflow: s -> t -> e\n")
    assert p.of(effects.TimerSet)[0].due.isoformat() == "2026-07-20T16:00:00+00:00"


REMIND = f"""{START}{user_task("a")}{user_task("r")}{END}<bpmn:endEvent id="re"/>
    {boundary("t", timer("timeCycle", "R5/PT1H"), interrupting=False)}
    flow: s -> a -> e
    flow: t -> r -> re
    """


def test_a_cycle_fires_once_after_downtime_and_goes_on_from_now(play):
    p = play(REMIND)
    p.now += timedelta(hours=4, minutes=30)
    p.fire("t")
    assert p.tasks() == ["a", "r"]
    assert p.of(effects.TimerSet)[-1].due == p.now + timedelta(hours=1)
    assert p.of(effects.TimerSet)[-1].repeats == 3


def test_a_cycle_is_used_up_and_then_cleared(play):
    p = play(REMIND)
    for _ in range(5):
        p.fire("t")
    assert len(p.tasks()) == 6
    assert isinstance(next(e for e in reversed(p.log) if isinstance(e, effects.TimerCleared)), effects.TimerCleared)
    with pytest.raises(engine.NotWaiting):
        p.fire("t")


def test_an_interrupting_boundary_timer_closes_the_task(play):
    body = f"""{START}{user_task("a")}{user_task("late")}{END}{boundary("t", timer("timeDuration", "PT1H"))}
    flow: s -> a -> e
    flow: t -> late -> e
    """
    p = play(body).fire("t")
    assert p.tasks() == ["late"]
    assert p.of(effects.TaskClosed)[0].state == "CANCELED"


def test_completing_the_task_clears_its_boundary_timer(play):
    body = f"""{START}{user_task("a")}{user_task("late")}{END}{boundary("t", timer("timeDuration", "PT1H"))}
    flow: s -> a -> e
    flow: t -> late -> e
    """
    p = play(body).complete("a")
    assert p.of(effects.TimerCleared)
    assert p.ended


def test_a_non_interrupting_message_may_come_again_and_again(play):
    body = f"""{START}{user_task("a")}{user_task("o")}{END}<bpmn:endEvent id="oe"/>{boundary("m", MESSAGE, interrupting=False)}
    flow: s -> a -> e
    flow: m -> o -> oe
    """
    p = play(body, {"village": "v1"})
    assert p.of(effects.MessageAwaited)[0].correlation_key == "v1"
    p.trigger("m", n=1).trigger("m", n=2)
    assert p.tasks() == ["a", "o", "o"]
    assert not p.of(effects.MessageCleared)
    assert p.complete("a").ended is None
    assert p.complete("o").complete("o").ended


def test_a_correlation_key_that_is_null_is_an_incident(play):
    body = f"""{START}<bpmn:receiveTask id="r" messageRef="M"/>{END}\nflow: s -> r -> e\n"""
    assert "correlation key" in play(body).of(effects.Failed)[0].message


def test_the_first_event_after_an_event_based_gateway_wins(play):
    body = f"""{START}<bpmn:eventBasedGateway id="g"/>{user_task("yes")}{user_task("no")}{END}
    <bpmn:intermediateCatchEvent id="m">{MESSAGE}</bpmn:intermediateCatchEvent>
    <bpmn:intermediateCatchEvent id="t">{timer("timeDuration", "PT1H")}</bpmn:intermediateCatchEvent>
    flow: s -> g -> m -> yes -> e
    flow: g -> t -> no -> e
    """
    p = play(body, {"village": "v"}).trigger("m", answer="yes")
    assert p.tasks() == ["yes"]
    assert p.data["answer"] == "yes"
    assert {type(e) for e in p.log if isinstance(e, effects.TimerCleared | effects.MessageCleared)} == {
        effects.TimerCleared,
        effects.MessageCleared,
    }
    assert play(body, {"village": "v"}).fire("t").tasks() == ["no"]


PERIOD = f"""{START}<bpmn:subProcess id="period"><bpmn:startEvent id="ps"/>
    <bpmn:intermediateCatchEvent id="t">{timer("timeDuration", "P7D")}</bpmn:intermediateCatchEvent><bpmn:endEvent id="pe"/>
    <bpmn:subProcess id="objections" triggeredByEvent="true">
      <bpmn:startEvent id="os" isInterrupting="false">{MESSAGE}</bpmn:startEvent>{user_task("decide")}<bpmn:endEvent id="oe"/>
      flow: os -> decide -> oe
    </bpmn:subProcess>
    flow: ps -> t -> pe
    </bpmn:subProcess>{user_task("close")}{END}
    flow: s -> period -> close -> e
    """


def test_the_publicity_period_ends_when_time_is_up_and_no_objection_is_open(play):
    p = play(PERIOD, {"village": "v"})
    p.trigger("os", number=1).trigger("os", number=2)
    assert p.tasks() == ["decide", "decide"]
    p.fire("t")
    assert p.tasks() == ["decide", "decide"]
    p.complete("decide").complete("decide")
    assert p.tasks() == ["close"]
    assert "number" not in p.data  # each objection keeps its facts to itself
    assert p.of(effects.MessageCleared)


def test_without_objections_the_period_ends_with_its_timer(play):
    assert play(PERIOD, {"village": "v"}).fire("t").tasks() == ["close"]


def test_an_interrupting_event_sub_process_takes_over(play):
    body = f"""{START}{user_task("a")}{END}
    <bpmn:subProcess id="stop" triggeredByEvent="true"><bpmn:startEvent id="ss">
    <bpmn:signalEventDefinition signalRef="S"/></bpmn:startEvent>{user_task("tidy")}<bpmn:endEvent id="se"/>
    flow: ss -> tidy -> se
    </bpmn:subProcess>
    flow: s -> a -> e
    """
    p = play(body).trigger("ss", why="flood")
    assert p.tasks() == ["tidy"]
    p.complete("tidy")
    assert p.ended is not None


ERROR = f"""{START}<bpmn:subProcess id="sub"><bpmn:startEvent id="is"/>{user_task("a")}
    <bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="E"/></bpmn:endEvent>
    flow: is -> a -> bad
    </bpmn:subProcess>{user_task("repair")}{END}
    """


def test_an_error_end_event_is_caught_at_the_boundary(play):
    body = (
        ERROR
        + boundary("catch", '<bpmn:errorEventDefinition errorRef="E"/>', to="sub")
        + """
    flow: s -> sub -> e
    flow: catch -> repair -> e
    """
    )
    assert play(body).complete("a").tasks() == ["repair"]


def test_an_uncaught_error_is_an_incident_in_a_root_and_goes_to_the_caller_in_a_called_instance(play):
    body = ERROR + "\nflow: s -> sub -> repair -> e\n"
    p = play(body).complete("a")
    assert p.of(effects.Failed)[0].type == "UNHANDLED_ERROR_EVENT"
    p = play(body, called=True).complete("a")
    assert p.of(effects.Escaped)[0].code == "BAD"
    assert p.ended.state == "TERMINATED"


def test_a_jobs_error_is_caught_by_code_before_catch_all(play):
    job = '<bpmn:serviceTask id="a"><bpmn:extensionElements><zeebe:taskDefinition type="post"/></bpmn:extensionElements></bpmn:serviceTask>'
    body = f"""{START}{job}{user_task("any")}{user_task("bad")}{END}
    {boundary("all", "<bpmn:errorEventDefinition/>")}{boundary("one", '<bpmn:errorEventDefinition errorRef="E"/>')}
    flow: s -> a -> e
    flow: all -> any -> e
    flow: one -> bad -> e
    """
    for code, task in (("BAD", "bad"), ("OTHER", "any")):
        p = play(body)
        key = p.of(effects.ServiceRequested)[0].key
        p.do(lambda i, key=key, code=code, p=p: i.throw_error(key, code, "", {"why": code}, p.now))
        assert p.tasks() == [task]


def test_an_escalation_goes_out_and_the_flow_goes_on(play):
    body = f"""{START}<bpmn:subProcess id="sub"><bpmn:startEvent id="is"/>
    <bpmn:intermediateThrowEvent id="up"><bpmn:escalationEventDefinition escalationRef="X"/></bpmn:intermediateThrowEvent>
    {user_task("a")}<bpmn:endEvent id="ie"/>
    flow: is -> up -> a -> ie
    </bpmn:subProcess>{user_task("boss")}{END}<bpmn:endEvent id="be"/>
    {boundary("x", '<bpmn:escalationEventDefinition escalationRef="X"/>', to="sub", interrupting=False)}
    flow: s -> sub -> e
    flow: x -> boss -> be
    """
    assert sorted(play(body).tasks()) == ["a", "boss"]


def test_a_message_is_thrown_with_its_key_and_mapped_variables(play):
    throw = f"""<bpmn:intermediateThrowEvent id="send"><bpmn:extensionElements>
    <zeebe:taskDefinition type="message-publish"/><zeebe:ioMapping><zeebe:input source="=3" target="n"/></zeebe:ioMapping>
    </bpmn:extensionElements>{MESSAGE}</bpmn:intermediateThrowEvent>"""
    p = play(f"{START}{throw}{END}\nflow: s -> send -> e\n", {"village": "v9"})
    [sent] = p.of(effects.MessageThrown)
    assert (sent.name, sent.correlation_key, dict(sent.variables)) == ("objection", "v9", {"n": engine.normalise(3)})
