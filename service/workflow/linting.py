"""Judging files before they are deployed: the engine's lint of all, and the forms' own of what is inside a form."""

import re
from collections.abc import Iterable, Iterator, Mapping

from service import engine, errors, forms
from service.errors import _
from service.jobs import handlers


class Refused(errors.Unprocessable):
    """Files that cannot be deployed; `problems` are the errors among what lint said."""

    problems: tuple[engine.Problem, ...] = ()


def ensure_deployable(files: Mapping[str, bytes], known: engine.Known) -> None:
    """Raise Refused if lint finds errors; `fields` maps "file:line" to sentences with the rule."""
    failures = tuple(found for found in engine.lint(files, known) if found.severity == "error")
    if not failures:
        return
    places: dict[str, list[str]] = {}
    for problem in failures:
        places.setdefault(f"{problem.file}:{problem.line}", []).append(f"{problem.localized()} [{problem.rule}]")
    refused = Refused(
        _("The files cannot be deployed; %(count)s problems were found."), count=len(failures), fields=places
    )
    refused.problems = failures
    raise refused


def knowing(definitions: Iterable[tuple[str, str]], roles: Iterable[str]) -> engine.Known:
    """What a drawing may refer to without bringing it along: definitions as (kind, id), roles, handlers."""
    ids: dict[str, set[str]] = {"process": set(), "decision": set(), "form": set()}
    for kind, id in definitions:
        ids[kind].add(id)
    return engine.Known(
        processes=frozenset(ids["process"]),
        decisions=frozenset(ids["decision"]),
        forms=frozenset(ids["form"]),
        roles=frozenset(roles),
        handlers=frozenset(handlers.known()),
        check_form=form_problems,
    )


def form_problems(file: str, data: bytes) -> Iterator[engine.Problem]:
    """What is wrong inside a form. Faults of its structure come alone, since nothing else can be judged then."""
    try:
        form = forms.parse(data)
    except errors.Problem as refused:
        for place, sentences in (refused.fields or {"": [refused.localized()]}).items():
            for text in sentences:
                told = f"{place}: {text}" if place else text
                yield engine.Problem(file, place, _line(data, place), "error", "form-invalid", told)
        return
    for finding in forms.lint(form):
        reason = engine.Reason(finding.text("en"), finding.text("zh"))
        yield engine.Problem(
            file,
            finding.element,
            _line(data, finding.element),
            finding.severity,
            f"form-{finding.rule}",
            reason.en,
            "%(reason)s",
            {"reason": reason},
        )


def _line(data: bytes, component_id: str) -> int:
    """The line in which a component says its id, 0 if there is none."""
    text = data.decode(errors="replace")
    found = re.search(rf'"id"\s*:\s*"{re.escape(component_id)}"', text) if component_id else None
    return text.count("\n", 0, found.start()) + 1 if found else 0
