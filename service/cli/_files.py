"""The files a designer names on the command line, and how problems in them are told."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from service import engine, errors
from service.errors import _

ENDINGS = (".bpmn", ".dmn", ".form")
paths = click.argument(
    "paths", metavar="FILE|DIR...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)


def find(chosen: Iterable[Path]) -> dict[str, Path]:
    """Return the chosen files, and those in chosen folders that can be deployed, by name. Raises errors.Invalid."""
    found: dict[str, Path] = {}
    for path in (each for given in chosen for each in _expanded(given)):
        other = found.setdefault(path.name, path)
        if not other.samefile(path):
            raise errors.Invalid(
                _("%(one)s and %(other)s have the same name; a deployment tells files apart by name. Rename one."),
                one=other,
                other=path,
            )
    if not found:
        raise errors.Invalid(_("There is no .bpmn, .dmn or .form file in the folders named."))
    return found


def read(found: Mapping[str, Path]) -> dict[str, bytes]:
    """Return the contents of files by name."""
    return {name: path.read_bytes() for name, path in found.items()}


def sentence(problem: engine.Problem, path: object) -> str:
    """Tell a problem in one line: file:line, how bad, the element, the rule, the sentence with its remedy."""
    severity = errors.localize(_("error") if problem.severity == "error" else _("warning"))
    subject = f"{problem.element} {problem.rule}" if problem.element else problem.rule
    return f"{path}:{problem.line}: {severity}: {subject}: {problem.localized()}"


def _expanded(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.rglob("*") if each.suffix in ENDINGS and each.is_file())
