"""Tokens along flows and gateways; each case also runs with the instance made anew from storage before every step."""

from decimal import Decimal

import pytest

from service import engine
from service.engine import effects
from tests.engine.bpmn import Player, user_task, xml

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


@pytest.fixture(params=[False, True], ids=["live", "reloaded"])
def play(request):
    return lambda data, variables=None, **options: Player(data, variables, reload=request.param, **options)


def test_a_sequence_ends_at_its_end_event(play):
    p = play(xml(f"{START}{user_task('a')}{user_task('b')}{END}\nflow: s -> a -> b -> e\n"), {"x": 1})
    assert p.tasks() == ["a"]
    p.complete("a", y=2)
    assert p.tasks() == ["b"]
    p.complete("b")
    assert p.ended == effects.Ended("COMPLETED", {"x": Decimal(1), "y": Decimal(2)}, ("e",))
    assert list(p.stored) == [p.instance.key]


def test_elements_may_have_the_names_that_the_engine_uses_itself(play):
    drawn = '<bpmn:startEvent id="Start"/><bpmn:endEvent id="End"/>'
    p = play(xml(f"{drawn}{user_task('Root')}{user_task('p.EndJoin')}\nflow: Start -> Root -> p.EndJoin -> End\n"))
    assert p.complete("Root").complete("p.EndJoin").ended == effects.Ended("COMPLETED", {}, ("End",))


def test_completing_twice_is_refused_and_changes_nothing(play):
    p = play(xml(f"{START}{user_task('a')}{user_task('b')}{END}\nflow: s -> a -> b -> e\n"))
    key = p.open()[0].key
    p.complete("a")
    with pytest.raises(engine.NotWaiting):
        p.instance.complete(key, {}, p.now)
    assert p.tasks() == ["b"]


CHOICE = xml(
    f"""{START}<bpmn:exclusiveGateway id="g" default="f4_0"/>{user_task("low")}{user_task("high")}{END}
    flow: s -> g
    flow: g -> low if =income < 2736
    flow: low -> e
    flow: g -> high
    flow: high -> e
    """
)


@pytest.mark.parametrize(("income", "task"), [("2735.99", "low"), ("2736", "high")])
def test_an_exclusive_gateway_compares_decimals(play, income, task):
    assert play(CHOICE, {"income": Decimal(income)}).tasks() == [task]


def test_a_condition_without_a_value_becomes_an_incident_and_can_be_retried(play):
    p = play(CHOICE)
    [failed] = p.of(effects.Failed)
    assert failed.element_id == "g"
    assert "income" in failed.message
    p.do(lambda i: i.set_variables(i.key, {"income": Decimal(1)}, p.now))
    p.do(lambda i: i.retry(failed.key, p.now))
    assert p.tasks() == ["low"]
    assert p.of(effects.FailureCleared)


@pytest.mark.parametrize(
    ("x", "told"),
    [(3, "x = 3)"), (Decimal("2.50"), "x = 2.50)"), ([1, "a"], 'x = [1, "a"])'), ({"n": True}, "x = {n: true})")],
    ids=str,
)
def test_a_gateway_with_no_true_flow_and_no_default_names_the_values_it_saw_as_feel_writes_them(play, x, told):
    body = f'{START}<bpmn:exclusiveGateway id="g"/>{END}{user_task("a")}\nflow: s -> g\nflow: g -> a -> e if =count([x]) > 5\n'
    [failed] = play(xml(body), {"x": x}).of(effects.Failed)
    assert failed.type == "CONDITION_ERROR"
    assert told in failed.message


def test_a_condition_that_is_a_number_is_told_as_feel_writes_it(play):
    body = f'{START}<bpmn:exclusiveGateway id="g"/>{END}{user_task("a")}\nflow: s -> g\n'
    [failed] = play(xml(body + "flow: g -> a -> e if =x + 1\n"), {"x": 3}).of(effects.Failed)
    assert "4, " in failed.message
    assert "Decimal" not in failed.message


FORK = f"""{START}<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>{user_task("a")}{user_task("b")}
    {user_task("c")}{END}
    flow: s -> fork -> a -> join -> c -> e
    flow: fork -> b -> join
    """


def test_a_parallel_join_waits_for_every_flow(play):
    p = play(xml(FORK))
    assert sorted(p.tasks()) == ["a", "b"]
    p.complete("b")
    assert p.tasks() == ["a"]
    p.complete("a")
    assert p.tasks() == ["c"]


def test_parallel_branches_that_append_to_one_list_lose_nothing(play):
    p = play(xml(FORK), {"seen": []})
    p.complete("a", seen=[*p.data["seen"], "a"])
    p.complete("b", seen=[*p.data["seen"], "b"])
    assert p.data["seen"] == ["a", "b"]


