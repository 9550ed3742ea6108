"""Variables that nobody sets: told where it is sure or nearly so, and otherwise not."""

import pytest

from service import engine
from tests.engine.lint import examples
from tests.engine.lint.checking import EVERYTHING, broken, extended, flows, nodes, rules, script, user_task

BY_TIMER = '<bpmn:startEvent id="s"><bpmn:timerEventDefinition><bpmn:timeDate>2027-01-01</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:startEvent>'
END = nodes(e="endEvent")
JOB = '<zeebe:taskDefinition type="work"/>'


def unset(fragment: str) -> set[str]:
    return broken(fragment).get("variable-unset", set())


def test_a_process_that_anybody_starts_may_be_given_any_variable() -> None:
    assert unset(script("t", "=whatever + 1", "x")) == set()


def test_a_process_that_a_timer_starts_knows_only_what_it_sets() -> None:
    one, two = script("one", "=1", "first"), script("two", "=first + second + unit + root_key", "x")
    assert unset(BY_TIMER + one + two + END + flows("s > one > two > e")) == {"two"}
    other = two.replace("second", "first")
    assert unset(BY_TIMER + one + other + END + flows("s > one > two > e")) == set()


@pytest.mark.parametrize(
    ("element", "brings"),
    [
        (user_task("a"), True),
        (extended("serviceTask", "a", JOB), True),
        (extended("callActivity", "a", '<zeebe:calledElement processId="called"/>'), True),
        (nodes(a="manualTask"), False),
        (script("a", "=1", "y"), False),
        (
            extended(
                "businessRuleTask", "a", '<zeebe:calledDecision decisionId="decision" resultVariable="judgement"/>'
            ),
            False,
        ),
        ('<bpmn:subProcess id="a">' + extended("serviceTask", "in", JOB) + "</bpmn:subProcess>", True),
    ],
)
def test_what_follows_an_element_that_may_bring_anything_is_not_judged(element: str, brings: bool) -> None:
    drawing = BY_TIMER + element + script("t", "=surprise", "x") + END + flows("s > a > t > e")
    assert unset(drawing) == (set() if brings else {"t"})


def test_what_stands_before_such_an_element_is_judged_unless_a_loop_leads_back() -> None:
    before = BY_TIMER + script("t", "=surprise", "x") + user_task("a") + END
    assert unset(before + flows("s > t > a > e")) == {"t"}
    looping = before + nodes(m="exclusiveGateway") + '<bpmn:exclusiveGateway id="x" default="flow1_0"/>'
    assert unset(looping + flows("s > m > t > a > x ?> m", "x > e")) == set()


def test_a_slip_of_the_pen_is_told_in_any_process() -> None:
    set_it = script("one", "=1", "households")
    for slip in ("housholds", "househlods", "householdss"[:-1] + "z", "houseeholds", "household_s"):
        assert unset(set_it + script("two", f"={slip}", "x")) == {"two"}, slip


@pytest.mark.parametrize(
    ("known", "read"),
    [("quota", "quotas"), ("round", "pound1"), ("list", "lost"), ("plan_1", "plan_2"), ("removed", "removal")],
)
def test_a_plural_a_number_and_a_short_name_are_no_slips(known: str, read: str) -> None:
    assert unset(script("one", "=1", known) + script("two", f"={read}", "x")) == set()


def test_a_slip_for_a_key_of_a_form_is_told() -> None:
    files = {
        **examples.complete(script("t", "=aproved", "x")),
        "f.form": b'{"id": "f", "schemaVersion": 18, "components": [{"type": "group", "components": '
        b'[{"type": "checkbox", "key": "approved"}]}]}',
    }
    assert "variable-unset" in rules(files)
    files["example0.bpmn"] = files["example0.bpmn"].replace(b"aproved", b"approved")
    assert "variable-unset" not in rules(files)


def test_a_slip_is_told_with_the_name_that_was_meant() -> None:
    fragment = script("one", "=1", "households") + script("two", "=housholds", "x")
    found = engine.lint(examples.complete(fragment), EVERYTHING)
    assert "did you mean households?" in next(p.message for p in found if p.rule == "variable-unset")


def test_local_names_of_an_expression_are_no_variables() -> None:
    expression = "for household in households return household.persons"
    assert unset(script("one", "=[1]", "households") + script("two", f"={expression}", "x")) == set()


def test_what_handlers_evaluate_is_not_judged_by_the_variables_of_the_process() -> None:
    header = (
        f'{JOB}<zeebe:taskHeaders><zeebe:header key="where" value="=case.stat = 1 and houshold.x"/></zeebe:taskHeaders>'
    )
    drawing = BY_TIMER + script("h", "=1", "household") + extended("serviceTask", "t", header) + END
    assert unset(drawing + flows("s > h > t > e")) == set()


def test_a_loops_element_and_counter_are_known_inside() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item" outputCollection="sums" '
        'outputElement="=item + loopCounter"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    drawing = BY_TIMER + f'<bpmn:manualTask id="t">{loop}</bpmn:manualTask>' + END
    assert unset(drawing + flows("s > t > e")) == set()
    assert unset(drawing.replace("item + loopCounter", "itm") + flows("s > t > e")) == {"t"}


def test_a_forgotten_sign_is_told_for_known_variables_and_blanks_only() -> None:
    task = user_task(extensions='<zeebe:ioMapping><zeebe:input source="{}" target="stage"/></zeebe:ioMapping>')
    set_it = script("one", "=1", "total")
    for source, told in (("张贴", False), ("total", True), (" =total", True), ("=total", False)):
        assert ("feel-forgotten" in broken(set_it + task.format(source))) is told, source


def test_a_variable_may_have_a_functions_name_where_nobody_calls_the_function() -> None:
    assert broken(script("t", "=1", "mode")) == {}
    assert "variable-function" in broken(script("t", "=1", "mode") + script("u", "=mode([1, 1, 2])", "x"))


def test_answers_of_an_element_of_another_process_are_known() -> None:
    process = '<bpmn:process id="{}" isExecutable="true">{}</bpmn:process>'
    header = f'{JOB}<zeebe:taskHeaders><zeebe:header key="where" value="=case.answers.{{}}.x"/></zeebe:taskHeaders>'
    for name, told in (("Task_Visit", False), ("Task_Vist", True), ("Task_Elsewhere", False)):
        files = process.format("a", nodes(Task_Visit="manualTask")) + "<!-- another file -->"
        files += process.format("b", extended("serviceTask", "t", header.format(name)))
        assert ("answers-unknown" in rules(examples.complete(files))) is told, name
