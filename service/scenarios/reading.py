"""Reads scenario files; what is wrong in one is told with its place and what would be right."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import marshmallow as ma
import yaml
from marshmallow import fields, validate

from service import clock, engine, errors, feel
from service.errors import _
from service.scenarios.scenario import Answer, Expectation, Post, Scenario

START = "2026-03-02T08:00+08:00"
LONGEST = timedelta(days=366)
STATES = ("ACTIVE", "COMPLETED", "TERMINATED")


def read(path: Path) -> Scenario:
    """Read a scenario file and what it includes. Raises Invalid with the places and remedies."""
    raw = _load(path, ScenarioFile())
    answers, messages, given = list(raw.pop("answers", [])), list(raw.pop("messages", [])), raw.pop("given", {})
    for name in raw.pop("include", []):
        included = _load(path.parent / name, IncludedFile())
        answers += included.get("answers", [])
        messages += included.get("messages", [])
        given = _over(given, included.get("given", {}))
    for name, beside in raw.get("files", {}).items():
        if not (path.parent / beside).is_file():
            raise _wrong(path, {f"files.{name}": _("There is no such file beside the scenario.")})
    start = raw.pop("clock")
    defaults = {"name": path.stem, "process": path.absolute().parent.name, "until": start + LONGEST}
    return Scenario(
        file=path,
        clock=start,
        given=engine.normalise(given),
        answers=tuple(answers),
        messages=tuple(messages),
        **{**defaults, **raw},
    )


def files(paths: list[Path]) -> list[Path]:
    """The scenario files that paths mean: a folder stands for all `*.yaml` below it that are in no folder `shared`.

    Raises Invalid when a path is missing or a folder has none.
    """
    found: list[Path] = []
    for path in paths:
        inside = [p for p in sorted(path.rglob("*.yaml")) if p.parent.name != "shared"] if path.is_dir() else [path]
        if not inside or not all(p.is_file() for p in inside):
            raise errors.Invalid(_("%(path)s is no scenario file and no folder with scenario files."), path=str(path))
        found += inside
    return found


class Texts(fields.Field[tuple[str, ...]]):
    """One text or a list of texts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        many = [value] if isinstance(value, str) else value
        if not isinstance(many, list) or not all(isinstance(text, str) for text in many):
            raise ma.ValidationError("Must be a text or a list of texts.")
        return tuple(many)


class Expression(fields.Field[Any]):
    """A value in which every text that begins with "=" is FEEL."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        _check_feel(value)
        return value


class Assertions(Texts):
    """FEEL that must be true."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        texts = super()._deserialize(value, attr, data, **kwargs)
        for text in texts:
            _check_feel(f"={text.removeprefix('=')}")
        return texts


class Duration(fields.String):
    """An ISO 8601 duration, or FEEL that gives one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        _check_feel(text)
        if text.startswith("="):
            return text
        try:
            engine.duration(text, clock.now())
        except engine.Failure as failure:
            raise ma.ValidationError(failure.message) from failure
        return text


class Instant(fields.Field[datetime]):
    """A date and time; without a zone it is Asia/Shanghai's, a date alone is its first moment."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise ma.ValidationError("Must be a date and time such as 2026-06-01T08:00+08:00.") from error
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            raise ma.ValidationError("Must be a date and time such as 2026-06-01T08:00+08:00.")
        return (value if value.tzinfo else value.replace(tzinfo=clock.TZ)).astimezone(UTC)


class Times(fields.Integer):
    """A whole number from 1, or FEEL over what is given."""

    def __init__(self) -> None:
        super().__init__(strict=True, validate=validate.Range(min=1))

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        is_feel = isinstance(value, str) and value.startswith("=")
        return value if is_feel else super().deserialize(value, attr, data, **kwargs)


