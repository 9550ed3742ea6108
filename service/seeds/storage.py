"""Writing drafts in bulk: COPY, because a county has 60,000 persons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sqla
from sqlalchemy.orm import Session

from service import clock, db
from service.db import values
from service.register import households as register
from service.register import models
from service.register.rules import income
from service.seeds import households

HOUSEHOLD_COLUMNS = (
    "key",
    "code",
    "unit_id",
    "hamlet",
    "group_no",
    "head_name",
    "phone",
    "bank_name",
    "status",
    "attr",
    "main_cause",
    "persons",
    "labourers",
    "per_capita_net_income",
    "gap_housing",
    "gap_education",
    "gap_health",
    "local_hukou",
    "cadre_relative",
    "is_prior_registered",
    "facts",
    "entered_on",
    "left_on",
    "updated_at",
)
MEMBER_COLUMNS = (
    "key",
    "household_key",
    "position",
    "name",
    "sex",
    "born",
    "cert_no_sealed",
    "cert_no_index",
    "relation_to_head",
    "ethnicity",
    "education",
    "student_status",
    "health",
    "labour_ability",
    "work_status",
    "work_months",
    "has_coop_medical",
    "has_pension",
    "is_dibao",
    "left",
)


def store(session: Session, drafts: Iterable[households.Draft]) -> tuple[int, int]:
    """Write households and their members; gives the counts of households and persons."""
    keyed = [(db.next_key(), draft) for draft in drafts]
    _copy(session, "households", HOUSEHOLD_COLUMNS, (_household(key, draft) for key, draft in keyed))
    _copy(session, "members", MEMBER_COLUMNS, list(_members(keyed)))  # keys must not be fetched during COPY
    session.execute(sqla.text("ANALYZE households, members"))  # the planner knows nothing of what COPY brought
    return len(keyed), sum(draft.persons for _, draft in keyed)


def _copy(session: Session, table: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in columns])


def _household(key: int, draft: households.Draft) -> dict[str, Any]:
    return {
        "key": key,
        "code": draft.code,
        "unit_id": draft.place.unit_id,
        "hamlet": draft.hamlet,
        "group_no": draft.group_no,
        "head_name": draft.members[0]["name"],
        "phone": draft.phone,
        "bank_name": "",
        "status": _status(draft),
        "attr": draft.attr,
        "main_cause": draft.main_cause,
        "persons": draft.persons,
        "labourers": income.labourers(draft.members),
        "per_capita_net_income": draft.per_capita,
        "gap_housing": income.housing_gap(draft.facts),
        "gap_education": income.education_gap(draft.members, households.REFERENCE_POINT),
        "gap_health": income.health_gap(draft.members),
        "local_hukou": True,
        "cadre_relative": draft.relative,
        "is_prior_registered": draft.prior,
        "facts": values.dumps(draft.facts),
        "entered_on": households.REFERENCE_POINT if draft.registered else None,
        "left_on": households.REFERENCE_POINT if draft.left else None,
        "updated_at": clock.now(),
    }


def _status(draft: households.Draft) -> str:
    if draft.registered:
        return models.POOR
    return models.LEFT if draft.left else models.NEVER_REGISTERED


def _members(keyed: Iterable[tuple[int, households.Draft]]) -> Iterator[dict[str, Any]]:
    for household_key, draft in keyed:
        for position, member in enumerate(draft.members, start=1):
            yield member | {
                "key": db.next_key(),
                "household_key": household_key,
                "position": position,
                "left": False,
                **register.sealed_number(member["cert_no"]),
            }
