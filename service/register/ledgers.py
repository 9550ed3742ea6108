"""The ledger (台账), DOMAIN §7: one row a household with its change, dates, helper and handbook."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from service import clock, db
from service.register import models


def write(run_key: int, cases: Sequence[models.Case], extra: Sequence[Mapping[str, Any]]) -> int:
    """Write the rows of the cases in their order, numbered within each village; gives how many.

    The head's identity number is not copied: who prints the ledger reads it, masked or not, from the register.
    """
    held = sa.select(models.Handbook).where(models.Handbook.run_key == run_key)
    books = {book.household_key: _of_book(book) for book in db.sa.session.scalars(held)}
    rows = []
    numbers: dict[int, int] = {}
    for case, more in zip(cases, extra, strict=True):
        assert case.household is not None
        numbers[case.unit_id] = numbers.get(case.unit_id, 0) + 1
        columns = {**_columns(case, case.household), **books.get(case.household.key, {"handbook_no": None}), **more}
        rows.append(_row(run_key, case, numbers[case.unit_id], columns))
    _upsert(rows)
    return len(rows)


def strike(run_key: int, cases: Sequence[models.Case]) -> None:
    """Take the rows of the cases' households out of the ledger."""
    households = [case.household_key for case in cases]
    row = models.LedgerRow
    db.sa.session.execute(sa.delete(row).where(row.run_key == run_key, row.household_key.in_(households)))


def _of_book(book: models.Handbook) -> dict[str, Any]:
    delivered = book.delivered_at and book.delivered_at.astimezone(clock.TZ).date()
    return {"handbook_no": book.no, "handbook_on": delivered}


def _row(run_key: int, case: models.Case, number: int, columns: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": db.next_key(),
        "run_key": run_key,
        "unit_id": case.unit_id,
        "household_key": case.household_key,
        "number": number,
        "columns": columns,
        "written_at": clock.now(),
    }


def _upsert(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    insert = postgresql.insert(models.LedgerRow)
    update = {name: insert.excluded[name] for name in ("number", "columns", "written_at")}
    statement = insert.on_conflict_do_update(index_elements=["run_key", "household_key"], set_=update)
    db.sa.session.execute(statement, rows)


def _columns(case: models.Case, household: models.Household) -> dict[str, Any]:
    return {
        "village": case.unit.name,
        "group": household.hamlet or household.group_no,
        "code": household.code,
        "head_name": household.head_name,
        "persons": case.persons,
        "labourers": household.labourers,
        "income": case.facts.get("income", household.per_capita_net_income),
        "attr": household.attr,
        "main_cause": household.main_cause,
        "change": case.confirmed or case.flow,
        "changed_on": household.left_on or household.entered_on,
        "notices": case.flags.get("notices", {}),
    }