class AnswerEntry(ma.Schema):
    """An entry of `answers`."""

    task = Texts(required=True)
    answer = Expression()
    rows = Expression()
    when = Expression()
    times = Times()
    after = Duration()
    by = fields.String()
    error = fields.String()

    @ma.post_load
    def _make(self, data: Mapping[str, Any], **kwargs: Any) -> Answer:
        return Answer(**{"times": 1 if "error" in data else None, **data})


class PostEntry(ma.Schema):
    """An entry of `messages`, and the message that starts an instance."""

    name = fields.String(required=True)
    key = Expression()
    variables = Expression()
    at = Instant()
    after = fields.String()
    delay = Duration()
    when = Expression()
    times = fields.Integer(strict=True, validate=validate.Range(min=1))
    each = Expression()
    ttl = Duration()

    @ma.post_load
    def _make(self, data: Mapping[str, Any], **kwargs: Any) -> Post:
        return Post(**data)


class TimedPostEntry(PostEntry):
    """An entry of `messages`: it says when."""

    @ma.validates_schema
    def _has_time(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if ("at" in data) == ("after" in data):
            raise ma.ValidationError("Must say either `at` (an instant) or `after` (an element id).", "at")


class ExpectEntry(ma.Schema):
    """The entry `expect`."""

    state = fields.String(validate=validate.OneOf(STATES))
    ended = Texts()
    passed = Texts()
    not_passed = Texts()
    incidents = fields.Integer(strict=True, validate=validate.Range(min=0))
    variables = fields.Dict(keys=fields.String(), values=Expression())
    asserts = Assertions(data_key="assert")

    @ma.post_load
    def _make(self, data: Mapping[str, Any], **kwargs: Any) -> Expectation:
        return Expectation(**data)


class IncludedFile(ma.Schema):
    """A file that several scenarios share."""

    given = fields.Dict(keys=fields.String())
    answers = fields.List(fields.Nested(AnswerEntry))
    messages = fields.List(fields.Nested(TimedPostEntry))


class ScenarioFile(IncludedFile):
    """A scenario file."""

    name = fields.String()
    process = fields.String()
    seed = fields.String()
    villages = Expression()
    households = Expression()
    clock = Instant(load_default=lambda: datetime.fromisoformat(START))
    until = Instant()
    unit = fields.String()
    message = fields.Nested(PostEntry)
    variables = fields.Dict(keys=fields.String(), values=Expression())
    files = fields.Dict(keys=fields.String(), values=fields.String())
    include = fields.List(fields.String())
    expect = fields.Nested(ExpectEntry)


def _over(upper: Any, lower: Any) -> Any:
    """The lower mapping with what the upper one says in its place, at any depth."""
    if not isinstance(upper, Mapping) or not isinstance(lower, Mapping):
        return upper
    return {**lower, **{name: _over(value, lower.get(name)) for name, value in upper.items()}}


def _load(path: Path, schema: ma.Schema) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise errors.Invalid(_("%(file)s cannot be read: %(why)s"), file=str(path), why=str(error)) from error
    try:
        loaded: dict[str, Any] = schema.load(raw)
    except ma.ValidationError as error:
        raise _wrong(path, _places(error.messages)) from error
    return loaded


def _wrong(path: Path, places: Mapping[str, str]) -> errors.Invalid:
    return errors.Invalid(_("%(file)s is not a right scenario file."), fields=places, file=str(path))


def _places(messages: Any, at: str = "") -> dict[str, str]:
    """Nested messages as one sentence for each place, such as `answers.3.after`."""
    if not isinstance(messages, dict):
        return {at: " ".join(map(str, messages))}
    inner = (
        _places(found, f"{at}.{name}" if at and name != "_schema" else str(name)) for name, found in messages.items()
    )
    return {place: text for found in inner for place, text in found.items()}


def _check_feel(value: Any) -> None:
    if isinstance(value, str) and value.startswith("="):
        try:
            feel.parse_check(value[1:])
        except feel.FeelError as error:
            raise ma.ValidationError(f"{value!r} is not FEEL: {error}") from error
    elif isinstance(value, Mapping):
        for inner in value.values():
            _check_feel(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_feel(inner)
