"""User tasks, jobs, calls, decisions and loops."""

import dataclasses

import pytest

from service import engine
from tests.engine.lint import examples
from tests.engine.lint.checking import EVERYTHING, broken, extended, rules, script, user_task

PROPERTY = '<zeebe:properties><zeebe:property name="{}" value="{}"/></zeebe:properties>'


def loop(attributes: str, inner: str = "") -> str:
    settings = f"<bpmn:extensionElements><zeebe:loopCharacteristics {attributes}/></bpmn:extensionElements>{inner}"
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{settings}</bpmn:multiInstanceLoopCharacteristics>"
    return f'<bpmn:manualTask id="t">{loop}</bpmn:manualTask>'


def lane(name: str, task: str) -> str:
    lane = f'<bpmn:lane id="lane" name="{name}"><bpmn:flowNodeRef>task</bpmn:flowNodeRef></bpmn:lane>'
    return f'<bpmn:laneSet id="lanes">{lane}</bpmn:laneSet>{task}'


def test_a_lane_need_be_no_role_where_the_tasks_say_who() -> None:
    assert broken(lane("签发人", user_task(assignment='candidateGroups="=issuer_role"'))) == {}
    assert broken(lane("签发人", user_task(assignment='assignee="anna"'))) == {}
    assert broken(lane("签发人", user_task(assignment=""))) == {"role-unknown": {"task"}}
    assert broken(lane("clerk", user_task(assignment=""))) == {}


def test_a_lane_holds_for_the_tasks_of_a_sub_process_in_it() -> None:
    inner = user_task("inner", assignment="")
    assert broken(lane("clerk", f'<bpmn:subProcess id="task">{inner}</bpmn:subProcess>')) == {}
    assert broken(lane("nobody", f'<bpmn:subProcess id="task">{inner}</bpmn:subProcess>')) == {
        "role-unknown": {"inner"}
    }


def test_every_literal_group_is_looked_up() -> None:
    assert broken(user_task(assignment='candidateGroups="clerk, clark"')) == {"role-unknown": {"task"}}


def test_nothing_is_said_of_roles_and_handlers_that_nobody_knows() -> None:
    fragment = lane("whoever", user_task(assignment="")) + extended(
        "serviceTask", "s", '<zeebe:taskDefinition type="x"/>'
    )
    known = engine.Known(forms=frozenset({"form"}))
    assert broken(fragment, known) == {}
    assert broken(fragment, dataclasses.replace(known, roles=frozenset(), handlers=frozenset())).keys() == {
        "role-unknown",
        "handler-unknown",
    }


def test_a_near_name_is_offered() -> None:
    found = engine.lint(examples.complete(user_task(assignment='candidateGroups="clerks"')), EVERYTHING)
    assert "did you mean clerk?" in next(p.message for p in found if p.rule == "role-unknown")


def test_a_form_of_the_same_deployment_is_known() -> None:
    files = {
        **examples.complete(user_task()),
        "form.form": b'{"id": "form", "schemaVersion": 18, "components": []}',
    }
    known = engine.Known(roles=frozenset({"clerk"}))
    assert rules(files, known) == set()
    assert rules(examples.complete(user_task()), known) == {"form-unknown"}


def test_a_form_by_expression_or_outside_is_let_be() -> None:
    task = user_task().replace('formId="form"', 'formId="=chosen_form"')
    assert broken(task) == {}
    assert broken(user_task().replace('formId="form"', 'externalReference="https://example.org/form"')) == {}


@pytest.mark.parametrize(("priority", "wrong"), [("0", 0), ("100", 0), ("=p", 0), ("101", 1), ("-1", 1), ("1.5", 1)])
def test_a_priority_lies_between_0_and_100(priority: str, wrong: int) -> None:
    found = broken(user_task(extensions=f'<zeebe:priorityDefinition priority="{priority}"/>'))
    assert ("priority-wrong" in found) is bool(wrong)


def test_a_property_of_an_installed_part_is_known() -> None:
    task = user_task(extensions=PROPERTY.format("photos", "yes"))
    assert broken(task) == {"property-unknown": {"task"}}
    assert broken(task, dataclasses.replace(EVERYTHING, properties=frozenset({"photos"}))) == {}


def test_a_property_at_the_wrong_element_is_told() -> None:
    fragment = extended("serviceTask", "s", '<zeebe:taskDefinition type="work"/>' + PROPERTY.format("roster", "=true"))
    assert broken(fragment) == {"property-unknown": {"s"}}


def test_the_form_of_a_rosters_rows_is_looked_up() -> None:
    properties = (
        '<zeebe:properties><zeebe:property name="roster" value="=true"/>'
        '<zeebe:property name="rosterForm" value="{}"/></zeebe:properties>'
    )
    assert broken(user_task(extensions=properties.format("form"))) == {}
    assert broken(user_task(extensions=properties.format("farm"))) == {"form-unknown": {"task"}}


def test_a_task_that_says_two_things_is_refused() -> None:
    decision = '<zeebe:calledDecision decisionId="decision" resultVariable="x"/>'
    job = '<zeebe:taskDefinition type="work"/>'
    assert broken(extended("businessRuleTask", "t", decision + job)) == {"work-missing": {"t"}}
    assert broken(extended("businessRuleTask", "t", decision)) == {}
    assert broken(extended("businessRuleTask", "t", job)) == {}
    assert broken(extended("businessRuleTask", "t", "")) == {"work-missing": {"t"}}


