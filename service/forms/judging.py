"""The verdict on a settled form: limits, checks by name, rules, and warnings that need a reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.forms import filling, limits, plan, rows
from service.forms.messages import Message

Path = tuple[str | int, ...]

REASONS = "warning_reasons"
"""The answers' object in which each warning gets its reason."""
MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class Warned:
    """A rule of severity "warning" that is broken somewhere."""

    rule: str
    path: Path
    message: Message


@dataclass
class Verdict:
    """What is wrong, by path, the warnings that still need a reason, and the reasons that were given."""

    faults: dict[Path, list[Message]] = field(default_factory=dict)
    unexplained: list[Warned] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, path: Path, message: Message) -> None:
        """Note a fault once."""
        noted = self.faults.setdefault(path, [])
        if message not in noted:
            noted.append(message)


def judge(
    form: plan.Plan, filled: filling.Filling, wrong: Mapping[Path, list[Message]], reasons: Mapping[str, Any]
) -> Verdict:
    """Judge every visible component. `wrong` are the faults of type and of rows found before."""
    verdict = Verdict()
    for path, messages in _visible(filled, wrong):
        for message in messages:
            verdict.add(path, message)
    for instance in filled.instances:
        if not instance.hidden:
            _judge(instance, filled, verdict, reasons)
    for rule in form.rules:
        _apply(rule, filled.root.scope, (), verdict, reasons)
    return verdict


def _visible(filled: filling.Filling, wrong: Mapping[Path, list[Message]]) -> Iterator[tuple[Path, list[Message]]]:
    """Yield the faults that do not stand in something hidden or ignored."""
    if not wrong:
        return
    off = {
        instance.path for instance in filled.instances if instance.node.path and (instance.hidden or instance.ignored)
    }
    for path, messages in wrong.items():
        if not any(path[:length] in off for length in range(1, len(path) + 1)):
            yield path, messages


def _judge(instance: filling.Instance, filled: filling.Filling, verdict: Verdict, reasons: Mapping[str, Any]) -> None:
    node, scope, path = instance.node, instance.space.scope, instance.path
    if node.is_list:
        message = rows.count_fault(node, len(instance.given), instance.known())
        if message and path not in verdict.faults:
            verdict.add(path, message)
    elif node.keyed and node.expression is None and not instance.ignored and path not in verdict.faults:
        for message in limits.faults(node, instance.value, scope, filled.context):
            verdict.add(path, message)
        _check(instance, verdict)
    for rule in node.rules:
        _apply(rule, scope, path or (node.component.id,), verdict, reasons)


def _check(instance: filling.Instance, verdict: Verdict) -> None:
    """Ask the checks by name, once everything else is right with the text."""
    value = instance.value
    if not isinstance(value, str) or not value or instance.path in verdict.faults:
        return
    for check in instance.node.checks:
        message = check(value, instance.space.scope)
        if message:
            verdict.add(instance.path, message)


def _apply(
    rule: plan.CompiledRule, scope: Mapping[str, Any], path: Path, verdict: Verdict, reasons: Mapping[str, Any]
) -> None:
    if rule.condition.value(scope) is not False:
        return
    own = {"zh": rule.rule.message, "en": rule.rule.message_en}
    message = Message(rule.rule.message_en or rule.rule.message, translations=own)
    if rule.rule.severity == "error":
        verdict.add(path or ("form",), message)
        return
    reason = reasons.get(rule.rule.id)
    if isinstance(reason, str) and reason.strip():
        verdict.reasons[rule.rule.id] = reason.strip()[:MAX_REASON]
    else:
        verdict.unexplained.append(Warned(rule.rule.id, path or ("form",), message))
