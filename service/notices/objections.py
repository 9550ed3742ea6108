"""Objections (异议): registered, investigated, decided, answered; what an upheld one does to the case (A11–A13)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service import clock, db, errors, workdays
from service.errors import _
from service.identity import units
from service.notices import board, models, periods
from service.privacy import vault
from service.register import cases, figures
from service.register import models as register

NONE, REMOVE, ADD, CORRECT, REDO = "none", "remove", "add", "correct", "redo"
UPHELD = (REMOVE, ADD, CORRECT, REDO)
"""What a decision can do to a notice's list. Which decision does what is said by a decision table of the diagram."""
DEFERRED = "暂缓"
WHO = ("objector", "objector_phone")
"""Who objected. The form f_objection has their answers sealed, so variables do not tell it (DOMAIN §4)."""
RECEIPT = "receipt"


class UnknownParty(errors.Unprocessable):
    """An objection names no entry of the notice and no household of the unit, or more than one."""


def register_one(
    notice: models.Notice, given: Mapping[str, Any], *, instance_key: int, days: int, filed: datetime | None = None
) -> models.Objection:
    """Enter an objection with its running number and its due time: 24:00 of the last of ``days`` working days.

    It counts from when it was ``filed``, not from when it reached us.

    :raises errors.Conflict: the period was over by then; the objection is a complaint (信访).
    """
    received = min(filed or clock.now(), clock.now())
    if notice.ends_at is not None and received >= notice.ends_at:
        raise errors.Conflict(_("The publicity ended; what comes later is handled as a complaint"))
    due = workdays.after(periods.local_day(received), days)
    objection = models.Objection(
        key=db.next_key(),
        no=_number(notice),
        receipt=given.get(RECEIPT),
        notice_key=notice.key,
        unit_id=notice.unit_id,
        instance_key=instance_key,
        received_at=received,
        due_at=periods.end_of(due),
    )
    describe(objection, given)
    db.sa.session.add(objection)
    figures.note(notice.run_key, notice.unit_id, objections=1)
    db.sa.session.flush()
    return objection


def describe(objection: models.Objection, given: Mapping[str, Any]) -> None:
    """Take over what the form f_objection says; who objects is kept sealed."""
    safe = vault.current()
    objector, phone = (vault.opened_text(str(given.get(name) or "")) for name in WHO)
    if objector:
        objection.objector_sealed = safe.seal(objector)
    if phone:
        objection.phone_sealed = safe.seal(phone)
        objection.phone_index = safe.index(phone, purpose="phone")
    for column, name in (("channel", "channel"), ("kind", "type"), ("party", "household"), ("facts", "facts")):
        if given.get(name):
            setattr(objection, column, str(given[name]))
    for name in ("evidence", "receiver"):
        if given.get(name):
            setattr(objection, name, str(given[name]))


def decide(
    objection: models.Objection,
    notice: models.Notice,
    decided: Mapping[str, Any],
    *,
    effect: Any,
    remove_state: str,
    add_state: str,
) -> register.Case | None:
    """Decide and apply: remove the household, take in the omitted one, note the correction; gives the case.

    :raises errors.Unprocessable: the decision has no effect that is known.
    :raises UnknownParty: no such household.
    """
    decision = str(decided.get("decision"))
    if effect not in (NONE, *UPHELD):
        raise errors.Unprocessable(_("%(decision)s is no decision on an objection"), decision=decision)
    objection.investigators = investigators(decided.get("investigators"))
    objection.findings = str(decided.get("findings") or "")
    objection.decision, objection.effect, objection.decided_at = decision, effect, clock.now()
    objection.decided_by = str(decided.get("decided_by") or "")
    objection.correction = str(decided.get("correction") or "")
    case = _apply(objection, notice, remove_state, add_state) if effect in (REMOVE, ADD, CORRECT) else None
    objection.case_key = case.key if case else None
    if effect in UPHELD:
        figures.note(notice.run_key, notice.unit_id, objections_upheld=1)
    return case


def answer(objection: models.Objection, reply: str) -> None:
    """File the written reply; that closes the objection.

    :raises errors.Conflict: nothing was decided yet.
    """
    if objection.decision is None:
        raise errors.Conflict(_("Decide the objection %(no)s before answering it"), no=objection.no)
    objection.reply, objection.replied_at = reply, clock.now()


def of(notice: models.Notice) -> Sequence[models.Objection]:
    """All objections to a notice in the order they came."""
    query = sa.select(models.Objection).where(models.Objection.notice_key == notice.key)
    return db.sa.session.scalars(query.order_by(models.Objection.received_at, models.Objection.key)).all()


def count(notice: models.Notice) -> dict[str, int]:
    """How many there are: in all, open, upheld, and upheld of each sort (inputs of the decision ``pn_result``)."""
    found = of(notice)
    effects = [objection.effect for objection in found]
    return {
        "objections_total": len(found),
        "objections_open": sum(objection.replied_at is None for objection in found),
        "objections_upheld": sum(effect in UPHELD for effect in effects),
        "objections_removed": effects.count(REMOVE),
        "objections_added": effects.count(ADD),
        "objections_corrected": effects.count(CORRECT),
        "objections_fault": effects.count(REDO),
    }


