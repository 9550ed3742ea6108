"""Item definitions in ``instance of``, and the types of functions of the model (DMN 1.5 clauses 7.3.2, 10.3.2.9)."""

import pytest

from tests.engine.decisions.conftest import decision, literal

TYPES = """<itemDefinition name="tByte"><typeRef>number</typeRef>
    <allowedValues><text>[0..255]</text></allowedValues></itemDefinition>
  <itemDefinition name="tBytes" isCollection="true"><typeRef>tByte</typeRef></itemDefinition>
  <itemDefinition name="tNamed"><itemComponent name="name"><typeRef>string</typeRef></itemComponent></itemDefinition>
  <itemDefinition name="tNumbers"><functionItem outputTypeRef="number"><parameters name="x" typeRef="number"/>
    </functionItem></itemDefinition>
  <itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>
    <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
  <itemDefinition name="tPath" isCollection="true"><typeRef>number</typeRef>
    <typeConstraint><text>[1, 2], [3]</text></typeConstraint></itemDefinition>
  <itemDefinition name="tSpan"><itemComponent name="low end"><typeRef>number</typeRef></itemComponent>
    <itemComponent name="high end"><typeRef>number</typeRef>
      <typeConstraint><text>&gt;= low end</text></typeConstraint></itemComponent>
    <itemComponent name="marks" isCollection="true"><typeRef>number</typeRef>
      <allowedValues><text>[low end..high end]</text></allowedValues></itemComponent></itemDefinition>
  <itemDefinition name="tSpans" isCollection="true"><typeRef>tSpan</typeRef></itemDefinition>"""
PLUS = """<businessKnowledgeModel id="plus" name="plus"><encapsulatedLogic>
  <formalParameter name="x" typeRef="number"/><formalParameter name="y" typeRef="number"/>
  <literalExpression typeRef="number"><text>x + y</text></literalExpression>
  </encapsulatedLogic></businessKnowledgeModel>"""


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ("255 instance of tByte", True),
        ("256 instance of tByte", False),
        ("[1, 2] instance of tBytes", True),
        ("[1, 256] instance of tBytes", False),
        ("[1] instance of list<tByte>", True),
        ('{name: "a", age: 1} instance of tNamed', True),
        ("{name: 1} instance of tNamed", False),
        ("{} instance of tNamed", False),
        ("null instance of tNamed", False),
        ("[1, 2] instance of tFew", True),
        ("[1, 2, 3] instance of tFew", False),
        ("[1, 2] instance of tPath", True),
        ("[3] instance of tPath", True),
        ("[2, 1] instance of tPath", False),
        ("[1] instance of tPath", False),
        ("{low end: 1, high end: 3, marks: [1, 2]} instance of tSpan", True),
        ("{low end: 5, high end: 3, marks: null} instance of tSpan", False),
        ("{low end: 1, high end: 3, marks: [1, 4]} instance of tSpan", False),
        ("[{low end: 1, high end: 3, marks: [2]}, {low end: 3, high end: 9, marks: [7]}] instance of tSpans", True),
        (
            "{m: [2], r: [{low end: 1, high end: 3, marks: m}, {low end: 3, high end: 9, marks: m}] "
            "instance of tSpans}.r",
            False,
        ),
        ("(function(x: number) x * 2) instance of tNumbers", True),
        ("(function(x: string) 1) instance of tNumbers", False),
        ('(function(x: number) "a") instance of tNumbers', False),
        ("plus instance of tNumbers", False),
        ("plus instance of function<number, number> -> number", True),
        ("plus instance of function<number, number> -> string", False),
    ],
)
def test_instances_of_named_types(load, test, value):
    assert load(TYPES, PLUS, decision("d", literal(test), "*plus")).evaluate("d") is value


@pytest.mark.parametrize(
    ("type_ref", "expression", "message", "chinese"),
    [
        ("tByte", "256", "256 is not one of the allowed values of tByte", "256 不在 tByte 的允许值之内"),
        ("tByte", '"a"', "expected tByte, but found a text", "此处应为 tByte 类型，却是文本"),
        (
            "tNumbers",
            "function(s: string) 1",
            "expected function<number> -> number, but found a function",
            "此处应为 function<number> -> number 类型，却是函数",
        ),
    ],
)
def test_a_value_of_another_type_is_null_and_says_why(load, type_ref, expression, message, chinese):
    outcome = load(TYPES, decision("d", literal(expression), type_ref=type_ref)).evaluate_with_warnings("d")
    assert outcome.value is None
    assert [warning.message() for warning in outcome.warnings] == [message]
    assert outcome.warnings[0].message("zh") == chinese
    assert outcome.warnings[0].element == "d"
