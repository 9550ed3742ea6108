"""The entries of a roster: a row's answers are checked, stored, taken back, and known by who gave them and when.

Several people may fill in one roster. Who sends a row says which entry of it was seen (its key, none for a row without
answers); an entry that somebody else changed meanwhile is refused and told, never overwritten.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service import clock, db, errors, forms, identity
from service.errors import _
from service.identity import models as people
from service.register import cases, columns, expressions, households, models, rosters, villages
from service.workflow import confidential, tasks

SAVERS = {"household": households.take_over, "village": villages.take_over}
Seen = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """The last entry of a row in its task."""

    key: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """The cases that were entered, and what was wrong with others, keyed ``rows.<number from 0>.<component path>``.

    ``before`` are the answers that were replaced, by case key, so that the sender can go back to them.
    """

    entered: list[models.Case]
    refused: Mapping[str, Any]
    before: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def of(roster: rosters.Roster, case: models.Case) -> Entry | None:
    """Who answered a row in this task last, and when."""
    found = case.entered.get(roster.task.element_id)
    return Entry(found["key"], found["by"], found["at"]) if found and roster.answered(case) else None


def enter(
    roster: rosters.Roster,
    rows: Sequence[Mapping[str, Any]],
    chosen: Sequence[models.Case] | None = None,
    *,
    by: identity.Person,
    seen: Seen | None = None,
    partly: bool = False,
) -> Outcome:
    """Check and store the answers of some rows: all of them or none; if ``partly``, those that are right.

    A row names its case by ``case`` (its key or code). ``chosen`` are the roster's cases where they are at hand,
    ``seen`` the keys of the entries that the sender saw, by the row's ``case``.

    :raises errors.Unprocessable: wrong answers by place, unless ``partly``.
    """
    chosen = roster.cases([str(row.get("case", "")) for row in rows]) if chosen is None else chosen
    by_name = {name: case for case in chosen for name in (str(case.key), cases.code(case))}
    form = roster.form()
    fields: dict[str, Any] = {}
    checked = []
    for number, row in enumerate(rows):
        name = str(row.get("case", ""))
        with _collected(fields, number):
            case = _named(by_name, name)
            _ensure_same(roster, case, name, seen or {})
            given = {name: value for name, value in row.items() if name != "case"}
            checked.append((number, case, _check(form, given, roster.about(case))))
    entered = []
    for number, case, answers in checked if partly or not fields else ():
        with _collected(fields, number):
            _store(roster, case, answers, by)
            entered.append(case)
    if fields and not partly:
        raise errors.Unprocessable(_("Some rows are not right"), fields=fields)
    return Outcome(entered, fields)


def save(
    key: int,
    rows: Sequence[Mapping[str, Any]],
    *,
    by: identity.Person,
    seen: Seen | None = None,
    partly: bool = False,
    merge: bool = False,
    clear: Sequence[str] = (),
) -> tuple[rosters.Roster, Outcome]:
    """Enter rows of an open task before it is completed, and clear those named by ``clear`` (keys of cases).

    Texts in columns are read as people write them. If ``merge``, a row says only what changes: the rest stays as the
    row's form shows it.

    :raises errors.Problem: as ``tasks.complete``, and as ``enter``.
    """
    with tasks.opened(key, by, "task.complete") as (_running, task):
        if rosters.ROSTER not in task.properties:
            raise errors.Conflict(_("The task %(key)s has no rows"), key=key)
        roster = rosters.Roster(task, rosters.visible_variables(task))
        chosen = roster.cases([*(str(row.get("case", "")) for row in rows), *clear])
        before = {
            case.key: confidential.opened(roster.answers(case), roster.release)
            for case in chosen
            if roster.answered(case)
        }
        given = _merged(roster, rows, chosen) if merge else rows
        outcome = enter(roster, given, chosen, by=by, seen=seen, partly=partly)
        cleared = [case for case in chosen if str(case.key) in set(clear)]
        for case in cleared:
            _ensure_same(roster, case, str(case.key), seen or {})
            _clear(roster, case)
        return roster, Outcome([*outcome.entered, *cleared], outcome.refused, before)


def try_out(key: int, rows: Sequence[Mapping[str, Any]], *, by: identity.Person) -> Mapping[str, Any]:
    """What would be wrong with rows if they were saved with ``merge``; nothing is kept.

    :raises errors.Problem: as ``save``.
    """
    with db.transaction() as session, session.begin_nested() as trial:
        _roster, outcome = save(key, rows, by=by, partly=True, merge=True)
        trial.rollback()
    return outcome.refused


def names(found: Sequence[Entry | None]) -> dict[str, str]:
    """The names of those who made entries, by user name."""
    wanted = {entry.by for entry in found if entry}
    query = sa.select(people.User.username, people.User.name).where(people.User.username.in_(wanted))
    return {name: name for name in wanted} | dict(db.sa.session.execute(query).all()) if wanted else {}


def _merged(
    roster: rosters.Roster, rows: Sequence[Mapping[str, Any]], chosen: Sequence[models.Case]
) -> list[dict[str, Any]]:
    """The rows with texts read by their columns, and with what their forms show for what they do not name."""
    by_name = {name: case for case in chosen for name in (str(case.key), cases.code(case))}
    table = {column.key: column for column in columns.of(roster) if column.editable}
    merged = []
    for row in rows:
        case = by_name.get(str(row.get("case", "")))
        known = confidential.opened(rosters.prefill(roster, case), roster.release) if case else {}
        given = {name: column.read(row[name]) for name, column in table.items() if name in row}
        merged.append({**known, **given, "case": row.get("case", "")})
    return merged


def _named(by_name: Mapping[str, models.Case], name: str) -> models.Case:
    if name not in by_name:
        raise _refused(errors.localize(_("This row is not in the list")))
    return by_name[name]


def _ensure_same(roster: rosters.Roster, case: models.Case, name: str, seen: Seen) -> None:
    """Refuse a row whose entry is another than the one seen."""
    last = of(roster, case)
    if name not in seen or seen[name] == (last.key if last else None):
        return
    raise _refused(changed(last))


def changed(last: Entry | None) -> str:
    """What is told to somebody who did not see the last entry of a row."""
    if last is None:
        return errors.localize(_("Somebody has cleared this row meanwhile"))
    at = last.at.astimezone(clock.TZ).strftime("%m-%d %H:%M")
    return errors.localize(_("%(name)s changed this row at %(at)s"), name=names([last])[last.by], at=at)


def _refused(text: str) -> errors.Unprocessable:
    return errors.Unprocessable(_("Some rows are not right"), fields={"case": text})


@contextmanager
def _collected(fields: dict[str, Any], number: int) -> Iterator[None]:
    """Note what is wrong in a row under its number and go on."""
    try:
        yield
    except errors.Unprocessable as refused:
        fields |= {f"{rosters.ROWS}.{number}.{place}": message for place, message in refused.fields.items()}


def _check(form: forms.Form | None, given: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    return forms.validate(form, given, about, lang=None) if form else dict(given)


def _judged(roster: rosters.Roster, case: models.Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the task's decision says of a row, by the decision's id."""
    properties = roster.task.properties
    if not (decision := properties.get(rosters.JUDGE)):
        return {}
    about = {**roster.about(case), **answers}
    inputs = {**about, **expressions.context(properties, rosters.INPUTS, about)}
    return {decision: roster.release.decide(decision, inputs)}


