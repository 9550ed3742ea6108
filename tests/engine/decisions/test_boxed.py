"""Boxed expressions (DMN 1.5 clause 10.2)."""

import pytest

from tests.engine.decisions.conftest import data, decision, literal


def entry(name, logic, type_ref=""):
    attribute = f' typeRef="{type_ref}"' if type_ref else ""
    variable = f'<variable name="{name}"{attribute}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def ask(load, logic, needs="", inputs=None, **more):
    names = [name for name in needs.split() if name[0] not in "!*"]
    model = load(*(data(name) for name in names), decision("d", logic, needs, **more))
    assert model.problems == ()
    return model.evaluate("d", inputs or {})


def test_context_with_and_without_a_result(load):
    entries = entry("a b", literal("x + 1")) + entry("c", literal("a b * 2"))
    assert ask(load, f"<context>{entries}</context>", "x", {"x": 1}) == {"a b": 2, "c": 4}
    assert ask(load, f"<context>{entries}{entry('', literal('a b + c'))}</context>", "x", {"x": 1}) == 6


def test_a_context_entry_is_converted_to_its_type(load):
    entries = entry("a", literal("[1]"), "number") + entry("b", literal("1"), "string")
    assert ask(load, f"<context>{entries}</context>") == {"a": 1, "b": None}


def test_a_function_in_a_context_may_call_itself(load):
    definition = (
        '<functionDefinition><formalParameter name="n" typeRef="number"/>'
        + literal("if n < 2 then 1 else n * 2")
        + "</functionDefinition>"
    )
    assert ask(load, f"<context>{entry('f', definition)}{entry('', literal('f(4) + f(n: 1)'))}</context>") == 9


def test_list_and_relation(load):
    assert ask(load, f"<list>{literal('x')}{literal('x + 1')}</list>", "x", {"x": 1}) == [1, 2]
    rows = "".join(f"<row>{literal(a)}{literal(b)}</row>" for a, b in (("1", '"a"'), ("2", '"b"')))
    assert ask(load, f'<relation><column name="n"/><column name="s"/>{rows}</relation>') == [
        {"n": 1, "s": "a"},
        {"n": 2, "s": "b"},
    ]


def binding(name, value):
    return f'<binding><parameter name="{name}"/>{literal(value)}</binding>'


def test_invocation_binds_parameters_by_name(load):
    model = load(
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="a"/>'
        f'<formalParameter name="b"/>{literal("a - b")}</encapsulatedLogic></businessKnowledgeModel>',
        decision(
            "d",
            "<invocation>"
            + literal("f")
            + "".join(binding(name, value) for name, value in (("b", "1"), ("a", "5")))
            + "</invocation>",
            "*f",
        ),
        decision("e", f"<invocation>{literal('f')}{binding('c', '1')}</invocation>", "*f"),
    )
    assert model.evaluate("d") == 4
    assert model.evaluate("e") is None


@pytest.mark.parametrize(("test", "result"), [("true", 1), ("false", 2), ("null", 2), ('"x"', None)])
def test_conditional(load, test, result):
    logic = f"<conditional><if>{literal(test)}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
    assert ask(load, logic) == result


@pytest.mark.parametrize(
    ("source", "match", "result"),
    [
        ("[1, 2, 3]", "item > 1", [2, 3]),
        ("[1, 2, 3]", "2", 2),
        ("[1, 2]", '"x"', None),
        ("null", "true", None),
        ("[{a: 1}, {a: 2}]", "a = 2", [{"a": 2}]),
        ("[{item: 3}]", "item = 3", [{"item": 3}]),
        ("[1, null]", "item > 0", [1]),
    ],
)
def test_filter(load, source, match, result):
    assert ask(load, f"<filter><in>{literal(source)}</in><match>{literal(match)}</match></filter>") == result


@pytest.mark.parametrize(
    ("source", "body", "result"),
    [
        ("[1, 2, 3]", "x * 2", [2, 4, 6]),
        ("[1..3]", "x + count(partial)", [1, 3, 5]),
        ("5", "x", [5]),
        ("null", "x", None),
        ("[]", "x", []),
        ('["a".."c"]', "x", None),
    ],
)
def test_for(load, source, body, result):
    logic = f'<for iteratorVariable="x"><in>{literal(source)}</in><return>{literal(body)}</return></for>'
    assert ask(load, logic) == result


@pytest.mark.parametrize(
    ("kind", "source", "body", "result"),
    [
        ("some", "[1, 2]", "x > 1", True),
        ("some", "[1, 2]", "x > 2", False),
        ("some", "[1, null]", "x > 2", None),
        ("every", "[1, 2]", "x > 0", True),
        ("every", "[1, 2]", "x > 1", False),
        ("every", "[1, null]", "x > 0", None),
        ("every", "[]", "false", True),
        ("some", "[1]", '"x"', None),
        ("every", "null", "true", None),
    ],
)
def test_quantifiers(load, kind, source, body, result):
    logic = f'<{kind} iteratorVariable="x"><in>{literal(source)}</in><satisfies>{literal(body)}</satisfies></{kind}>'
    assert ask(load, logic) is result


def test_an_expression_that_is_no_feel_is_a_problem_and_null(load):
    model = load(decision("d", literal("1 +")))
    assert model.problems[0].error.column == 4
    outcome = model.evaluate_with_warnings("d")
    assert (outcome.value, outcome.warnings[0].warning.code) == (None, "unexpected")


def test_another_expression_language_is_a_problem(load):
    logic = literal("1").replace("<literalExpression", '<literalExpression expressionLanguage="urn:js"')
    model = load(decision("d", logic))
    assert "urn:js" in model.problems[0].message
    assert model.evaluate("d") is None


def test_a_decision_without_logic_is_null(load):
    assert load(decision("d", "")).evaluate("d") is None
