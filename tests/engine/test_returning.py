"""Work goes back to a step that was passed: along a line, out of and into parallel and multi-instance parts."""

import pytest

from service import engine
from service.engine import effects
from service.engine.returning import Stay
from tests.engine.bpmn import Player, user_task, xml
from tests.engine.test_events import boundary, timer

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


@pytest.fixture(params=[False, True], ids=["live", "reloaded"])
def play(request):
    return lambda body, variables=None: Player(xml(f"{START}{END}{body}"), variables, reload=request.param)


def tasks(*ids):
    return "".join(user_task(id) for id in ids)


def gateways(*ids, kind="parallelGateway"):
    return "".join(f'<bpmn:{kind} id="{id}"/>' for id in ids)


def back(p, here, there, nth=0, **stays):
    key = [t.key for t in p.open() if t.element_id == here][nth]
    return p.do(lambda i: i.send_back(key, there, {name: Stay(*stay) for name, stay in stays.items()}, p.now))


def finish(p, *ids):
    for id in ids:
        assert id in p.tasks(), (id, p.tasks())
        p.complete(id)
    assert p.ended is not None, p.stored
    assert p.ended.state == "COMPLETED"
    assert p.tasks() == []
    assert list(p.stored) == [p.instance.key]
    return p


def test_along_a_line_what_lies_between_is_done_again(play):
    p = play(tasks("a", "b", "c") + "\nflow: s -> a -> b -> c -> e\n")
    p.complete("a", x=1).complete("b", y=2)
    back(p, "c", "a")
    assert p.tasks() == ["a"]
    assert p.data == engine.normalise({"x": 1, "y": 2})
    finish(p, "a", "b", "c")


def test_what_did_not_come_before_is_refused_and_so_is_the_step_itself(play):
    p = play(tasks("a", "b", "c") + "\nflow: s -> a -> b -> c -> e\n")
    p.complete("a")
    for target in ("b", "c", "nowhere", "s"):
        with pytest.raises(engine.Refused):
            back(p, "b", target)
    assert p.tasks() == ["b"]


BLOCK = f"""{gateways("f", "j")}{tasks("x", "a1", "a2", "b1", "b2", "y")}
flow: s -> x -> f -> a1 -> a2 -> j -> y -> e
flow: f -> b1 -> b2 -> j
"""


def test_in_a_branch_only_the_branch_goes_back(play):
    p = play(BLOCK).complete("x").complete("a1").complete("b1")
    back(p, "a2", "a1")
    assert sorted(p.tasks()) == ["a1", "b2"]
    finish(p, "a1", "a2", "b2", "y")


def test_out_of_a_branch_the_other_stays_open_and_is_not_begun_twice(play):
    p = play(BLOCK).complete("x").complete("a1").complete("b1")
    [other] = [t.key for t in p.open() if t.element_id == "b2"]
    back(p, "a2", "x")
    assert sorted(p.tasks()) == ["b2", "x"]
    p.complete("x")
    assert sorted(p.tasks()) == ["a1", "b2"]
    assert [t.key for t in p.open() if t.element_id == "b2"] == [other]
    finish(p, "a1", "a2", "b2", "y")


def test_out_of_a_branch_the_other_may_be_done_before_this_one_comes_again(play):
    p = play(BLOCK).complete("x").complete("a1").complete("b1")
    back(p, "a2", "x")
    p.complete("b2")
    assert p.tasks() == ["x"]
    finish(p, "x", "a1", "a2", "y")


def test_both_branches_may_go_back_one_after_the_other(play):
    p = play(BLOCK).complete("x").complete("a1")
    back(p, "a2", "x")
    back(p, "b1", "x")
    assert p.tasks() == ["x", "x"]
    p.complete("x")
    assert sorted(p.tasks()) == ["a1", "x"]
    p.complete("x")
    finish(p, "a1", "b1", "a2", "b2", "y")


def test_into_a_branch_the_other_is_not_done_again(play):
    p = play(BLOCK).complete("x").complete("a1").complete("b1").complete("a2").complete("b2")
    back(p, "y", "a1")
    assert p.tasks() == ["a1"]
    finish(p, "a1", "a2", "y")


def test_over_a_whole_block_everything_in_it_is_done_again(play):
    p = play(BLOCK).complete("x").complete("a1").complete("b1").complete("a2").complete("b2")
    back(p, "y", "x")
    finish(p, "x", "a1", "a2", "b1", "b2", "y")


def test_from_one_branch_nothing_goes_into_the_other(play):
    p = play(BLOCK).complete("x").complete("a1").complete("b1")
    with pytest.raises(engine.Refused, match="before"):
        back(p, "a2", "b1")