def test_a_parallel_join_in_a_loop_joins_each_round(play):
    body = (
        FORK.replace("join -> c -> e", "join -> c -> g")
        + """
    <bpmn:exclusiveGateway id="again"/><bpmn:exclusiveGateway id="g" default="f20_0"/>
    """
    )
    body = f"""{START}<bpmn:exclusiveGateway id="back"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>
    {user_task("a")}{user_task("b")}<bpmn:exclusiveGateway id="g" default="f7_0"/>{END}
    flow: s -> back -> fork -> a -> join -> g
    flow: fork -> b -> join
    flow: g -> back if =again

    flow: g -> e
    """
    p = play(xml(body.replace("f7_0", "f6_0")))
    for again in (True, True, False):
        p.complete("a").complete("b", again=again)
    assert p.ended.state == "COMPLETED"


def test_an_inclusive_join_waits_only_for_tokens_that_can_come(play):
    body = f"""{START}<bpmn:inclusiveGateway id="split" default="f4_0"/><bpmn:inclusiveGateway id="join"/>
    {user_task("a")}{user_task("b")}{user_task("c")}{user_task("d")}{END}
    flow: s -> split
    flow: split -> a if =x
    flow: split -> c
    flow: split -> b if =y
    flow: a -> join
    flow: b -> join
    flow: c -> join
    flow: join -> d -> e
    """
    body = body.replace("f4_0", "f4_0")
    p = play(xml(body), {"x": True, "y": True})
    assert sorted(p.tasks()) == ["a", "b"]
    p.complete("a")
    assert p.tasks() == ["b"]
    p.complete("b")
    assert p.tasks() == ["d"]
    assert play(xml(body), {"x": True, "y": False}).complete("a").tasks() == ["d"]
    assert play(xml(body), {"x": False, "y": False}).complete("c").tasks() == ["d"]


def test_a_loop_of_two_thousand_rounds_ends_only_at_the_end_event():
    body = f"""{START}{user_task("a")}<bpmn:exclusiveGateway id="g" default="f3_0"/>{END}
    flow: s -> a -> g
    flow: g -> e if =n = 2000
    flow: g -> a
    """
    p = Player(xml(body))
    for n in range(1, 2001):
        assert p.ended is None
        key = next(e.key for e in reversed(p.last) if isinstance(e, effects.TaskOpened))
        p.do(lambda i, key=key, n=n: i.complete(key, {"n": Decimal(n)}, p.now))
    assert p.ended.end_events == ("e",)
    assert len(p.stored) == 1


def test_a_flow_in_a_circle_without_a_wait_becomes_an_incident():
    body = f"""{START}<bpmn:task id="a"/><bpmn:exclusiveGateway id="g" default="f3_0"/>{END}
    flow: s -> a -> g
    flow: g -> e if =false
    flow: g -> a
    """
    p = Player(xml(body))
    assert [f.type for f in p.of(effects.Failed)] == ["EXECUTION_LIMIT"]
    assert p.ended is None


def test_a_chain_of_five_thousand_tasks_runs():
    names = [f"t{n}" for n in range(5000)]
    tasks = "".join(f'<bpmn:task id="{n}"/>' for n in names)
    p = Player(xml(f"{START}{tasks}{END}\nflow: s -> {' -> '.join(names)} -> e\n"))
    assert p.ended.state == "COMPLETED"


def test_variables_named_like_spiff_internals_survive(play):
    p = play(xml(FORK), {"typename": "x", "data": {"typename": {"id": 1}}})
    p.complete("a").complete("b").complete("c")
    assert p.ended.variables["data"] == {"typename": {"id": Decimal(1)}}


def test_a_terminate_end_event_takes_all_tokens_of_its_scope(play):
    body = f"""{START}<bpmn:parallelGateway id="fork"/>{user_task("a")}{user_task("b")}{END}
    <bpmn:endEvent id="stop"><bpmn:terminateEventDefinition/></bpmn:endEvent>
    flow: s -> fork -> a -> stop
    flow: fork -> b -> e
    """
    p = play(xml(body)).complete("a")
    assert p.ended.end_events == ("stop",)
    assert effects.TaskClosed(p.of(effects.TaskOpened)[1].key, "CANCELED") in p.log


def test_cancelling_closes_everything_that_was_open(play):
    p = play(xml(FORK)).do(lambda i: i.cancel(p_now))
    assert p.ended.state == "TERMINATED"
    assert {e.state for e in p.of(effects.TaskClosed)} == {"CANCELED"}


p_now = Player(xml(f"{START}{END}\nflow: s -> e\n")).now


def test_a_token_is_moved_by_hand(play):
    p = play(xml(f"{START}{user_task('a')}{user_task('b')}{END}\nflow: s -> a -> b -> e\n"))
    a = p.open()[0].key
    p.do(lambda i: i.modify(p.now, [("b", {"note": "moved"})], [a]))
    assert p.tasks() == ["b"]
    assert p.complete("b").ended.state == "COMPLETED"
    with pytest.raises(engine.Refused, match="no element nowhere"):
        Player(xml(f"{START}{user_task('a')}{END}\nflow: s -> a -> e\n")).do(
            lambda i: i.modify(p.now, [("nowhere", {})])
        )
