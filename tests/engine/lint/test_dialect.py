"""What a file may say: the words of the dialect, each at its place."""

import pytest

from service import engine
from service.engine.lint import vocabulary
from tests.engine.lint import examples
from tests.engine.lint.checking import broken, extended, flows, nodes, rules, user_task

CAMUNDA_7 = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


@pytest.mark.parametrize("kind", ["complexGateway", "transaction", "adHocSubProcess", "choreographyTask", "task2"])
def test_an_element_that_is_not_run_is_refused_by_its_id(kind: str) -> None:
    found = engine.lint(examples.complete(f'<bpmn:{kind} id="x"/>'), engine.Known())
    assert [p.element for p in found if p.rule == "element-unsupported"] == ["x"]


def test_the_sentence_says_what_to_draw_instead() -> None:
    found = engine.lint(examples.complete('<bpmn:transaction id="x"/>'), engine.Known())
    told = next(p.message for p in found if p.rule == "element-unsupported")
    assert told == "Lika runs no transactions (x); use a sub-process."


@pytest.mark.parametrize(
    "inner",
    [
        "<bpmn:standardLoopCharacteristics/>",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>",
        "<bpmn:potentialOwner/>",
        "<bpmn:script>print(1)</bpmn:script>",
    ],
)
def test_a_setting_of_plain_bpmn_that_is_not_run_is_refused(inner: str) -> None:
    assert "element-unsupported" in broken(f'<bpmn:manualTask id="x">{inner}</bpmn:manualTask>')


def test_annotations_groups_and_data_are_drawn_and_ignored() -> None:
    drawn = (
        '<bpmn:textAnnotation id="a"><bpmn:text>note</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:group id="g" categoryValueRef="v"/><bpmn:dataObject id="d"/>'
        '<bpmn:dataObjectReference id="r" dataObjectRef="d" name="名单"/><bpmn:dataStoreReference id="store"/>'
        '<bpmn:association id="as" sourceRef="t" targetRef="a"/>'
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:manualTask id="t"><bpmn:property id="p1"/>'
        '<bpmn:dataInputAssociation id="i"><bpmn:sourceRef>r</bpmn:sourceRef><bpmn:targetRef>p1</bpmn:targetRef>'
        "</bpmn:dataInputAssociation></bpmn:manualTask>"
    )
    assert broken(drawn + flows("s > t > e")) == {}


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        ("receiveTask", 'instantiate="true"'),
        ("manualTask", 'isForCompensation="true"'),
        ("manualTask", 'completionQuantity="0"'),
        ("scriptTask", 'scriptFormat="groovy"'),
        ("callActivity", 'calledElement="p"'),
        ("exclusiveGateway", 'color="red"'),
        ("intermediateThrowEvent", 'parallelMultiple="true"'),
        ("subProcess", 'triggeredByEvent="1"'),
        ("startEvent", 'isInterrupting="no"'),
    ],
)
def test_an_attribute_that_would_be_ignored_is_refused(kind: str, attribute: str) -> None:
    assert "attribute-unknown" in broken(f'<bpmn:{kind} id="x" {attribute}/>')


def test_colours_and_modeler_hints_are_let_be() -> None:
    fragment = (
        '<bpmn:manualTask id="t" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" bioc:stroke="#000" '
        'zeebe:modelerTemplate="x" gatewayDirection=""/>'
    ).replace(' gatewayDirection=""', "")
    assert broken(fragment) == {}


@pytest.mark.parametrize("name", sorted(vocabulary.EXTENSIONS.keys() - {"header", "input", "output", "property"}))
def test_every_extension_element_is_refused_where_it_means_nothing(name: str) -> None:
    found = broken(extended("parallelGateway", "x", f"<zeebe:{name}/>"))
    assert ("extension-unknown" in found) is (name != "properties")


@pytest.mark.parametrize("name", ["executionListeners", "taskListeners", "adHoc", "linkedResources", "userTaskForm"])
def test_extensions_of_camunda_8_that_lika_does_not_run_are_refused(name: str) -> None:
    assert broken(user_task(extensions=f"<zeebe:{name}/>")) == {"extension-unknown": {"task"}}


def test_an_item_outside_its_group_is_refused() -> None:
    assert "extension-unknown" in broken(user_task(extensions='<zeebe:header key="a" value="b"/>'))
    assert "extension-unknown" in broken(
        user_task(extensions='<zeebe:ioMapping><zeebe:property name="a" value="b"/></zeebe:ioMapping>')
    )


