"""Decision models."""

from service import engine
from tests.engine.lint import examples
from tests.engine.lint.checking import rules

TABLE = """
<inputData id="Input_income" name="income"/>
<decision id="poor" name="poor">
  <informationRequirement><requiredInput href="#{target}"/></informationRequirement>
  <decisionTable id="table" hitPolicy="{policy}">
    <input id="in"><inputExpression id="ie"><text>income</text></inputExpression></input>
    <output id="out" name="result"/>
    <rule id="r1"><inputEntry id="e1"><text>{cell}</text></inputEntry><outputEntry id="o1"><text>"yes"</text></outputEntry></rule>
  </decisionTable>
</decision>
"""


def table(target: str = "Input_income", policy: str = "UNIQUE", cell: str = "&lt; 2736") -> dict[str, bytes]:
    return examples.complete(TABLE.format(target=target, policy=policy, cell=cell), "dmn")


def test_a_good_table_passes() -> None:
    assert rules(table()) == set()


def test_a_cell_that_is_no_feel_is_told_with_its_line_and_decision() -> None:
    problem = engine.lint(table(cell="&lt; &lt; 3"), engine.Known())[0]
    assert (problem.rule, problem.line) == ("dmn-faulty", 8)
    assert "poor" in problem.message


def test_a_requirement_that_points_at_nothing_is_refused() -> None:
    assert "dmn-faulty" in rules(table(target="Input_gone"))


def test_an_unknown_hit_policy_is_refused() -> None:
    assert "dmn-faulty" in rules(table(policy="BEST"))


def test_a_model_that_imports_another_is_refused() -> None:
    files = examples.complete(
        '<import name="x" namespace="urn:x" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
        + TABLE.format(target="Input_income", policy="FIRST", cell="-"),
        "dmn",
    )
    assert rules(files) == {"dmn-faulty"}


def test_a_decision_requiring_itself_is_refused() -> None:
    circle = (
        '<decision id="a" name="a"><informationRequirement><requiredDecision href="#b"/></informationRequirement>'
        "<literalExpression><text>b</text></literalExpression></decision>"
        '<decision id="b" name="b"><informationRequirement><requiredDecision href="#a"/></informationRequirement>'
        "<literalExpression><text>a</text></literalExpression></decision>"
    )
    assert rules(examples.complete(circle, "dmn")) == {"dmn-circle"}


def test_a_file_of_another_standard_is_refused() -> None:
    assert rules({"a.dmn": examples.HEAD.encode() + b"</bpmn:definitions>"}) == {"root-element"}
    assert rules({"a.bpmn": f"{examples.DMN}</definitions>".encode()}) == {"root-element"}
