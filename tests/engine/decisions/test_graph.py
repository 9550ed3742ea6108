"""Requirements between decisions, functions, services, imports, types (DMN 1.5 clauses 6, 7.3, 10.4)."""

from decimal import Decimal

import pytest

from service.engine import decisions
from service.engine.decisions import ModelError, UnknownDecision
from tests.engine.decisions.conftest import data, decision, definitions, function, literal


def test_decisions_are_made_once_and_in_order(load):
    model = load(
        data("a"),
        decision("b", literal("a + 1"), "a"),
        decision("c", literal("b * 2"), "!b"),
        decision("d", literal("b + c"), "!b !c"),
    )
    assert model.evaluate("d", {"a": 1}) == 6
    assert list(model.explain("d", {"a": 1}).decisions) == ["b", "c", "d"]
    info = next(each for each in model.decisions if each.name == "d")
    assert (info.required_inputs, info.required_decisions, info.inputs) == ((), ("b", "c"), ("a",))


def test_only_what_is_required_is_seen(load):
    model = load(data("a"), data("b"), decision("d", literal("a = null"), "b"))
    assert model.evaluate("d", {"a": 1, "b": 2}) is True


def test_variables_the_model_does_not_declare_are_seen_as_in_camunda(load):
    model = load(decision("d", literal("free + 1")))
    assert model.evaluate("d", {"free": 1}) == 2
    assert model.decisions[0].reads == ("free",)


def test_a_variable_may_have_another_name_than_its_element(load):
    model = load(
        '<inputData id="i" name="人均纯收入"><variable name="income" typeRef="number"/></inputData>',
        decision("d", literal("income + 1"), "i"),
    )
    assert model.evaluate("d", {"income": 1}) == 2
    assert model.evaluate("d", {"人均纯收入": 1}) == 2
    assert model.decisions[0].inputs == ("income",)


def test_a_circle_gives_null_and_a_warning(load):
    model = load(decision("a", literal("b"), "!b"), decision("b", literal("a"), "!a"))
    outcome = model.evaluate_with_warnings("a")
    assert outcome.value is None
    assert "requires itself" in outcome.warnings[0].message()


def test_warnings_name_the_element(load):
    model = load(decision("a", literal('1 + "x"')), decision("b", literal("a + nobody"), "!a"))
    warnings = model.evaluate_with_warnings("b").warnings
    assert [(each.element, each.warning.code) for each in warnings] == [
        ("a", "operand_types"),
        ("b", "variable_not_found"),
        ("b", "operand_types"),
    ]
    assert warnings[1].message("zh") == "找不到变量“nobody”"


def test_functions_call_functions_and_themselves(load):
    model = load(
        data("x"),
        function("square", literal("n * n"), "n:number"),
        function("add", literal("square(a) + square(b)"), "a:number", "b:number", needs="square"),
        function("fact", literal("if n < 2 then 1 else n * fact(n - 1)"), "n:number", needs="fact"),
        decision("d", literal("add(b: 3, a: x)"), "x *add"),
        function("sum up to", literal("if n < 1 then 0 else n + sum up to(n - 1)"), "n:number"),
        decision("e", literal("fact(5)"), "*fact"),
    )
    assert model.evaluate("d", {"x": 2}) == 13
    assert model.evaluate("e") == 120
    assert model.evaluate("sum up to", {"n": 4}) == 10


def test_parameters_are_checked(load):
    model = load(
        function("f", literal("n"), "n:number"),
        decision("d", literal('f("x")'), "*f"),
        decision("e", literal("f([1])"), "*f"),
        decision("g", literal("f(1, 2)"), "*f"),
    )
    assert [model.evaluate(name) for name in "deg"] == [None, 1, None]


def test_an_external_function_gives_null_and_a_warning(load):
    model = load(
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic kind="Java">'
        f'<formalParameter name="n"/>{literal("n")}</encapsulatedLogic></businessKnowledgeModel>',
        decision("d", literal("f(1)"), "*f"),
    )
    outcome = model.evaluate_with_warnings("d")
    assert outcome.value is None
    assert outcome.warnings[0].warning.code == "external_function"


SERVICE = (
    data("x", "number")
    + data("y", "number")
    + decision("inner", literal("x + 1"), "x")
    + decision("out", literal("inner * y"), "!inner y")
    + decision("pair", literal("y"), "y")
    + '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#out"/>'
    '<encapsulatedDecision href="#inner"/><inputData href="#x"/><inputData href="#y"/></decisionService>'
    + '<decisionService id="t" name="t"><variable name="t"/><outputDecision href="#out"/><outputDecision href="#pair"/>'
    '<inputDecision href="#inner"/><inputData href="#y"/></decisionService>'
    + decision("call", literal("s(2, 10)"), "*s")
    + decision("named", literal("t(inner: 5, y: 2)"), "*t")
    + decision("few", literal("s(2)"), "*s")
)


def test_decision_services(load):
    model = load(SERVICE)
    assert model.evaluate("s", {"x": 2, "y": 10}) == 30
    assert model.evaluate("t", {"inner": 7, "y": 2}) == {"out": 14, "pair": 2}
    assert model.evaluate("call") == 30
    assert model.evaluate("named") == {"out": 10, "pair": 2}
    assert model.evaluate("few") is None
    assert [service.name for service in model.services] == ["s", "t"]


PERSON = """<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>tAge</typeRef></itemComponent></itemDefinition>
  <itemDefinition name="tAge"><typeRef>number</typeRef>
    <allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
  <itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>
  <itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>
    <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
  <itemDefinition name="tNode"><itemComponent name="value"><typeRef>number</typeRef></itemComponent>
    <itemComponent name="next"><typeRef>tNode</typeRef></itemComponent></itemDefinition>
  <itemDefinition name="tGrade"><typeRef>string</typeRef>
    <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
  <itemDefinition name="tGrades" isCollection="true"><typeRef>string</typeRef>
    <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>"""


