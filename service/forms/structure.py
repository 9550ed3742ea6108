"""The marshmallow schema of a form: the objects and lists that its keys and paths describe, unknown keys dropped."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import marshmallow

from service.errors import _
from service.forms import fields, model
from service.forms.messages import Message

Path = tuple[str | int, ...]


class Answers(marshmallow.Schema):
    """Base of the schemas built from forms."""

    error_messages = {"type": Message(_("Enter an object."))}  # type: ignore[dict-item]  # noqa: RUF012 - as marshmallow has it

    class Meta:
        unknown = marshmallow.EXCLUDE


def schema(components: Iterable[model.Component]) -> marshmallow.Schema:
    """Build the schema of the object that these components fill in."""
    tree: dict[str, Any] = {}
    _grow(tree, components)
    return _object(tree)()


def _grow(tree: dict[str, Any], components: Iterable[model.Component]) -> None:
    for component in components:
        if component.type == "group":
            _grow(_branch(tree, component.data), component.components)
        elif component.data and component.type != "expression":
            _branch(tree, component.data[:-1])[component.data[-1]] = component


def _branch(tree: dict[str, Any], steps: Iterable[str]) -> dict[str, Any]:
    for step in steps:
        tree = tree.setdefault(step, {})
    return tree


def _object(tree: Mapping[str, Any]) -> type[marshmallow.Schema]:
    members = {f"field_{index}": _member(name, part) for index, (name, part) in enumerate(tree.items())}
    return Answers.from_dict(members)


def _member(name: str, part: Any) -> marshmallow.fields.Field[Any]:
    if isinstance(part, model.Component) and part.type != "dynamiclist":
        return fields.for_component(part, name)
    many = isinstance(part, model.Component)
    inner = schema(part.components) if isinstance(part, model.Component) else _object(part)()
    nested = marshmallow.fields.Nested(inner, many=many, data_key=name, attribute=name, allow_none=True)
    nested.error_messages["type"] = Message(_("Enter a list.") if many else _("Enter an object."))  # type: ignore[assignment]
    return nested


def load(built: marshmallow.Schema, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Path, list[Message]]]:
    """Return the values by their types, and what was wrong by path; a wrong value is left out."""
    try:
        return built.load(answers), {}
    except marshmallow.ValidationError as wrong:
        valid = wrong.valid_data if isinstance(wrong.valid_data, dict) else {}
        return valid, dict(_flattened(wrong.messages, ()))


def _flattened(messages: Any, path: Path) -> Iterator[tuple[Path, list[Message]]]:
    if isinstance(messages, dict):
        for step, inner in messages.items():
            yield from _flattened(inner, path if step == "_schema" else (*path, step))
    else:
        several = messages if isinstance(messages, list) else [messages]
        yield path, [each if isinstance(each, Message) else Message(str(each)) for each in several]
