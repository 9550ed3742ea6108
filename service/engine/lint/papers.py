"""Rules about form files as far as a deployment needs them; what is inside is judged by `Known.check_form`."""

from collections.abc import Iterator

from service.engine.lint.bundle import Bundle, Paper
from service.engine.lint.problem import Finding
from service.errors import _


def incomplete_form(paper: Paper, bundle: Bundle) -> Iterator[Finding]:
    """A form file without an id, or one that no form-js editor wrote."""
    if not isinstance(paper.content.get("id"), str) or not paper.id:
        yield Finding("", 1, _("The form has no id; give it one, processes name it by that."), {})
    if not isinstance(paper.content.get("components"), list):
        yield Finding(paper.id, 1, _("The form %(id)s has no list of components."), {"id": paper.id})
    version = paper.content.get("schemaVersion")
    if not isinstance(version, int) or isinstance(version, bool):
        text = _("The form %(id)s has no schemaVersion; save it with a form editor.")
        yield Finding(paper.id, 1, text, {"id": paper.id})


def duplicate_form(bundle: Bundle) -> Iterator[tuple[str, Finding]]:
    """One form id in two files of a deployment."""
    seen: dict[str, str] = {}
    for paper in bundle.papers:
        other = seen.setdefault(paper.id, paper.file)
        if other != paper.file and paper.id:
            text = _("The form %(id)s stands in %(other)s too; give one of them another id.")
            yield paper.file, Finding(paper.id, 1, text, {"id": paper.id, "other": other})
