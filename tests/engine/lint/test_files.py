"""Files that cannot be opened, files of strangers, and how findings are handed over."""

import time
from itertools import pairwise

import pytest

from service import engine, i18n
from tests.engine import bpmn
from tests.engine.lint import examples
from tests.engine.lint.checking import rules

NOTHING = engine.Known()


def chain(length: int) -> bytes:
    ids = ["s", *(f"t{i}" for i in range(length)), "e"]
    tasks = "".join(f'<bpmn:task id="{i}"/>' for i in ids[1:-1])
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairwise(ids))
    )
    return bpmn.xml(f'<bpmn:startEvent id="s"/>{tasks}<bpmn:endEvent id="e"/>{flows}')


def nested(depth: int) -> str:
    inside = '<bpmn:manualTask id="innermost"/>'
    for level in range(depth):
        inside = f'<bpmn:subProcess id="level{level}">{inside}</bpmn:subProcess>'
    return inside


@pytest.mark.parametrize("file", ["photo.png", "process", "process.xml", "a.bpmn.bak", "A.BPMN", ""])
def test_a_file_of_another_kind_is_refused(file: str) -> None:
    assert rules({file: b"<x/>"}) == {"file-type"}


@pytest.mark.parametrize("data", [b" " * 10_000_000, b"<x>" + b"y" * 5_000_000 + b"</x>"])
@pytest.mark.parametrize("ending", ["bpmn", "dmn", "form"])
def test_a_file_of_ten_megabytes_is_refused_unread(data: bytes, ending: str) -> None:
    assert rules({f"a.{ending}": data}) == {"file-size"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"<bpmn",
        b"<a><b></a>",
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        b"<x>" * 5000 + b"</x>" * 5000,
        b"<x>" + b"<y/>" * 60_000 + b"</x>",
        b'<?xml version="1.0" encoding="utf-16"?><x/>',
        b'<x xmlns:a="b" a:c="1" a:c="2"/>',
    ],
)
@pytest.mark.parametrize("ending", ["bpmn", "dmn"])
def test_text_that_is_no_xml_or_hostile_xml_is_refused(data: bytes, ending: str) -> None:
    assert rules({f"a.{ending}": data}) == {"xml"}


@pytest.mark.parametrize("data", [b"", b"[]", b"3", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000])
def test_text_that_is_no_form_is_refused(data: bytes) -> None:
    assert rules({"a.form": data}) == {"form-json"}


def test_a_form_with_strange_contents_is_judged_without_an_exception() -> None:
    for content in (
        b'{"id": 5}',
        b'{"id": "a", "components": {"x": 1}}',
        b'{"components": [1, null, {"components": 3}]}',
    ):
        assert "form-incomplete" in rules({"a.form": content})


def test_a_line_is_told_for_broken_xml() -> None:
    problem = engine.lint({"a.bpmn": b"<a>\n<b>\n</a>"}, NOTHING)[0]
    assert problem.line == 3
    assert "line 3" in str(problem.params["reason"])


def test_a_chain_of_five_thousand_elements_passes_and_runs() -> None:
    data = chain(5000)
    began = time.process_time()
    assert not [p for p in engine.lint({"a.bpmn": data}, NOTHING) if p.severity == "error"]
    assert time.process_time() - began < 10
    assert bpmn.Player(data).ended.state == "COMPLETED"


def test_a_chain_longer_than_a_step_may_pass_is_refused_in_clear_words() -> None:
    problem = next(p for p in engine.lint({"a.bpmn": chain(10_000)}, NOTHING) if p.severity == "error")
    assert problem.rule == "process-size"
    assert "10002 elements; a process may have 10000" in problem.message


def test_deep_nesting_runs_or_is_refused_in_clear_words() -> None:
    deep = examples.complete(nested(90))
    assert not [p for p in engine.lint(deep, NOTHING) if p.severity == "error"]
    assert bpmn.Player(deep["example0.bpmn"]).ended.state == "COMPLETED"
    problem = engine.lint({"a.bpmn": f"{examples.HEAD}{nested(150)}</bpmn:definitions>".encode()}, NOTHING)[0]
    assert "nested deeper than 100" in problem.message


