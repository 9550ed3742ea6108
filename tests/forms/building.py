"""Small forms for tests: `form(component("textfield", "name", required=True))` is read as a deployment would."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from service import errors, forms

ROOT: dict[str, Any] = {
    "type": "default",
    "id": "f_test",
    "schemaVersion": 18,
    "executionPlatform": "Camunda Cloud",
    "executionPlatformVersion": "8.8.0",
}
LIMITS = ("required", "min", "max", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType")


def source(*components: Any, **root: Any) -> bytes:
    """The bytes of a form file."""
    return json.dumps({**ROOT, "components": list(components), **root}, ensure_ascii=False).encode()


def form(*components: Any, **root: Any) -> forms.Form:
    """A form that was read."""
    return forms.parse(source(*components, **root))


def component(kind: str, key: str | None = None, /, **attributes: Any) -> dict[str, Any]:
    """A component; limits may stand among its attributes."""
    made: dict[str, Any] = {"type": kind, "id": attributes.pop("id", f"Field_{key or kind}"), "label": "标签"}
    if key is not None:
        made["key"] = key
    hide = attributes.pop("hide", None)
    if hide:
        made["conditional"] = {"hide": hide}
    limits = {name: attributes.pop(name) for name in LIMITS if name in attributes}
    if limits:
        made["validate"] = limits
    return made | attributes


def box(*components: Any, id: str = "Group_1", **attributes: Any) -> dict[str, Any]:
    """A group."""
    return component("group", id=id, components=list(components), **attributes)


def rows(path: str, *components: Any, **attributes: Any) -> dict[str, Any]:
    """A list."""
    return component(
        "dynamiclist", id=attributes.pop("id", f"List_{path}"), path=path, components=list(components), **attributes
    )


def problem(function: Callable[..., Any], *arguments: Any) -> errors.Problem:
    """The problem that a call raises."""
    with pytest.raises(errors.Problem) as raised:
        function(*arguments)
    return raised.value


def refused(
    made: forms.Form, answers: dict[str, Any], context: dict[str, Any] | None = None, lang: str | None = "zh"
) -> forms.Refused:
    """The refusal of bad answers."""
    with pytest.raises(forms.Refused) as raised:
        forms.validate(made, answers, context, lang)
    return raised.value


def refusal(
    made: forms.Form, answers: dict[str, Any], context: dict[str, Any] | None = None, lang: str | None = "en"
) -> dict[str, list[str]]:
    """What a form says of bad answers, by path; {} if it takes them."""
    try:
        forms.validate(made, answers, context, lang)
    except forms.Refused as refused:
        return refused.fields
    return {}


def warned(made: forms.Form, answers: dict[str, Any], context: dict[str, Any] | None = None) -> list[str]:
    """The warnings without a reason."""
    try:
        forms.validate(made, answers, context, "en")
    except forms.Refused as refused:
        return [warning["rule"] for warning in refused.warnings]
    return []


class _Plain(yaml.SafeLoader):
    """YAML whose dates stay text, as in JSON."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> Any:
    """Read YAML with texts, numbers, true, false and null only."""
    return yaml.load(text, _Plain)