NESTED = f"""{gateways("f1", "f2", "j1", "j2")}{tasks("x", "a", "b", "c", "d", "y")}
flow: s -> x -> f1 -> f2 -> a -> j2 -> c -> j1 -> y -> e
flow: f2 -> b -> j2
flow: f1 -> d -> j1
"""


def test_into_a_nested_block_every_join_on_the_way_waits_for_this_branch_alone(play):
    p = play(NESTED).complete("x").complete("a").complete("b").complete("c").complete("d")
    back(p, "y", "a")
    finish(p, "a", "c", "y")


def test_out_of_a_nested_block_through_both_splits(play):
    p = play(NESTED).complete("x").complete("a")
    back(p, "b", "x")
    assert sorted(p.tasks()) == ["d", "x"]
    p.complete("x")
    assert sorted(p.tasks()) == ["b", "d"]
    finish(p, "b", "c", "d", "y")


REJECTING = f"""{gateways("f", "j")}{gateways("g", kind="exclusiveGateway")}{tasks("x", "z", "a", "b", "y")}
flow: s -> x -> g
flow: g -> f if =x > 0
flow: g -> z if =x <= 0
flow: f -> a -> j -> y -> e
flow: f -> b -> j
flow: z -> e
"""


def test_should_it_go_another_way_what_was_left_ends_with_it(play):
    p = play(REJECTING).complete("x", x=1).complete("a")
    back(p, "b", "x")
    assert p.tasks() == ["x"]
    p.complete("x", x=0)
    finish(p, "z")


def test_should_it_go_another_way_an_open_sibling_is_withdrawn(play):
    p = play(REJECTING).complete("x", x=1)
    back(p, "a", "x")
    p.complete("x", x=0)
    assert p.tasks() == ["z"]
    finish(p, "z")
    assert [t.state for t in p.of(effects.TaskClosed)][-2:] == ["CANCELED", "COMPLETED"]


INCLUSIVE = f"""{gateways("f", "j", kind="inclusiveGateway")}{tasks("x", "a", "b", "c", "y")}
flow: s -> x -> f
flow: f -> a if =true
flow: f -> b if =true
flow: f -> c if =false
flow: a -> j
flow: b -> j
flow: c -> j -> y -> e
"""


def test_in_an_inclusive_block_as_in_a_parallel_one(play):
    p = play(INCLUSIVE).complete("x").complete("a")
    back(p, "b", "x")
    p.complete("x")
    assert p.tasks() == ["b"]
    p.complete("b")
    back(p, "y", "a")
    finish(p, "a", "y")


LOOP = f"""{gateways("f", "j")}{gateways("g", "m", kind="exclusiveGateway")}{tasks("x", "a", "b", "y")}
flow: s -> m -> x -> f -> a -> j -> y -> g
flow: f -> b -> j
flow: g -> m if =again
flow: g -> e if =not(again)
"""


def test_a_block_inside_a_loop(play):
    p = play(LOOP).complete("x").complete("a").complete("b").complete("y", again=True).complete("x").complete("a")
    back(p, "b", "x")
    assert p.tasks() == ["x"]
    p.complete("x").complete("b")
    assert p.tasks() == ["y"]
    back(p, "y", "b")
    p.complete("b").complete("y", again=False)
    assert p.ended.state == "COMPLETED"


def test_not_into_the_other_branch_by_way_of_an_earlier_round(play):
    p = play(LOOP).complete("x").complete("a").complete("b").complete("y", again=True).complete("x").complete("a")
    with pytest.raises(engine.Refused, match="beside"):
        back(p, "b", "a")


def many(id, sequential="false", inner=""):
    characteristics = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=list" inputElement="n" outputCollection="results"'
        ' outputElement="=result"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    if not inner:
        return user_task(
            id, '<zeebe:ioMapping><zeebe:input source="=null" target="result"/></zeebe:ioMapping>', characteristics
        )
    return (
        f'<bpmn:subProcess id="{id}"><bpmn:extensionElements><zeebe:ioMapping><zeebe:input source="=null"'
        f' target="result"/></zeebe:ioMapping></bpmn:extensionElements>{characteristics}{inner}</bpmn:subProcess>'
    )


LINE = f"{tasks('x', 'y')}\nflow: s -> x -> m -> y -> e\n"


def test_out_of_one_item_the_others_stay_and_only_it_is_begun_again(play):
    p = play(many("m") + LINE, {"list": [1, 2, 3]}).complete("x").complete("m", 0, result="one")
    back(p, "m", "x", nth=1)
    assert sorted(p.tasks()) == ["m", "x"]
    p.complete("x")
    assert p.tasks() == ["m", "m"]
    p.complete("m", 1, result="three").complete("m", 0, result="two")
    assert p.data["results"] == ["one", "two", "three"]
    finish(p, "y")


