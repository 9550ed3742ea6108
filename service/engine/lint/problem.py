"""What lint says: a place, a rule and a plain sentence; and what it is told about the world around the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from lxml import etree

from service import errors, i18n

Severity = Literal["error", "warning"]
ERROR: Severity = "error"
WARNING: Severity = "warning"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a text is refused, as another part of Lika says it in both languages."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file; `severity` is error or warning, `line` is 1-based (0 unknown).

    `message` is the English sentence; `msgid` and `params` make the same sentence in another language.
    """

    file: str
    element: str
    line: int
    severity: Severity
    rule: str
    message: str
    msgid: str = ""
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} [{self.rule}]"

    def localized(self) -> str:
        """The sentence in the reader's language, the reasons it quotes too."""
        lang = i18n.language()
        params = {name: getattr(value, lang, value) for name, value in self.params.items()}
        return errors.localize(self.msgid, **params) if self.msgid else self.message


FormCheck = Callable[[str, bytes], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Known:
    """What files may refer to without bringing it along.

    `roles` holds ids and Chinese names, `handlers` the job types that have a handler, `properties` the zeebe:property
    names that domain parts add; None for roles or handlers means that nobody knows, and nothing is said about them.
    `check_form` judges a .form file (the engine knows no forms).
    """

    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    roles: frozenset[str] | None = None
    handlers: frozenset[str] | None = None
    properties: frozenset[str] = frozenset()
    check_form: FormCheck | None = None


class Finding(NamedTuple):
    """What a rule found, before it is known which file and how bad."""

    element: str
    line: int
    msgid: str
    params: Mapping[str, Any]


class Placed(Protocol):
    """A node, a flow or a process of a drawing."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def line(self) -> int: ...


def at(place: Placed, msgid: str, /, **params: Any) -> Finding:
    """A finding at a node, flow or process; the sentence may name it as %(element)s."""
    return Finding(place.id, place.line, msgid, {"element": label(place.id, place.name), **params})


def at_xml(element: etree._Element, msgid: str, /, **params: Any) -> Finding:
    """A finding at an XML element, told of the nearest element around it that has an id."""
    owner: etree._Element | None = element
    while owner is not None and not owner.get("id"):
        owner = owner.getparent()
    found = owner.get("id", "") if owner is not None else ""
    name = owner.get("name", "") if owner is not None else ""
    return Finding(found, line_of(element), msgid, {"element": label(found, name), **params})


def line_of(element: etree._Element) -> int:
    """The line of an XML element, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


def label(element_id: str, name: str) -> str:
    """An element as a sentence names it."""
    name = " ".join(name.split())
    return f"“{name}” ({element_id})" if name and name != element_id else element_id
