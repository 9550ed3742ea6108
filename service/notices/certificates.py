"""The statement on a finished publicity (公示情况说明), DOMAIN §4: it travels with the report upward."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service import db
from service.notices import board, models, objections
from service.register import archive, cases
from service.register import models as register

PAPERS = "公告公示类"


def make(notice: models.Notice, *, state: str | None = None) -> dict[str, Any]:
    """Write the statement: period, sites, objections, final numbers; gives it with the lists of codes.

    The cases that remain on the notice get ``state``. Notice and statement are filed in the archive.
    """
    held = objections.of(notice)
    gone = {objection.case_key for objection in held if objection.effect == objections.REMOVE}
    added = {objection.case_key for objection in held if objection.effect == objections.ADD}
    listed = board.listed(notice)
    final = [case for case in listed if case.key not in gone]
    if state:
        for case in final:
            cases.change(case, state=state)
    content = _content(notice, final)
    _keep(notice, content)
    archive.file(notice.run_key, notice.unit_id, kind=PAPERS, title=notice.title, source=str(notice.key))
    return {
        "certificate": content,
        "final_list": [cases.code(case) for case in final],
        "removed": [cases.code(case) for case in listed if case.key in gone],
        "added": [cases.code(cases.get(key)) for key in sorted(key for key in added if key)],
        "objections": [objections.context(objection) for objection in held],
    }


def of(notice: models.Notice) -> models.Certificate | None:
    """The statement on a notice, once it is written."""
    return db.sa.session.scalars(sa.select(models.Certificate).filter_by(notice_key=notice.key)).first()


def _content(notice: models.Notice, final: Sequence[register.Case]) -> dict[str, Any]:
    return {
        "notice_no": notice.no,
        "title": notice.title,
        "starts": notice.starts_at,
        "ends": notice.ends_at,
        "lost_days": notice.lost_days,
        "sites": [posting.site for posting in board.postings(notice)],
        **objections.count(notice),
        "final_households": len(final),
        "final_persons": sum(case.persons for case in final),
    }


def _keep(notice: models.Notice, content: dict[str, Any]) -> None:
    held = of(notice)
    if held is None:
        held = models.Certificate(notice_key=notice.key, unit_id=notice.unit_id)
        db.sa.session.add(held)
    held.content = content
    db.sa.session.flush()