def context(objection: models.Objection, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An objection as a process variable; what shows the objector its answer is not in it."""
    seen = {name: value for name, value in (given or {}).items() if name != RECEIPT}
    return {
        **seen,
        "key": str(objection.key),
        "no": objection.no,
        "due": objection.due_at,
        "received_at": objection.received_at,
        "household": objection.party or None,
        "type": objection.kind or None,
        "facts": objection.facts or None,
        "decision": objection.decision,
    }


def who(objection: models.Objection) -> dict[str, str]:
    """Who objected: ``objector`` and ``objector_phone``, as far as given. Only for those who handle the objection."""
    sealed = {"objector": objection.objector_sealed, "objector_phone": objection.phone_sealed}
    return {name: vault.current().open(value) for name, value in sealed.items() if value is not None}


def cut_off(notice: models.Notice) -> set[int]:
    """Close a notice as it stands; gives the keys of its cases that are settled: its time is up, nothing is open.

    Objections still open are put off with their households (暂缓).
    """
    waiting = [objection for objection in of(notice) if objection.replied_at is None]
    listed = board.listed(notice)
    disputed = {case.key for objection in waiting for case in _disputed(objection, listed)}
    for objection in waiting:
        objection.decision, objection.decided_at, objection.replied_at = DEFERRED, clock.now(), clock.now()
    over = notice.ends_at is not None and notice.ends_at <= clock.now()
    notice.closed_at = notice.closed_at or clock.now()
    return {case.key for case in listed} - disputed if over else set()


def _disputed(objection: models.Objection, listed: Sequence[register.Case]) -> Sequence[register.Case]:
    """What an open objection leaves open: the household it names; where it names none of the list, all of it."""
    wanted = objection.party.strip()
    return [case for case in listed if wanted in (cases.code(case), _name(case))] or listed


def investigators(given: Any) -> list[str]:
    """Different names out of the rows of f_investigation or a list of texts."""
    rows = given if isinstance(given, list) else []
    names = [str(row.get("name") or "") if isinstance(row, Mapping) else str(row) for row in rows]
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _apply(objection: models.Objection, notice: models.Notice, remove_state: str, add_state: str) -> register.Case:
    if objection.effect == ADD:
        return _take_in(objection, notice, add_state)
    case = _concerned(objection, board.listed(notice))
    if objection.effect == REMOVE:
        cases.change(case, state=remove_state, flags={"objection": objection.no})
    else:
        cases.change(case, flags={"correction": objection.correction, "objection": objection.no})
    return case


def _concerned(objection: models.Objection, listed: Sequence[register.Case]) -> register.Case:
    """The case on the notice that the objection means: by code, else by the only head or village of that name."""
    wanted = objection.party.strip()
    found = [case for case in listed if wanted in (str(case.key), cases.code(case))]
    found = found or [case for case in listed if wanted == _name(case)]
    if len(found) != 1:
        raise UnknownParty(
            _("%(count)s entries of the notice are named %(party)s; give the household's code"),
            count=len(found),
            party=wanted or "–",
        )
    return found[0]


def _name(case: register.Case) -> str:
    return case.household.head_name if case.household else case.unit.name


def _take_in(objection: models.Objection, notice: models.Notice, add_state: str) -> register.Case:
    """Let an omitted household take part: its case if it has one, else a new one."""
    wanted = objection.party.strip()
    known = [case for case in cases.find(notice.run_key, notice.unit_id) if wanted in (cases.code(case), _name(case))]
    if len(known) == 1:
        cases.change(known[0], state=add_state, flags={"objection": objection.no})
        return known[0]
    household = _household(notice, wanted)
    case = cases.open_household(notice.run_key, notice.instance_key, household, state=add_state)
    cases.change(case, flags={"objection": objection.no})
    db.sa.session.flush()
    return case


def _household(notice: models.Notice, wanted: str) -> register.Household:
    named = sa.or_(register.Household.code == wanted, register.Household.head_name == wanted)
    query = (
        sa.select(register.Household)
        .join(register.Household.unit)
        .where(named, units.within(units.get(notice.unit_id).path))
    )
    found = db.sa.session.scalars(query).all()
    if len(found) != 1:
        raise UnknownParty(
            _("%(count)s households here are named %(party)s; give the household's code"),
            count=len(found),
            party=wanted or "–",
        )
    return found[0]


def _number(notice: models.Notice) -> str:
    db.lock_name(f"objections {notice.key}")
    taken = sa.select(sa.func.count()).where(models.Objection.notice_key == notice.key)
    return f"{notice.no or notice.key}-{(db.sa.session.scalar(taken) or 0) + 1:02d}"
