"""Entries of the audit log in words: what was done, and what was before and after."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service import errors
from service.db import values
from service.errors import _
from service.privacy import masking
from service.supervision import measures
from service.web import words

TITLES: Mapping[str, str] = {
    "ASSIGN": _("assigned"),
    "UNASSIGN": _("given back"),
    "UPDATE": _("changed"),
    "COMPLETE": _("completed"),
    "CREATE": _("started"),
    "CANCEL": _("cancelled"),
    "SUSPEND": _("suspended"),
    "RESUME": _("resumed"),
    "RESOLVE": _("tried again"),
    "SET_VARIABLES": _("variables set"),
    "MODIFY": _("token moved"),
    "MIGRATE": _("migrated"),
    "URGE": _("urged"),
}
NAMES: Mapping[str, str] = {
    "assignee": _("who has it"),
    "due": _("due"),
    "follow_up": _("follow-up"),
    "priority": _("priority"),
    "tokens": _("tokens"),
    "definition": _("version (key)"),
    "deployment": _("release"),
    "suspended": _("suspended"),
    "told": _("told"),
    "level": _("level"),
}
INSTANTS = ("due", "follow_up")
LONGEST = 200


def title(operation: str) -> str:
    """What was done, in a word or two."""
    return errors.localize(TITLES[operation]) if operation in TITLES else operation


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Sequence[tuple[str, str, str]]:
    """What changed, as (name, before, after); private numbers are masked."""
    old, new = before or {}, after or {}
    names = [name for name in {**old, **new} if not name.startswith("_")]
    return [(_name(name), shown(name, old.get(name)), shown(name, new.get(name))) for name in names]


def undoable(entries: Sequence[Any]) -> frozenset[int]:
    """The keys of interventions that can be undone: the latest about each thing, of tasks only open ones.

    `entries` come latest first.
    """
    seen: set[tuple[int | None, str]] = set()
    found = []
    for entry in entries:
        about = {(entry.entity_key, name) for name in {**(entry.before or {}), **(entry.after or {})}}
        stepped_in = entry.reason and entry.task_state in (None, "CREATED")
        if stepped_in and measures.possible(entry) and not about & seen:
            found.append(entry.key)
        seen |= about
    return frozenset(found)


def shown(name: str, value: Any) -> str:
    """A value for people."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return errors.localize(_("yes") if value else _("no"))
    if name in INSTANTS and isinstance(value, str):
        return words.moment(datetime.fromisoformat(value))
    private = masking.everywhere(values.untagged(value))
    if isinstance(private, list) and all(isinstance(each, str) for each in private):
        return "、".join(private) or "–"
    text = private if isinstance(private, str) else values.plain_json(private)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _name(name: str) -> str:
    return errors.localize(NAMES[name]) if name in NAMES else name
