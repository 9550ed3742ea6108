"""A roster's Excel sheet: what it shows, and what would become of the roster if a filled-in one were taken over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from service import errors, identity
from service.db import values
from service.documents import sheets
from service.errors import _
from service.register import cases, columns, entries, models, rosters
from service.workflow import tasks

STAMP = "#"
WORDS = {"code": _("Code"), "name": _("Name"), "place": _("Place"), "persons": _("Persons"), "state": _("State")}


@dataclass(frozen=True)
class Change:
    """What a cell would become, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A row of the sheet by its number there: what would change in it, and what is wrong with it, by column."""

    number: int
    code: str
    name: str = ""
    changes: list[Change] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """What taking over a sheet would do. `rows` are those that would be written, `good` those of them that can be."""

    lines: list[Line]
    unchanged: int
    ignored: list[str]
    rows: list[dict[str, Any]]
    seen: Mapping[str, str | None]

    @property
    def faulty(self) -> list[Line]:
        """The lines with something wrong."""
        return [line for line in self.lines if line.faults]

    @property
    def good(self) -> int:
        """How many rows can be written."""
        return sum(bool(line.changes) and not line.faults for line in self.lines)


@dataclass
class _Given:
    """A row of the sheet that names a case."""

    number: int
    case: models.Case
    values: dict[str, Any]
    stamp: str | None
    faults: list[tuple[str, str]] = field(default_factory=list)


def export(roster: rosters.Roster) -> bytes:
    """The roster as a workbook to fill in; what the page does not show it does not show either."""
    found = roster.cases()
    shown = columns.of(roster, found[0] if found else None)
    beside = list(columns.beside(roster, found[0])) if found else []
    heads = [
        sheets.Column(errors.record(text), width=width)
        for text, width in zip(WORDS.values(), (18, 14, 18, 8, 12), strict=True)
    ]
    heads += [sheets.Column(heading) for heading in beside]
    heads += [sheets.Column(label, column.editable, _options(column), 16) for label, column in headings(shown).items()]
    heads.append(sheets.Column(STAMP, hidden=True))
    rows = [_row(roster, case, shown, beside) for case in found]
    return sheets.write(roster.task.title, heads, rows)


def check(key: int, content: bytes, *, by: identity.Person) -> Report:
    """What a filled-in sheet would change, and what is wrong with it; nothing is written.

    :raises errors.Unprocessable: no sheet of this roster, or one beyond the limits.
    """
    sheet = sheets.read(content)
    task = tasks.get(key, by=by)
    identity.access.ensure(by, "task.complete", task)
    if rosters.ROSTER not in task.properties:
        raise errors.Conflict(_("The task %(key)s has no rows"), key=key)
    roster = rosters.Roster(task, rosters.visible_variables(task))
    found = roster.cases()
    shown = headings(columns.of(roster, found[0] if found else None))
    known = _known(shown, roster, found)
    lines, given = _matched(sheet, found, shown)
    changed = [(each, changes) for each in given if (changes := _changes(roster, each, shown)) or each.faults]
    mine = [
        Line(each.number, cases.code(each.case), _name(each.case), changes, [*each.faults, *_stale(roster, each)])
        for each, changes in changed
    ]
    rows = [{**each.values, "case": str(each.case.key)} for each, _changes_ in changed]
    seen = {str(each.case.key): _stamp(roster, each.case) for each, _changes_ in changed}
    refused = entries.try_out(key, rows, by=by)  # forgets what it read
    for at, line in enumerate(mine):
        line.faults.extend(_told(refused, at, shown))
    return Report(
        lines=sorted([*lines, *mine], key=lambda line: line.number),
        unchanged=len(given) - len(changed),
        ignored=[head for head in sheet.headings if head and head not in known],
        rows=[values.plain(row) for row, line in zip(rows, mine, strict=True) if not line.faults],
        seen=seen,
    )


def headings(shown: Sequence[columns.Column]) -> dict[str, columns.Column]:
    """The columns by their headings; one that another column has too tells its name besides."""
    labels = [column.label for column in shown]
    return {
        column.label if labels.count(column.label) == 1 else f"{column.label} ({column.key})": column
        for column in shown
    }


def _matched(
    sheet: sheets.Read, found: Sequence[models.Case], shown: Mapping[str, columns.Column]
) -> tuple[list[Line], list[_Given]]:
    """The rows that name a case once, and lines for those that do not."""
    places = {head: at for at, head in reversed(list(enumerate(sheet.headings))) if head}
    code_at = places.get(errors.record(WORDS["code"]))
    if code_at is None:
        raise errors.Unprocessable(_("The sheet has no column with the codes; start from the exported file"))
    by_code = {cases.code(case): case for case in found}
    lines: list[Line] = []
    given: list[_Given] = []
    seen: dict[str, int] = {}
    for number, cells in sheet.rows:
        code = _code(cells, code_at)
        if code not in by_code:
            fault = _("This row is not in the list") if code else _("The code is missing")
            lines.append(Line(number, code, faults=[("", errors.localize(fault))]))
        elif code in seen:
            fault = errors.localize(_("The code stands in row %(number)s already"), number=seen[code])
            lines.append(Line(number, code, _name(by_code[code]), faults=[("", fault)]))
        else:
            seen[code] = number
            given.append(_given(number, by_code[code], cells, places, shown))
    return lines, given


def _given(
    number: int,
    case: models.Case,
    cells: Sequence[Any],
    places: Mapping[str, int],
    shown: Mapping[str, columns.Column],
) -> _Given:
    stamp = _cell(cells, places[STAMP]) if STAMP in places else None
    row = _Given(number, case, {}, str(stamp) if stamp is not None else None if STAMP not in places else "")
    for head, column in shown.items():
        if head not in places or not column.editable:
            continue
        value = _cell(cells, places[head])
        if isinstance(value, sheets.Formula):
            row.faults.append((head, errors.localize(_("A formula is not taken over; paste its value"))))
        elif isinstance(value, int | float) and abs(value) >= sheets.EXACT and column.kind != "number":
            row.faults.append((head, errors.localize(_("The spreadsheet cut digits of this number; write it as text"))))
        else:
            row.values[column.key] = column.read("" if value is None else value)
    return row


def _changes(roster: rosters.Roster, row: _Given, shown: Mapping[str, columns.Column]) -> list[Change]:
    answers = roster.answers(row.case)
    changes = []
    for head, column in shown.items():
        if column.key in row.values:
            before, after = column.show(answers.get(column.key)), column.show(row.values[column.key])
            if before != after and not (column.kind == "checkbox" and not before and row.values[column.key] is False):
                changes.append(Change(head, before, after))
    return changes


def _stale(roster: rosters.Roster, row: _Given) -> list[tuple[str, str]]:
    """What to tell of a row that was changed after the sheet was exported."""
    last = entries.of(roster, row.case)
    if row.stamp is None or row.stamp == (last.key if last else ""):
        return []
    return [("", entries.changed(last))]


def _told(refused: Mapping[str, Any], at: int, shown: Mapping[str, columns.Column]) -> list[tuple[str, str]]:
    labels = {column.key: head for head, column in shown.items()}
    start = f"{rosters.ROWS}.{at}."
    mine = {place.removeprefix(start): text for place, text in refused.items() if place.startswith(start)}
    return [
        (labels.get(place, place), " ".join([text] if isinstance(text, str) else map(str, text)))
        for place, text in mine.items()
    ]


def _row(
    roster: rosters.Roster, case: models.Case, shown: Sequence[columns.Column], beside: Sequence[str]
) -> list[Any]:
    household, answers = case.household, roster.answers(case)
    texts = columns.beside(roster, case) if beside else {}
    place = " ".join(part for part in (case.unit.name, household.hamlet if household else "") if part)
    return [
        cases.code(case),
        _name(case),
        place,
        case.persons,
        case.state,
        *(texts.get(heading, "") for heading in beside),
        *(_in_cell(column, columns.shown(column, answers)) for column in shown),
        _stamp(roster, case) or "",
    ]


def _in_cell(column: columns.Column, value: Any) -> Any:
    """Numbers and dates as a spreadsheet has them, all else in words."""
    if isinstance(value, date):
        return value
    if isinstance(value, Decimal) and column.kind == "number":
        return values.plain(value)
    return column.show(value)


def _options(column: columns.Column) -> Sequence[str]:
    return ("是", "否") if column.kind == "checkbox" else [label for _value, label in column.options]


def _known(shown: Mapping[str, columns.Column], roster: rosters.Roster, found: Sequence[models.Case]) -> set[str]:
    beside = columns.beside(roster, found[0]) if found else {}
    return {*shown, *beside, STAMP, *map(errors.record, WORDS.values())}


def _cell(cells: Sequence[Any], at: int) -> Any:
    return cells[at] if at < len(cells) else None


def _code(cells: Sequence[Any], at: int) -> str:
    value = _cell(cells, at)
    return str(values.plain(Decimal(str(value)))) if isinstance(value, int | float) else str(value or "").strip()


def _name(case: models.Case) -> str:
    return case.household.head_name if case.household else case.unit.name


def _stamp(roster: rosters.Roster, case: models.Case) -> str | None:
    last = entries.of(roster, case)
    return last.key if last else None