def test_thousands_of_expressions_are_judged_in_seconds() -> None:
    def name(prefix: str, number: int) -> str:
        return prefix + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")

    scripts = "".join(
        f'<bpmn:scriptTask id="t{i}"><bpmn:extensionElements>'
        f'<zeebe:script expression="={name("read", i)} + 1" resultVariable="{name("written", i)}"/>'
        "</bpmn:extensionElements></bpmn:scriptTask>"
        for i in range(4000)
    )
    began = time.process_time()
    engine.lint(examples.complete(scripts), NOTHING)
    assert time.process_time() - began < 20


def test_a_wide_parallel_block_is_judged_in_seconds() -> None:
    branches = "".join(
        f'<bpmn:manualTask id="t{i}"/><bpmn:sequenceFlow id="a{i}" sourceRef="split" targetRef="t{i}"/>'
        f'<bpmn:sequenceFlow id="b{i}" sourceRef="t{i}" targetRef="join"/>'
        for i in range(3000)
    )
    began = time.process_time()
    found = rules(
        examples.complete(
            '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>'
            '<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="x" sourceRef="s" targetRef="split"/>'
            f'<bpmn:sequenceFlow id="y" sourceRef="join" targetRef="e"/>{branches}'
        )
    )
    assert "join-hanging" not in found
    assert time.process_time() - began < 10


def test_a_file_with_thousands_of_faults_gets_as_many_findings_as_anybody_reads() -> None:
    found = engine.lint(examples.complete("".join(f'<bpmn:transaction id="t{i}"/>' for i in range(2000))), NOTHING)
    assert len(found) == 300
    assert {p.severity for p in found} == {"error"}


def test_findings_come_by_file_and_errors_first() -> None:
    files = {"b.bpmn": chain(1), "a.txt": b"", "c.bpmn": bpmn.xml('<bpmn:task id="t"/>')}
    found = engine.lint(files, NOTHING)
    assert [p.file for p in found] == sorted(p.file for p in found)
    for file in files:
        severities = [p.severity for p in found if p.file == file]
        assert severities == sorted(severities)


def test_a_drawing_of_sixty_nodes_is_judged_in_under_fifty_milliseconds() -> None:
    body = "".join(
        bpmn.user_task(
            f"t{i}",
            '<zeebe:formDefinition formId="f"/><zeebe:assignmentDefinition candidateGroups="=[&quot;clerk&quot;]"/>'
            f'<zeebe:ioMapping><zeebe:input source="=a + {i}" target="b{i}"/></zeebe:ioMapping>',
        )
        for i in range(58)
    )
    files = examples.complete(body)
    engine.lint(files, NOTHING)
    took = []
    for _ in range(5):
        began = time.process_time()
        engine.lint(files, NOTHING)
        took.append(time.process_time() - began)
    assert min(took) < 0.05


def test_a_form_is_judged_by_whoever_knows_forms() -> None:
    asked = []

    def check(file: str, data: bytes) -> list[engine.Problem]:
        asked.append((file, data))
        return [engine.Problem(file, "Field_1", 3, "error", "form-rule", "no such type")]

    data = b'{"id": "f", "schemaVersion": 18, "components": []}'
    found = engine.lint({"f.form": data}, engine.Known(check_form=check))
    assert asked == [("f.form", data)]
    assert [str(p) for p in found] == ["f.form:3: error: no such type [form-rule]"]


def test_a_finding_is_told_in_the_readers_language_with_the_reason_it_quotes() -> None:
    script = '<bpmn:scriptTask id="t"><bpmn:extensionElements><zeebe:script expression="=1 +" resultVariable="x"/>'
    found = engine.lint(examples.complete(f"{script}</bpmn:extensionElements></bpmn:scriptTask>"), NOTHING)
    problem = next(p for p in found if p.rule == "feel-syntax")
    assert problem.message.startswith("expression of t is no valid FEEL: expected")
    i18n.speak("zh")
    assert problem.localized().startswith("t 的 expression 不是有效的 FEEL：此处应为")


def test_an_empty_deployment_has_no_problems() -> None:
    assert engine.lint({}, NOTHING) == []
