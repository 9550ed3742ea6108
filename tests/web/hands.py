"""Fills in forms as people do: types into fields, ticks boxes, picks from lists, adds rows, chooses files.

Only what differs from what the form shows already is touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from playwright import sync_api

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def fill(
    place: sync_api.Locator, schema: Mapping[str, Any], shown: Mapping[str, Any], answers: Mapping[str, Any]
) -> None:
    """Give the answers in the form that `place` holds; `shown` is what it shows at first."""
    _fill(place, schema["components"], shown, answers, "")


def _fill(
    place: sync_api.Locator, components: Sequence[Mapping[str, Any]], shown: Any, answers: Mapping[str, Any], row: str
) -> None:
    for component, at, answer in _asked(components, answers):
        before = _at(shown, at)
        if component["type"] == "dynamiclist":
            _fill_rows(place, component, before or [], answer)
        elif not _same(before, answer) and not component.get("readonly") and not component.get("disabled"):
            FIELDS[component["type"]](place, component, answer, row)


def _asked(components: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> Iterator[tuple[Any, str, Any]]:
    """The components that take an answer, where it lies, and the answer."""
    for component in components:
        if component["type"] == "group":
            path = component.get("path", "")
            inside = (answers.get(path) or {}) if path else answers
            for each, at, answer in _asked(component["components"], inside):
                yield each, f"{path}.{at}" if path else at, answer
        else:
            name = component.get("key") or component.get("path")
            if name in answers and component["type"] in (*FIELDS, "dynamiclist") and answers[name] is not None:
                yield component, name, answers[name]


def _fill_rows(
    place: sync_api.Locator, component: Mapping[str, Any], before: Sequence[Any], rows: Sequence[Any]
) -> None:
    shown = max(len(before), component.get("defaultRepetitions", 1))
    for number, answers in enumerate(rows):
        if number >= shown:
            place.locator(f'[aria-labelledby$="-{component["id"]}"] .fjs-repeat-render-add').click()
        _fill(place, component["components"], before[number] if number < len(before) else {}, answers, f"_{number}")


def _field(place: sync_api.Locator, component: Mapping[str, Any], row: str, more: str = "") -> sync_api.Locator:
    return place.locator(f'[id$="-{component["id"]}{row}{more}"]')


def _type(place: sync_api.Locator, component: Mapping[str, Any], answer: Any, row: str) -> None:
    _field(place, component, row).fill(str(answer))


def _tick(place: sync_api.Locator, component: Mapping[str, Any], answer: Any, row: str) -> None:
    _field(place, component, row).set_checked(answer)


def _choose(place: sync_api.Locator, component: Mapping[str, Any], answer: Any, row: str) -> None:
    values = [each["value"] for each in component["values"]]
    for one in answer if isinstance(answer, list) else [answer]:
        _field(place, component, row, f"-{values.index(one)}").check()


def _pick(place: sync_api.Locator, component: Mapping[str, Any], answer: Any, row: str) -> None:
    options = {each["value"]: each["label"] for each in component.get("values", ())}
    either = f'[id$="-{component["id"]}{row}"], [id$="-{component["id"]}{row}-search"]'
    place.locator(f".fjs-input-group:has({either})").click()
    text = options.get(answer)
    listed = place.locator(".fjs-dropdownlist-item")
    (listed.get_by_text(text, exact=True) if text else listed.filter(has_text=str(answer))).first.click()


def _date(place: sync_api.Locator, component: Mapping[str, Any], answer: Any, row: str) -> None:
    moment = datetime.fromisoformat(answer) if isinstance(answer, str) else answer
    day = _field(place, component, row, "-date")
    day.fill(moment.strftime("%Y/%m/%d"))
    day.press("Tab")
    if component["subtype"] == "datetime":
        time = _field(place, component, row, "-time")
        time.fill(moment.strftime("%H:%M"))
        time.press("Enter")


def _attach(place: sync_api.Locator, component: Mapping[str, Any], answer: Any, row: str) -> None:
    photo: Any = {"name": "照片.png", "mimeType": "image/png", "buffer": PNG}
    _field(place, component, row).set_input_files([photo])


FIELDS: Mapping[str, Any] = {
    "textfield": _type,
    "textarea": _type,
    "number": _type,
    "checkbox": _tick,
    "radio": _choose,
    "checklist": _choose,
    "select": _pick,
    "datetime": _date,
    "filepicker": _attach,
}


def _at(shown: Any, path: str) -> Any:
    for name in path.split("."):
        shown = shown.get(name) if isinstance(shown, Mapping) else None
    return shown


def _same(before: Any, answer: Any) -> bool:
    if isinstance(answer, date):
        return isinstance(before, str) and before[:10] == answer.isoformat()[:10]
    if isinstance(answer, int | float) or hasattr(answer, "as_tuple"):
        return isinstance(before, int | float) and not isinstance(before, bool) and float(before) == float(answer)
    return bool(before == answer)
