"""A form as a paper: sections, fields and lists of a `.form` file with its answers, so papers follow the forms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service import clock, forms

SHOWN = frozenset(
    {"textfield", "textarea", "number", "datetime", "checkbox", "radio", "select", "checklist", "taglist"}
)
LONG = frozenset({"textarea"})


@dataclass(frozen=True)
class Entry:
    """A field with its answer in words; a long one takes the whole width."""

    label: str
    text: str
    long: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the paper: fields, or the rows of a list under the labels of its columns."""

    title: str
    entries: Sequence[Entry] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())


def sections(form: forms.Form, data: Mapping[str, Any]) -> list[Section]:
    """The sections of a form in its order; fields outside of groups make sections without title."""
    return [found for found in _sections(form.components, data) if found.entries or found.columns]


def _sections(components: Sequence[forms.Component], data: Any) -> Iterator[Section]:
    loose: list[Entry] = []
    for component in components:
        if component.type in forms.CONTAINERS:
            yield Section("", loose)
            loose = []
            inner = _at(data, component.data)
            if component.type == "group":
                yield Section(component.label, list(_entries(component.components, inner)))
                yield from (part for part in _sections(component.components, inner) if part.columns)
            else:
                yield _list(component, inner)
        else:
            loose += _entries([component], data)
    yield Section("", loose)


def _entries(components: Sequence[forms.Component], data: Any) -> Iterator[Entry]:
    for component in components:
        if component.type in SHOWN:
            yield Entry(_label(component), _text(component, _at(data, component.data)), component.type in LONG)


def _list(component: forms.Component, rows: Any) -> Section:
    columns = [each for each in component.components if each.type in SHOWN]
    given = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return Section(
        component.label,
        columns=[_label(each) for each in columns],
        rows=[[_text(each, _at(row, each.data)) for each in columns] for row in given],
    )


def _label(component: forms.Component) -> str:
    return component.label or str(component.attributes.get("dateLabel") or "")


def _text(component: forms.Component, value: Any) -> str:
    if value is None or value == "":
        return ""
    if component.type == "checkbox":
        return "是" if value is True else "否"
    options = {str(each["value"]): str(each["label"]) for each in component.attributes.get("values") or ()}
    if isinstance(value, list):
        return "、".join(options.get(str(each), str(each)) for each in value)
    if isinstance(value, datetime):
        return value.astimezone(clock.TZ).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return options.get(str(value).lower()) or options.get(str(value)) or ("是" if value else "否")
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return options.get(text, text)


def _at(data: Any, path: Sequence[str]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data
