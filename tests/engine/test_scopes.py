"""Variables by Camunda 8's rules: mappings, local scopes, multi-instance, sub-processes, calls."""

from decimal import Decimal

import pytest

from service.engine import effects
from tests.engine.bpmn import Player, user_task, xml

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


@pytest.fixture(params=[False, True], ids=["live", "reloaded"])
def play(request):
    return lambda data, variables=None, **options: Player(data, variables, reload=request.param, **options)


def io(*mappings: str) -> str:
    """`in: =a -> b` and `out: =c -> d` as a zeebe:ioMapping."""
    rows = ""
    for mapping in mappings:
        side, rest = mapping.split(":", 1)
        source, target = (t.strip() for t in rest.split("->"))
        rows += f'<zeebe:{side}put source="{source}" target="{target}"/>'
    return f"<zeebe:ioMapping>{rows}</zeebe:ioMapping>"


def test_results_go_to_the_nearest_scope_that_has_the_variable(play):
    p = play(
        xml(f"{START}{user_task('a', io('in: =1 -> mine'))}{user_task('b')}{END}\nflow: s -> a -> b -> e\n"), {"x": 0}
    )
    p.complete("a", mine=2, x=3, new=4)
    assert p.data == {"x": Decimal(3), "new": Decimal(4)}


def test_output_mappings_let_only_their_targets_out(play):
    task = user_task("a", io("out: =votes.yes -> result.yes", "out: =1 + 1 -> two"))
    p = play(xml(f"{START}{task}{user_task('b')}{END}\nflow: s -> a -> b -> e\n"), {"result": {"no": 1}})
    p.complete("a", votes={"yes": 7}, hidden=True)
    assert p.data == {"result": {"no": Decimal(1), "yes": Decimal(7)}, "two": Decimal(2)}


def multi(inner: str, attributes: str, *, sequential: bool = False, condition: str = "") -> str:
    flag = ' isSequential="true"' if sequential else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{flag}><bpmn:extensionElements>"
        f"<zeebe:loopCharacteristics {attributes}/></bpmn:extensionElements>{condition}"
        f"</bpmn:multiInstanceLoopCharacteristics>"
    )


COLLECT = 'inputCollection="=villages" inputElement="village" outputCollection="sums" outputElement="=village + n"'


def sites(sequential: bool = False, attributes: str = COLLECT, condition: str = "") -> bytes:
    task = user_task("a", inner=multi("", attributes, sequential=sequential, condition=condition))
    return xml(f"{START}{task}{user_task('b')}{END}\nflow: s -> a -> b -> e\n")


def test_parallel_instances_have_scopes_of_their_own_and_collect_in_order(play):
    p = play(sites(), {"villages": [10, 20, 30]})
    assert p.tasks() == ["a", "a", "a"]
    p.complete("a", nth=2, n=3)
    assert "n" in p.data  # without a local n the result goes out, as in Camunda
    p.complete("a", nth=0, n=1).complete("a", nth=0, n=2)
    assert p.tasks() == ["b"]
    assert p.data["sums"] == [Decimal(11), Decimal(22), Decimal(33)]


def test_an_input_element_may_hide_a_variable_of_the_same_name(play):
    p = play(sites(), {"villages": [1, 2], "village": "outer", "sums": "old"})
    p.complete("a", n=0).complete("a", n=0)
    assert p.data["village"] == "outer"
    assert p.data["sums"] == [Decimal(1), Decimal(2)]


def test_sequential_instances_come_one_after_the_other(play):
    p = play(sites(sequential=True), {"villages": [1, 2]})
    assert p.tasks() == ["a"]
    assert p.complete("a", n=0).tasks() == ["a"]
    assert p.complete("a", n=0).tasks() == ["b"]


def test_an_empty_collection_is_passed_at_once(play):
    p = play(sites(), {"villages": []})
    assert p.tasks() == ["b"]
    assert p.data["sums"] == []


def test_a_completion_condition_ends_the_rest(play):
    condition = "<bpmn:completionCondition>=numberOfCompletedInstances >= 2</bpmn:completionCondition>"
    p = play(sites(condition=condition), {"villages": [1, 2, 3]})
    p.complete("a", n=0).complete("a", n=0)
    assert p.tasks() == ["b"]
    assert [e.state for e in p.of(effects.TaskClosed)] == ["COMPLETED", "COMPLETED", "CANCELED"]


def test_a_collection_that_is_no_list_is_an_incident(play):
    p = play(sites(), {"villages": "three"})
    assert "not a list" in p.of(effects.Failed)[0].message


def test_a_sub_process_keeps_its_mapped_variables_inside(play):
    inner = f'{user_task("a")}<bpmn:startEvent id="is"/><bpmn:endEvent id="ie"/>\nflow: is -> a -> ie\n'
    body = (
        f'{START}<bpmn:subProcess id="sub"><bpmn:extensionElements>{io("in: =x -> y")}</bpmn:extensionElements>'
        f"{inner}</bpmn:subProcess>{user_task('b')}{END}\nflow: s -> sub -> b -> e\n"
    )
    p = play(xml(body), {"x": 5})
    p.complete("a", y=6, z=7)
    assert p.tasks() == ["b"]
    assert p.data == {"x": Decimal(5), "z": Decimal(7)}


def call(extra: str = 'propagateAllChildVariables="true"', more: str = "") -> bytes:
    return xml(
        f'{START}<bpmn:callActivity id="c"><bpmn:extensionElements><zeebe:calledElement processId="child" {extra}/>'
        f"{more}</bpmn:extensionElements></bpmn:callActivity>{user_task('b')}{END}\nflow: s -> c -> b -> e\n"
    )


def returned(p: Player, **variables):
    key = p.of(effects.CallRequested)[0].key
    return p.do(lambda i: i.call_returned(key, variables, p.now))


def test_a_call_passes_what_it_sees_and_takes_all_back(play):
    p = play(call(), {"x": 1})
    [request] = p.of(effects.CallRequested)
    assert (request.process_id, request.variables) == ("child", {"x": Decimal(1)})
    assert returned(p, x="new", y=2).data == {"x": "new", "y": 2}
    assert p.tasks() == ["b"]


def test_a_call_that_declares_nothing_takes_nothing_back(play):
    p = play(call('propagateAllChildVariables="false"'), {"x": 1})
    assert returned(p, x="new", y=2).data == {"x": Decimal(1)}


def test_a_call_maps_in_and_out(play):
    more = io("in: =x + 1 -> only", "out: =inner -> outer")
    p = play(call('propagateAllChildVariables="false" propagateAllParentVariables="false"', more), {"x": 1})
    assert p.of(effects.CallRequested)[0].variables == {"only": Decimal(2)}
    assert returned(p, inner="v", more="w").data == {"x": Decimal(1), "outer": "v"}


def test_scripts_and_decisions_set_their_result(play):
    body = f"""{START}<bpmn:scriptTask id="calc"><bpmn:extensionElements>
    <zeebe:script expression="=0.1 + 0.2" resultVariable="sum"/></bpmn:extensionElements></bpmn:scriptTask>
    <bpmn:businessRuleTask id="rule"><bpmn:extensionElements>
    <zeebe:calledDecision decisionId="d" resultVariable="verdict"/></bpmn:extensionElements></bpmn:businessRuleTask>
    {user_task("b")}{END}
    flow: s -> calc -> rule -> b -> e
    """
    p = play(xml(body), decide=lambda decision, seen: f"{decision}:{seen['sum']}")
    assert p.data == {"sum": Decimal("0.3"), "verdict": "d:0.3"}
