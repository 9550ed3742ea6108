"""Handbooks (扶贫手册), DOMAIN §3.4: cover and six parts, generated from register, pairing and plan (A17)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from service import clock, db
from service.register import models


def write(run: models.Run, case: models.Case, *, helper: Mapping[str, Any], plan: Mapping[str, Any]) -> models.Handbook:
    """Write or rewrite the handbook of a case's household in a run.

    The family part is read from the register when the book is shown; a new helper adds a line and keeps the old ones.
    """
    assert case.household is not None
    held = sa.select(models.Handbook).filter_by(run_key=run.key, household_key=case.household.key)
    book = db.sa.session.scalars(held).first()
    if book is None:
        book = models.Handbook(
            no=f"{run.year}{case.household.code}",
            household_key=case.household.key,
            run_key=run.key,
            unit_id=case.unit_id,
            parts={},
        )
        db.sa.session.add(book)
    book.parts = _parts(book.parts, case.household, helper, plan)
    book.written_at = clock.now()
    return book


def deliver(run: models.Run, days: Mapping[int, date]) -> None:
    """Note in the handbooks of a run on which day each household, by its key, got its own."""
    held = sa.select(models.Handbook).where(
        models.Handbook.run_key == run.key, models.Handbook.household_key.in_(list(days))
    )
    for book in db.sa.session.scalars(held):
        book.delivered_at = datetime.combine(days[book.household_key], time(), clock.TZ)


def answer(case: models.Case, field: str) -> dict[str, Any]:
    """The answers of a step that filled in ``field``; the last such step counts."""
    held = [answers for answers in case.answers.values() if isinstance(answers, Mapping) and answers.get(field)]
    return dict(held[-1]) if held else {}


def _parts(
    before: Mapping[str, Any], household: models.Household, helper: Mapping[str, Any], plan: Mapping[str, Any]
) -> dict[str, Any]:
    helpers = list(before.get("helpers", []))
    if helper and (not helpers or helpers[-1] != dict(helper)):
        helpers.append(dict(helper))
    return {
        "causes": {"main": household.main_cause, "other": household.facts.get("other_causes") or []},
        "helpers": helpers,
        "needs": plan.get("needs") or household.facts.get("needs") or "",
        "plan": list(plan.get("projects") or []),
        "measures": before.get("measures", []),
        "results": before.get("results", []),
    }
