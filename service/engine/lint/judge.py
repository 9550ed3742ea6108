"""Opens the files, applies the rules of the index and sorts what they found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from service.engine import reader, xml
from service.engine.lint import bundle, index
from service.engine.lint.problem import ERROR, Finding, Known, Problem, line_of
from service.errors import _

MAX_PROBLEMS = 300
DMN_NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


def lint(files: Mapping[str, bytes], known: Known) -> list[Problem]:
    """Judge files (name -> content) that are to be deployed together; errors forbid it, warnings do not."""
    opened, found = _open(files, known)
    for drawing in opened.drawings:
        found += _judge_drawing(drawing, opened)
    for sheet in opened.sheets:
        found += _apply(sheet.file, index.SHEET, sheet, opened)
    for paper in opened.papers:
        found += _apply(paper.file, index.PAPER, paper, opened)
        if known.check_form is not None:
            found += known.check_form(paper.file, paper.data)
    for name, rule in index.ACROSS.items():
        found += [_problem(file, name, finding) for file, finding in rule.check(opened)]
    return _sorted(found)


def _open(files: Mapping[str, bytes], known: Known) -> tuple[bundle.Bundle, list[Problem]]:
    drawings, sheets, papers, found = [], [], [], []
    for file, data in files.items():
        match _opened(file, data):
            case bundle.Drawing() as drawing:
                drawings.append(drawing)
            case bundle.Sheet() as sheet:
                sheets.append(sheet)
            case bundle.Paper() as paper:
                papers.append(paper)
            case Problem() as problem:
                found.append(problem)
    return bundle.Bundle(known, tuple(drawings), tuple(sheets), tuple(papers)), found


def _opened(file: str, data: bytes) -> bundle.Drawing | bundle.Sheet | bundle.Paper | Problem:
    kind = PurePosixPath(file).suffix
    if len(data) > xml.MAX_BYTES:
        text = _("The file has %(bytes)s bytes; at most %(max)s are read.")
        return _refused(file, "file-size", text, bytes=len(data), max=xml.MAX_BYTES)
    if kind == ".form":
        try:
            return bundle.paper(file, data)
        except ValueError as error:
            return _refused(
                file, "form-json", _("The form is no JSON that can be read: %(reason)s."), reason=str(error)
            )
    if kind not in (".bpmn", ".dmn"):
        return _refused(
            file, "file-type", _("Only .bpmn, .dmn and .form files can be deployed, not %(file)s."), file=file
        )
    try:
        root = xml.parse(data)
    except xml.XmlError as error:
        return _refused(file, "xml", _("The file cannot be read: %(reason)s."), error.line, reason=error)
    if not _is_root(kind, root):
        text = _("The root element is %(name)s; a %(kind)s file begins with definitions of its standard.")
        return _refused(file, "root-element", text, line_of(root), name=reader.local(root), kind=kind)
    if kind == ".dmn":
        return bundle.Sheet(file, data, root)
    return bundle.Drawing(file, root, tuple(reader.read_root(file, root)))


def _is_root(kind: str, root: etree._Element) -> bool:
    if kind == ".bpmn":
        return bool(root.tag == f"{reader.BPMN}definitions")
    name = etree.QName(root)
    return name.localname == "definitions" and (name.namespace or "").startswith(DMN_NAMESPACES)


def _refused(file: str, rule: str, msgid: str, line: int = 0, /, **params: Any) -> Problem:
    return _problem(file, rule, Finding("", line, msgid, params))


def _judge_drawing(drawing: bundle.Drawing, opened: bundle.Bundle) -> list[Problem]:
    broken = list(_apply(drawing.file, index.IDENTITY, drawing, opened))
    found = broken + list(_apply(drawing.file, index.DRAWING, drawing, opened))
    if broken:
        return found
    for process in drawing.processes:
        chart = bundle.Chart(process, drawing, opened)
        for name, rule in index.PROCESS.items():
            found += [_problem(drawing.file, name, finding) for finding in rule.check(chart)]
    return found


def _apply(file: str, rules: Mapping[str, Any], subject: Any, opened: bundle.Bundle) -> Iterator[Problem]:
    for name, rule in rules.items():
        yield from (_problem(file, name, finding) for finding in rule.check(subject, opened))


def _problem(file: str, rule: str, finding: Finding) -> Problem:
    message = finding.msgid % finding.params if finding.params else finding.msgid
    severity = index.RULES[rule]
    return Problem(file, finding.element, finding.line, severity, rule, message, finding.msgid, finding.params)


def _sorted(found: Iterable[Problem]) -> list[Problem]:
    """By file, errors first, then by line; of one file no more than anybody would read."""
    ordered = sorted(found, key=lambda p: (p.file, p.severity != ERROR, p.line, p.element, p.rule))
    kept: list[Problem] = []
    counts: dict[str, int] = {}
    for problem in ordered:
        counts[problem.file] = counts.get(problem.file, 0) + 1
        if counts[problem.file] <= MAX_PROBLEMS:
            kept.append(problem)
    return kept