def test_a_zeebe_attribute_at_a_bpmn_element_is_refused() -> None:
    assert broken('<bpmn:manualTask id="x" zeebe:assignee="anna"/>') == {"extension-attribute": {"x"}}


def test_settings_of_camunda_7_are_errors_where_they_mean_behaviour() -> None:
    assert broken(f'<bpmn:manualTask id="x" {CAMUNDA_7} camunda:class="a.B"/>') == {"other-engine": {"x"}}
    assert broken(extended("manualTask", "x", f"<camunda:executionListener {CAMUNDA_7}/>")) == {"other-engine": {"x"}}
    assert broken(f'<bpmn:manualTask id="x" {CAMUNDA_7} camunda:asyncAfter="true"/>') == {"other-tool": {"x"}}
    assert broken(extended("manualTask", "x", '<s:note xmlns:s="urn:signavio"/>')) == {"other-tool": {"x"}}


def test_what_stands_in_a_pool_that_does_not_run_is_not_judged() -> None:
    picture = '<bpmn:process id="other"><bpmn:complexGateway id="x" strange="1"/></bpmn:process>'
    found = broken(f'<bpmn:process id="p" isExecutable="true"><bpmn:manualTask id="t"/></bpmn:process>{picture}')
    assert found == {"process-not-executable": {"other"}}


def test_several_executable_pools_are_each_judged() -> None:
    pools = "".join(
        f'<bpmn:process id="p{i}" isExecutable="true"><bpmn:serviceTask id="t{i}"/></bpmn:process>' for i in (1, 2)
    )
    assert broken(pools) == {"work-missing": {"t1", "t2"}}


def test_an_old_binding_is_refused_and_the_two_others_pass() -> None:
    for binding, expected in (("latest", {}), ("deployment", {}), ("versionTag", {"extension-attribute": {"c"}})):
        called = f'<zeebe:calledElement processId="called" bindingType="{binding}"/>'
        assert broken(extended("callActivity", "c", called)) == expected


def test_a_duplicate_id_stops_the_judging_of_the_process_but_not_of_the_words() -> None:
    found = broken('<bpmn:serviceTask id="x"/><bpmn:serviceTask id="x"/><bpmn:transaction id="y"/>')
    assert found.keys() >= {"id-duplicate", "element-unsupported"}
    assert "work-missing" not in found


def test_an_id_may_be_used_again_in_another_file() -> None:
    one = '<bpmn:process id="{}" isExecutable="true"><bpmn:manualTask id="t"/></bpmn:process>'
    assert rules(examples.complete(f"{one.format('a')}<!-- another file -->{one.format('b')}")) == set()


def test_message_flows_between_pools_are_followed() -> None:
    pools = (
        '<bpmn:collaboration id="c"><bpmn:participant id="one" processRef="p"/><bpmn:participant id="two"/>'
        '<bpmn:messageFlow id="m" sourceRef="t" targetRef="{}"/></bpmn:collaboration>'
        '<bpmn:process id="p" isExecutable="true"><bpmn:manualTask id="t"/></bpmn:process>'
    )
    assert broken(pools.format("two")) == {}
    assert broken(pools.format("three")) == {"reference-dangling": {"m"}}
    assert broken(pools.format("c")) == {"reference-dangling": {"m"}}


def test_a_sequence_flow_between_pools_is_refused() -> None:
    pool = '<bpmn:process id="{0}" isExecutable="true">{1}{2}</bpmn:process>'
    one = pool.format("a", nodes(s1="startEvent", e1="endEvent"), flows("s1 > e1").replace("flow0", "a"))
    crossing = '<bpmn:sequenceFlow id="x" sourceRef="s2" targetRef="e1"/>'
    two = pool.format("b", nodes(s2="startEvent", e2="endEvent"), flows("s2 > e2").replace("flow0", "b") + crossing)
    assert broken(one + two)["flow-crossing"] == {"x"}


def test_nested_lanes_are_no_conflict() -> None:
    lane = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="outer" name="outer"><bpmn:flowNodeRef>t</bpmn:flowNodeRef>'
        '<bpmn:childLaneSet id="cl"><bpmn:lane id="inner" name="inner"><bpmn:flowNodeRef>t</bpmn:flowNodeRef>'
        "</bpmn:lane></bpmn:childLaneSet></bpmn:lane>{}</bpmn:laneSet>"
    )
    other = '<bpmn:lane id="other" name="other"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane>'
    task = '<bpmn:manualTask id="t"/>'
    assert broken(lane.format("") + task) == {}
    assert broken(lane.format(other) + task) == {"lane-reference": {"other"}}
