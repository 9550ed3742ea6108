"""From answers to values: what a completed task may bring into its process."""

from collections.abc import Mapping, Sequence
from typing import Any

from service import clock, errors, feel
from service.errors import _
from service.forms import filling, judging, model, plan, rows, structure
from service.forms.messages import Message

Path = tuple[str | int, ...]

MAX_FAULTS = 200
"""Paths told at once."""


class Refused(errors.Unprocessable):
    """Answers that break the form.

    `fields` maps a component path (`members.2.cert_no`) to sentences in the asked language; `warnings` lists the
    warnings without a reason as {"rule", "path", "message"}: sent again with `warning_reasons: {rule: text}` they pass.
    """

    warnings: Sequence[Mapping[str, str]] = ()


def validate(
    form: model.Form, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None, lang: str | None = "zh"
) -> dict[str, Any]:
    """Return the cleaned values of a form: Decimal, date, time, aware datetime, str, bool, list, dict.

    `context` holds the process variables the task sees: expressions read them, and they are the source of what is
    readonly. `lang` is the language of messages ("zh", "en", None: that of the request). Unknown, hidden and disabled
    keys are dropped, computed ones are computed. Raises `Refused` with everything that is wrong.
    """
    if not isinstance(answers, Mapping):
        raise errors.Invalid(_("The answers must be an object."))
    ready, known = plan.of(form), context or {}
    wrong: rows.Faults = {}
    aligned = rows.align(ready.nodes, answers, known, (), wrong)
    values, faults = structure.load(ready.schema, aligned)
    for path, messages in faults.items():
        wrong.setdefault(path, []).extend(messages)
    given = answers.get(judging.REASONS)
    with feel.using_clock(clock.local):
        filled = filling.Filling(ready, values, known)
        verdict = judging.judge(ready, filled, wrong, given if isinstance(given, Mapping) else {})
    if verdict.faults or verdict.unexplained:
        raise _refusal(form, verdict, lang)
    return _result(filled, verdict)


def _result(filled: filling.Filling, verdict: judging.Verdict) -> dict[str, Any]:
    groups = {
        instance.path[0]
        for instance in filled.instances
        if not instance.node.is_list and len(instance.node.path) > 1 and not instance.space.row
    }
    result = {name: value for name, value in filled.values.items() if value != {} or name not in groups}
    if verdict.reasons:
        result[judging.REASONS] = dict(verdict.reasons)
    return result


def _refusal(form: model.Form, verdict: judging.Verdict, lang: str | None) -> Refused:
    fields: dict[str, list[str]] = {}
    for path, messages in list(verdict.faults.items())[:MAX_FAULTS]:
        fields[_dotted(path)] = [message.text(lang) for message in messages]
    needs_reason = Message(_("(Give a reason, or correct it.)")).text(lang)
    warnings = []
    for warned in verdict.unexplained[:MAX_FAULTS]:
        text = warned.message.text(lang)
        warnings.append({"rule": warned.rule, "path": _dotted(warned.path), "message": text})
        fields.setdefault(_dotted(warned.path), []).append(f"{text} {needs_reason}")
    refused = Refused(
        _("The form %(form)s cannot be accepted: %(count)d places need attention."),
        fields=fields,
        form=form.id,
        count=len(fields),
    )
    refused.warnings = warnings
    return refused


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