def test_a_decision_in_a_header_is_looked_up_but_not_an_expression() -> None:
    header = '<zeebe:taskDefinition type="work"/><zeebe:taskHeaders><zeebe:header key="decision" value="{}"/></zeebe:taskHeaders>'
    assert broken(extended("serviceTask", "t", header.format("decision"))) == {}
    assert broken(extended("serviceTask", "t", header.format("=which"))) == {}
    assert broken(extended("serviceTask", "t", header.format("decisoin"))) == {"decision-unknown": {"t"}}


def test_a_decision_of_the_same_deployment_is_known() -> None:
    decision = '<decision id="own" name="own"><literalExpression><text>1</text></literalExpression></decision>'
    task = extended("businessRuleTask", "t", '<zeebe:calledDecision decisionId="own" resultVariable="x"/>')
    files = {**examples.complete(task), "rules.dmn": f"{examples.DMN}{decision}</definitions>".encode()}
    assert rules(files) == set()


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "1001", "99999999999999999999"])
def test_retries_that_are_no_number_of_attempts_are_refused(text: str) -> None:
    job = f'<zeebe:taskDefinition type="work" retries="{text}"/>'
    assert broken(extended("serviceTask", "t", job)) == {"retries-wrong": {"t"}}


def test_a_call_by_expression_is_let_be() -> None:
    assert broken(extended("callActivity", "c", '<zeebe:calledElement processId="=which"/>')) == {}
    assert broken(extended("callActivity", "c", "")) == {"work-missing": {"c"}}
    assert broken(extended("callActivity", "c", '<zeebe:calledElement processId=""/>')) == {"work-missing": {"c"}}


def test_a_circle_of_calls_over_two_files_is_told_once() -> None:
    process = '<bpmn:process id="{}" isExecutable="true">{}</bpmn:process>'
    call = extended("callActivity", "c", '<zeebe:calledElement processId="{}"/>')
    files = f"{process.format('a', call.format('b'))}<!-- another file -->{process.format('b', call.format('a'))}"
    found = [p for p in engine.lint(examples.complete(files), EVERYTHING) if p.rule == "call-circle"]
    assert [p.params["names"] for p in found] == ["a, b"]


@pytest.mark.parametrize(
    ("attributes", "wrong"),
    [
        ('inputCollection="=list"', False),
        ('inputCollection="list"', True),
        ("", True),
        ('inputCollection="=list" outputCollection="results"', True),
        ('inputCollection="=list" outputElement="=x"', True),
        ('inputCollection="=list" outputCollection="results" outputElement="x"', True),
        ('inputCollection="=list" outputCollection="results" outputElement="=loopCounter"', False),
    ],
)
def test_a_loop_is_complete_or_refused(attributes: str, wrong: bool) -> None:
    assert ("loop-incomplete" in broken(loop(attributes))) is wrong


def test_a_completion_condition_is_an_expression_and_sees_the_counts() -> None:
    done = "<bpmn:completionCondition>{}</bpmn:completionCondition>"
    good = loop('inputCollection="=list"', done.format("=numberOfCompletedInstances &gt; 2"))
    assert broken(good) == {}
    assert broken(loop('inputCollection="=list"', done.format("true"))) == {"condition-literal": {"t"}}


@pytest.mark.parametrize("name", ["a b", "1a", "a-b", "if", "a..b", "a.", "=a"])
def test_a_variable_that_feel_cannot_read_is_refused(name: str) -> None:
    assert "variable-name" in broken(script("t", "=1", name))


@pytest.mark.parametrize("name", ["名单", "a_b", "_x", "notice.title", "ä1"])
def test_a_variable_that_feel_can_read_passes(name: str) -> None:
    assert broken(script("t", "=1", name)) == {}


def test_outputs_are_let_be_where_the_engine_applies_them() -> None:
    output = '<zeebe:ioMapping><zeebe:output source="=1" target="x"/></zeebe:ioMapping>'
    send = '<zeebe:taskDefinition type="{}"/>' + output
    message = '<bpmn:message id="m" name="m"/>'
    thrown = extended("intermediateThrowEvent", "t", send, '<bpmn:messageEventDefinition messageRef="m"/>') + message
    assert broken(user_task(extensions=output)) == {}
    assert broken(thrown.format("work")) == {}
    assert broken(thrown.format("message-publish")) == {"output-ignored": {"t"}}
    sent = extended("sendTask", "t", send, attributes='messageRef="m"') + message
    assert broken(sent.format("work")) == {}
    assert broken(sent.format("message-publish")) == {"output-ignored": {"t"}}
    assert "extension-unknown" in broken(extended("manualTask", "t", output))


def test_expressions_everywhere_are_parsed() -> None:
    bad = "=1 +"
    places = [
        user_task(assignment=f'candidateGroups="{bad}"'),
        user_task(extensions=f'<zeebe:taskSchedule dueDate="{bad}"/>'),
        user_task(extensions=PROPERTY.format("roster", bad)),
        user_task(extensions=PROPERTY.format("unit", bad)),
        user_task(extensions=f'<zeebe:ioMapping><zeebe:input source="{bad}" target="x"/></zeebe:ioMapping>'),
        extended("serviceTask", "task", f'<zeebe:taskDefinition type="{bad}"/>'),
        extended("callActivity", "task", f'<zeebe:calledElement processId="{bad}"/>'),
        script("task", bad, "x"),
        loop(f'inputCollection="{bad}"').replace('id="t"', 'id="task"'),
    ]
    for fragment in places:
        assert broken(fragment)["feel-syntax"] == {"task"}, fragment
