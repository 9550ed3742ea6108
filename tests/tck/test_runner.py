"""The runner itself: what it counts as passed, failed and skipped."""

import pytest
from click.testing import CliRunner

from service import cli
from service.engine.decisions import tck
from service.engine.decisions.tck import Status

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:t" name="t">
  <inputData name="a" id="a"><variable name="a" typeRef="number"/></inputData>
  <decision name="double" id="double"><variable name="double"/>
    <informationRequirement><requiredInput href="#a"/></informationRequirement>
    <literalExpression><text>a * 2</text></literalExpression></decision>
  <decision name="java" id="java"><variable name="java"/>
    <context><contextEntry><variable name="f"/>
      <functionDefinition kind="Java"><formalParameter name="x"/>
        <context><contextEntry><variable name="class"/><literalExpression><text>"java.lang.Math"</text>
        </literalExpression></contextEntry></context></functionDefinition></contextEntry>
      <contextEntry><literalExpression><text>f(1)</text></literalExpression></contextEntry></context></decision>
  <decision name="people" id="people"><variable name="people"/>
    <literalExpression><text>[{name: "张三", born: date("1980-01-02")}]</text></literalExpression></decision>
</definitions>"""


def case(body: str) -> str:
    return (
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<modelName>t.dmn</modelName><testCase id="001">{body}</testCase></testCases>'
    )


def run(tmp_path, body: str):
    (tmp_path / "t.dmn").write_text(MODEL)
    (tmp_path / "t-test-01.xml").write_text(case(body))
    (result,) = tck.run(tmp_path)
    return result


INPUT = '<inputNode name="a"><value xsi:type="xsd:decimal">21</value></inputNode>'


def expected(node: str, value: str) -> str:
    return f'<resultNode name="{node}"><expected>{value}</expected></resultNode>'


def test_an_equal_number_passes(tmp_path):
    result = run(tmp_path, INPUT + expected("double", '<value xsi:type="xsd:double">42.000000001</value>'))
    assert [each.status for each in result.cases] == [Status.PASSED]


def test_another_number_fails_and_says_both(tmp_path):
    result = run(tmp_path, INPUT + expected("double", '<value xsi:type="xsd:decimal">43</value>'))
    assert result.failures[0].reason == "expected 43, got 42"


def test_another_type_fails(tmp_path):
    result = run(tmp_path, INPUT + expected("double", '<value xsi:type="xsd:string">42</value>'))
    assert result.count(Status.FAILED) == 1


def test_lists_and_components_are_compared(tmp_path):
    value = (
        '<list><item><component name="name"><value xsi:type="xsd:string">张三</value></component>'
        '<component name="born"><value xsi:type="xsd:date">1980-01-02</value></component></item></list>'
    )
    assert run(tmp_path, expected("people", value)).count(Status.PASSED) == 1
    assert run(tmp_path, expected("people", value.replace("1980", "1981"))).count(Status.FAILED) == 1


def test_an_external_function_is_skipped(tmp_path):
    result = run(tmp_path, expected("java", '<value xsi:type="xsd:decimal">1</value>'))
    assert result.count(Status.SKIPPED) == 1


def test_an_unknown_decision_fails(tmp_path):
    result = run(tmp_path, expected("nobody", '<value xsi:nil="true"/>'))
    assert "nobody" in result.failures[0].reason


def test_a_missing_model_fails_every_case(tmp_path):
    (tmp_path / "t-test-01.xml").write_text(case(expected("double", '<value xsi:nil="true"/>')))
    (result,) = tck.run(tmp_path)
    assert result.failures[0].reason.startswith("the model cannot be read")


def test_the_report_has_a_row_per_folder_and_a_total(tmp_path):
    text = tck.report([run(tmp_path, INPUT + expected("double", '<value xsi:type="xsd:decimal">43</value>'))])
    assert "expected 43, got 42" in text
    assert text.splitlines()[-1].split() == ["total", "0", "1", "0"]


def test_the_report_says_why_a_test_was_skipped(tmp_path):
    text = tck.report([run(tmp_path, expected("java", '<value xsi:type="xsd:decimal">1</value>'))])
    assert "skipped: t-test-01.xml 001 java: external functions are not supported" in text


def test_a_business_knowledge_model_can_be_asked(tmp_path):
    model = MODEL.replace(
        "</definitions>",
        '<businessKnowledgeModel name="half" id="half"><encapsulatedLogic><formalParameter name="a" typeRef="number"/>'
        "<literalExpression><text>a / 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
        "</definitions>",
    )
    (tmp_path / "t.dmn").write_text(model)
    body = case(INPUT + expected("half", '<value xsi:type="xsd:decimal">10.5</value>'))
    (tmp_path / "t-test-01.xml").write_text(
        body.replace('<testCase id="001"', '<testCase id="001" type="bkm" invocableName="half"')
    )
    (result,) = tck.run(tmp_path)
    assert [each.status for each in result.cases] == [Status.PASSED]


def test_the_command_prints_the_report_and_fails_if_a_test_does(tmp_path):
    run(tmp_path, INPUT + expected("double", '<value xsi:type="xsd:decimal">42</value>'))
    done = CliRunner().invoke(cli.lika, ["tck", str(tmp_path)])
    assert (done.exit_code, done.output.splitlines()[-1].split()) == (0, ["total", "1", "0", "0"])
    run(tmp_path, INPUT + expected("double", '<value xsi:type="xsd:decimal">43</value>'))
    done = CliRunner().invoke(cli.lika, ["tck", str(tmp_path)])
    assert done.exit_code == 1
    assert "failed: t-test-01.xml 001 double: expected 43, got 42" in done.output


def test_the_command_says_when_there_is_nothing_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["lika", "--lang", "en", "tck", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "no test file" in capsys.readouterr().err
