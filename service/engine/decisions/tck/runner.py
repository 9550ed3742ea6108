"""Finds test files, loads the models they name, asks and compares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service.engine import xml
from service.engine.decisions.document import Element, child, children, read, tag
from service.engine.decisions.errors import ModelError, UnknownDecision
from service.engine.decisions.model import Model, load
from service.engine.decisions.tck.results import CaseResult, FolderResult, Status
from service.engine.decisions.tck.values import difference, read_value
from service.feel.errors import Failure


def run(directory: str | Path) -> list[FolderResult]:
    """Run every test file below a directory; the result is per folder, in the order of their names."""
    folders = sorted({path.parent for path in Path(directory).rglob("*.xml")})
    return [result for folder in folders if (result := run_folder(folder)).cases]


def run_folder(folder: str | Path) -> FolderResult:
    """Run the test files of one folder; the models they import may lie in folders of it."""
    folder = Path(folder)
    models = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.dmn"))}
    cases: list[CaseResult] = []
    for path in sorted(folder.glob("*.xml")):
        try:
            root = xml.parse(path.read_bytes())
        except xml.XmlError:
            continue
        if tag(root) == "testCases":
            cases += _run_file(path, root, models)
    return FolderResult(folder.name, tuple(cases))


def _run_file(path: Path, root: Element, models: dict[str, bytes]) -> Iterator[CaseResult]:
    wanted = (root.findtext("{*}modelName") or "").strip()
    try:
        model = _model(wanted, path, models)
    except ModelError as error:
        for case in children(root, "testCase"):
            yield CaseResult(path.name, case.get("id") or "", "", Status.FAILED, f"the model cannot be read: {error}")
        return
    for case in children(root, "testCase"):
        yield from _run_case(path.name, case, model)


def _model(wanted: str, path: Path, models: dict[str, bytes]) -> Model:
    name = wanted if wanted in models else f"{wanted}.dmn"
    if name not in models:
        name = f"{path.stem}.dmn" if f"{path.stem}.dmn" in models else next(iter(models), "")
    if name not in models:
        raise ModelError(f"'{wanted}' is not there", f"缺少“{wanted}”")
    return load(models[name], [data for other, data in models.items() if other != name and _readable(data)])


def _readable(data: bytes) -> bool:
    try:
        read(data)
    except ModelError:
        return False
    return True


def _run_case(file: str, case: Element, model: Model) -> Iterator[CaseResult]:
    identifier = case.get("id") or ""
    try:
        inputs = {_input_name(each): read_value(each) for each in children(case, "inputNode")}
    except (Failure, ArithmeticError) as error:
        yield CaseResult(file, identifier, "", Status.FAILED, f"the inputs cannot be read: {error}")
        return
    for node in children(case, "resultNode"):
        yield _run_node(file, identifier, case, node, model, inputs)


def _input_name(element: Element) -> str:
    namespace, name = element.get("namespace"), element.get("name") or ""
    return f"{{{namespace}}}{name}" if namespace else name


def _run_node(
    file: str, identifier: str, case: Element, node: Element, model: Model, inputs: dict[str, object]
) -> CaseResult:
    name = node.get("name") or ""
    asked = (case.get("invocableName") or name) if case.get("type") in ("decisionService", "bkm") else name
    namespace = node.get("namespace")
    try:
        expected_element = child(node, "expected")
        expected = None if expected_element is None else read_value(expected_element)
        outcome = model.evaluate_with_warnings(f"{{{namespace}}}{asked}" if namespace else asked, inputs)
    except UnknownDecision as error:
        return CaseResult(file, identifier, name, Status.FAILED, str(error))
    except Exception as error:
        return CaseResult(file, identifier, name, Status.FAILED, f"{type(error).__name__}: {error}")
    value = outcome.value
    reason = difference(expected, value)
    if reason and asked != name and isinstance(value, dict) and name in value:
        reason = difference(expected, value[name])
    if not reason:
        return CaseResult(file, identifier, name, Status.PASSED)
    if any(warning.warning.code == "external_function" for warning in outcome.warnings):
        return CaseResult(file, identifier, name, Status.SKIPPED, "external functions are not supported")
    told = "; ".join(str(warning) for warning in outcome.warnings[:3])
    return CaseResult(file, identifier, name, Status.FAILED, f"{reason} [{told}]" if told else reason)