@pytest.mark.parametrize(
    ("type_ref", "value", "result"),
    [
        ("tPerson", {"name": "张三", "age": 5}, True),
        ("tPerson", {"name": "张三", "age": 200}, False),
        ("tPerson", {"name": "张三"}, False),
        ("tPerson", {"name": "张三", "age": None, "more": 1}, True),
        ("tPeople", [{"name": "a", "age": 1}], True),
        ("tPeople", {"name": "a", "age": 1}, True),
        ("tPeople", [1], False),
        ("tFew", [1, 2], True),
        ("tFew", [1, 2, 3], False),
        ("tAge", "5", False),
        ("tAge", [5], True),
        ("tNode", {"value": 1, "next": {"value": 2, "next": None}}, True),
        ("tNode", {"value": 1, "next": 5}, False),
        ("tGrade", "A", True),
        ("tGrade", "C", False),
        ("tGrades", ["A", "B"], True),
        ("tGrades", ["A", "C"], False),
    ],
)
def test_inputs_are_converted_to_their_types_or_null(load, type_ref, value, result):
    model = load(PERSON, data("p", type_ref), decision("d", literal("p != null"), "p"))
    assert model.problems == ()
    assert model.evaluate("d", {"p": value}) is result


def test_named_types_in_expressions(load):
    model = load(
        PERSON,
        decision("d", literal('{name: "a", age: 1} instance of tPerson')),
        decision("e", literal("function(p: tPerson) p.age")),
        decision("f", literal("e({age: 1})"), "!e"),
    )
    assert model.evaluate("d") is True
    assert model.evaluate("f") is None


def test_an_unknown_type_is_a_problem(load):
    model = load(data("p", "tNobody"), decision("d", literal("p"), "p"))
    assert "tNobody" in model.problems[0].message
    assert model.evaluate("d", {"p": 1}) == 1


A = definitions(
    data("Person name", "string")
    + decision("Greeting", literal('"Hello, " + Person name'), "").replace(
        "<literalExpression>",
        '<informationRequirement><requiredInput href="#Person name"/></informationRequirement><literalExpression>',
    )
    + function("twice", literal("n * 2"), "n:number"),
    "urn:a",
)
IMPORT = '<import name="{0}" namespace="{1}" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'


def importing(namespace, imports, body):
    return definitions("".join(IMPORT.format(*each) for each in imports) + body, namespace)


def needs(href, kind="Decision"):
    group = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return f'<{group}><required{kind} href="{href}"/></{group}>'


def test_an_imported_decision_and_function():
    top = importing(
        "urn:top",
        [("a", "urn:a")],
        decision(
            "d",
            needs("urn:a#Greeting") + needs("urn:a#twice", "Knowledge") + literal("a.Greeting + string(a.twice(2))"),
        ),
    )
    model = decisions.load(top, [A])
    assert model.problems == ()
    inputs = {"a": {"Person name": "X"}}
    assert model.evaluate("d", inputs) == "Hello, X4"
    assert inputs == {"a": {"Person name": "X"}}
    assert model.evaluate("d", {"Person name": "X"}) == "Hello, X4"


def test_one_model_imported_on_two_ways_has_two_inputs():
    def middle(namespace):
        return importing(
            namespace, [("modelA", "urn:a")], decision("Say", needs("urn:a#Greeting") + literal("modelA.Greeting"))
        )

    top = importing(
        "urn:top",
        [("Model B", "urn:b"), ("Model B2", "urn:b2")],
        decision("d", needs("urn:b#Say") + needs("urn:b2#Say") + literal("[Model B.Say, Model B2.Say]")),
    )
    model = decisions.load(top, [A, middle("urn:b"), middle("urn:b2")])
    assert model.problems == ()
    inputs = {"Model B": {"modelA": {"Person name": "B"}}, "Model B2": {"modelA": {"Person name": "B2"}}}
    assert model.evaluate("d", inputs) == ["Hello, B", "Hello, B2"]


def test_a_missing_import_and_a_circle_of_imports_are_refused():
    top = importing("urn:top", [("b", "urn:b")], "")
    with pytest.raises(ModelError, match="urn:b"):
        decisions.load(top)
    with pytest.raises(ModelError, match="itself"):
        decisions.load(top, [importing("urn:b", [("top", "urn:top")], ""), top])


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a/>",
        b"<definitions xmlns='urn:x'/>",
        b"<definitions",
        definitions("<decision").replace(b"</def", b"<"),
        b'<!DOCTYPE d [<!ENTITY a "b">]>' + definitions("&a;"),
        definitions("<decision>" * 200 + "</decision>" * 200),
    ],
)
def test_what_is_no_model_is_refused(xml):
    with pytest.raises(ModelError) as caught:
        decisions.load(xml)
    assert caught.value.message != caught.value.zh


def test_an_unknown_decision_is_told(load):
    with pytest.raises(UnknownDecision) as caught:
        load(decision("d", literal("1"))).evaluate("x")
    assert caught.value.name == "x"
    assert caught.value.zh == "没有决策“x”"


def test_a_requirement_that_points_at_nothing_is_a_problem(load):
    model = load(decision("d", literal("1"), "nobody"))
    assert "#nobody" in model.problems[0].message
    assert "#nobody”在本模型中没有所指" in model.problems[0].zh
    assert model.evaluate("d") == Decimal(1)


def test_a_model_is_known_by_the_id_of_its_definitions():
    xml = definitions(decision("d", literal("1")))
    assert decisions.load(xml).id == "test"
    assert decisions.load(xml.replace(b' name="test"', b' name="test" id="defs"', 1)).id == "defs"
