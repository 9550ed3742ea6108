"""A form as it was read: frozen values, so one form can serve all requests of a process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Severity = Literal["error", "warning"]

KEYED = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "datetime",
        "checkbox",
        "radio",
        "select",
        "checklist",
        "taglist",
        "filepicker",
        "expression",
    }
)
"""Component types that produce a value under their `key`."""

CONTAINERS = frozenset({"group", "dynamiclist"})
"""Component types that hold others, and produce an object or a list of objects at their `path`."""

SILENT = frozenset(
    {
        "text",
        "html",
        "image",
        "table",
        "button",
        "spacer",
        "separator",
        "iframe",
        "documentPreview",
    }
)
"""Component types that are only looked at."""

MULTIPLE = frozenset({"checklist", "taglist"})
CHOICES = MULTIPLE | {"radio", "select"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A FEEL condition that must not be false, written in the properties of a component (`rule.<id>`).

    It is judged where its component stands: inside a list once per row, with the row as `this`. A result of null
    (something it needs is missing) breaks nothing; that is the business of `required`.
    """

    id: str
    condition: str
    message: str
    message_en: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a component's value must satisfy; a text that begins with "=" is FEEL."""

    required: bool = False
    min: Decimal | str | None = None
    max: Decimal | str | None = None
    min_length: Decimal | str | None = None
    max_length: Decimal | str | None = None
    pattern: str | None = None
    pattern_message: str | None = None
    validation_type: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form.

    `place` says where it stands in the file (`components[3].components[0]`), `data` is the path of its value below
    the object that surrounds it (a dotted key gives several steps; empty for components without a value).
    """

    id: str
    type: str
    place: str
    data: tuple[str, ...] = ()
    label: str = ""
    hide: str | None = None
    readonly: bool | str = False
    disabled: bool = False
    limits: Limits = field(default_factory=Limits)
    rules: tuple[Rule, ...] = ()
    validators: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """The attributes that only this type has, as in the file (numbers as Decimal)."""
    unknown: tuple[str, ...] = ()
    """Attributes in the file that form-js does not know."""
    components: tuple["Component", ...] = ()

    def walk(self) -> Iterator["Component"]:
        """Yield this component and all below it, in the order of the file."""
        yield self
        for component in self.components:
            yield from component.walk()


@dataclass(frozen=True, slots=True)
class Form:
    """A form-js form; `root` is the component of type "default" that holds all others.

    `digest` identifies the version: forms with the same content share it, and the schema built from them.
    """

    id: str
    schema_version: int
    root: Component
    digest: str
    execution_platform: str = ""
    execution_platform_version: str = ""
    version_tag: str = ""

    @property
    def components(self) -> tuple[Component, ...]:
        """The components on the first level."""
        return self.root.components

    def walk(self) -> Iterator[Component]:
        """Yield every component below the root."""
        for component in self.components:
            yield from component.walk()