def test_into_one_item_the_results_of_the_others_stay(play):
    p = play(many("m") + LINE, {"list": [1, 2, 3]}).complete("x")
    for text in ("one", "two", "three"):
        p.complete("m", result=text)
    back(p, "y", "m", m=(1,))
    [opened] = [t for t in p.open() if t.element_id == "m"]
    assert p.variables[opened.key, "n"] == 2
    p.complete("m", result="zwei")
    assert p.data["results"] == ["one", "zwei", "three"]
    finish(p, "y")


def test_an_item_is_done_again_as_it_was_whatever_the_list_has_become(play):
    p = play(many("m") + LINE, {"list": [1, 2, 3]}).complete("x")
    for text in ("one", "two", "three"):
        p.complete("m", result=text)
    p.do(lambda i: i.set_variables(i.key, {"list": ["other"]}, p.now))
    back(p, "y", "m", m=(1, {"n": "2"}))
    [opened] = [t for t in p.open() if t.element_id == "m"]
    assert p.variables[opened.key, "n"] == "2"
    p.complete("m", result="zwei")
    assert p.data["results"] == ["one", "zwei"]
    finish(p, "y")


STEPS = f'<bpmn:startEvent id="is"/><bpmn:endEvent id="ie"/>{tasks("p", "q")}\nflow: is -> p -> q -> ie\n'


def test_within_one_item_its_own_step_is_done_again(play):
    p = play(many("m", inner=STEPS) + LINE, {"list": [1, 2]}).complete("x").complete("p").complete("p")
    back(p, "q", "p", nth=0, m=(0,))
    assert sorted(p.tasks()) == ["p", "q"]
    finish(p.complete("p").complete("q").complete("q"), "y")


def test_out_of_a_step_of_one_item_and_in_again(play):
    p = play(many("m", inner=STEPS) + LINE, {"list": [1, 2]}).complete("x").complete("p", 0, local=1)
    back(p, "q", "x")
    assert sorted(p.tasks()) == ["p", "x"]
    p.complete("x").complete("p").complete("p").complete("q").complete("q")
    assert p.tasks() == ["y"]
    back(p, "y", "q", m=(1, {"result": "kept", "n": 2}))
    assert p.tasks() == ["q"]
    [opened] = p.open()
    scope = p.instance.token(opened.key).parent
    assert p.variables[scope, "result"] == "kept"
    finish(p.complete("q"), "y")


def test_an_earlier_item_of_a_sequence_is_done_again_and_so_are_those_after_it(play):
    p = play(many("m", "true") + LINE, {"list": [1, 2, 3]}).complete("x").complete("m").complete("m")
    back(p, "m", "m", m=(0,))
    [opened] = p.open()
    assert p.variables[opened.key, "n"] == 1
    finish(p.complete("m").complete("m").complete("m"), "y")


def test_an_item_cannot_send_another_one_back(play):
    p = play(many("m") + LINE, {"list": [1, 2, 3]}).complete("x").complete("m")
    with pytest.raises(engine.Refused, match="another item"):
        back(p, "m", "m", m=(0,))


SUB = f'<bpmn:subProcess id="m">{STEPS}</bpmn:subProcess>'


def test_into_and_out_of_a_sub_process(play):
    p = play(SUB + LINE).complete("x").complete("p").complete("q")
    back(p, "y", "q", m=(0, {"kept": 1}))
    assert p.tasks() == ["q"]
    back(p, "q", "x")
    finish(p, "x", "p", "q", "y")


def test_not_out_of_what_runs_beside(play):
    body = f"""{tasks("x", "y", "r")}<bpmn:endEvent id="e2"/>
    {boundary("late", timer("timeDuration", "PT1H"), to="y", interrupting=False)}
    flow: s -> x -> y -> e
    flow: late -> r -> e2
    """
    p = play(body).complete("x").fire("late")
    with pytest.raises(engine.Refused, match="before"):
        back(p, "r", "x")
    back(p, "y", "x")
    assert sorted(p.tasks()) == ["r", "x"]


def test_flows_and_stays_are_told_as_they_were(play):
    p = play(BLOCK).complete("x").complete("a1")
    back(p, "a2", "x")
    left = [e for e in p.last if isinstance(e, effects.ElementLeft)]
    assert [(e.element_id, e.state) for e in left] == [("a2", "TERMINATED")]
    entered = [e for e in p.last if isinstance(e, effects.ElementEntered)]
    assert [e.element_id for e in entered] == ["x"]
    assert [e for e in p.last if isinstance(e, effects.FlowTaken)] == []