def _store(roster: rosters.Roster, case: models.Case, answers: Mapping[str, Any], by: identity.Person) -> None:
    element = roster.task.element_id
    save = roster.task.properties.get(rosters.SAVE)
    answers = {**answers, **_judged(roster, case, answers)}
    kept = confidential.taken(SAVERS[save](case, answers) if save else answers, roster.release)
    before = case.entered.get(element, {}) if roster.answered(case) else _earlier(roster, case)
    earlier = {name: before[name] for name in ("answers", "task") if name in before}
    case.entered = {
        **case.entered,
        element: {**earlier, "key": str(db.next_key()), "by": by.username, "at": clock.now()},
    }
    case.answers = {**case.answers, element: kept}
    case.answered = {**case.answered, element: str(roster.task.key)}


def _earlier(roster: rosters.Roster, case: models.Case) -> dict[str, Any]:
    """The answer of an earlier round, which a new one hides and clearing it brings back."""
    element = roster.task.element_id
    if element not in case.answers:
        return {}
    return {"answers": case.answers[element], "task": case.answered.get(element)}


def _clear(roster: rosters.Roster, case: models.Case) -> None:
    if roster.task.properties.get(rosters.SAVE):
        raise errors.Conflict(_("What was written into the register cannot be cleared here; enter it again"))
    if not roster.answered(case):
        return
    element = roster.task.element_id
    entry = case.entered.get(element, {})
    case.entered = {name: value for name, value in case.entered.items() if name != element}
    case.answers = _put(case.answers, element, entry.get("answers"))
    case.answered = _put(case.answered, element, entry.get("task"))


def _put(held: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    rest = {each: kept for each, kept in held.items() if each != name}
    return rest if value is None else {**rest, name: value}
