"""Notices on the board: drafted from a list, issued, posted site by site, taken down (DOMAIN §4, §9.1)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from service import clock, db, errors
from service.errors import _
from service.identity import units
from service.notices import content, models, periods
from service.register import cases, figures
from service.register import models as register

BOARD = "村务公开栏"
LABELS = {
    "no": _("No."),
    "group": _("Group or hamlet"),
    "head_name": _("Head of household"),
    "persons": _("Persons"),
    "cause": _("Main cause"),
    "village": _("Village"),
    "households": _("Number of households"),
}

OF_HOUSEHOLDS = _("%(subject)s: %(count)s households, %(persons)s persons, as listed below.")
OF_VILLAGES = _("%(subject)s: %(count)s villages with %(persons)s persons, as listed below.")


def get(key: Any) -> models.Notice:
    """A notice by its key, as number or text.

    :raises errors.NotFound: no such notice.
    """
    notice = db.sa.session.get(models.Notice, int(key)) if str(key).isdecimal() else None
    if notice is None:
        raise errors.NotFound(_("There is no notice %(key)s"), key=key)
    return notice


def called(text: str) -> sa.ColumnElement[bool]:
    """Condition: a notice with the text in its title, or with a number that begins with it."""
    notice = models.Notice
    return sa.or_(
        notice.title.icontains(text, autoescape=True),
        notice.no.startswith(text, autoescape=True),
        notice.doc_no.startswith(text, autoescape=True),
    )


def of_cases(keys: Iterable[int]) -> Sequence[models.Notice]:
    """The notices that list one of the cases, the newest first."""
    listed = sa.type_coerce(models.Notice.case_keys, postgresql.JSONB)
    runs = sa.select(register.Case.run_key).where(register.Case.key.in_(list(keys)))
    query = sa.select(models.Notice).where(models.Notice.run_key.in_(runs))
    query = query.where(listed.has_any(sa.cast([str(key) for key in keys], postgresql.ARRAY(sa.Text))))
    return db.sa.session.scalars(query.order_by(models.Notice.key.desc())).all()


def last(run_key: int, unit_id: int) -> models.Notice | None:
    """The notice that a unit drafted last in a run."""
    query = sa.select(models.Notice).filter_by(run_key=run_key, unit_id=unit_id)
    return db.sa.session.scalars(query.order_by(models.Notice.drafted_at.desc(), models.Notice.key.desc())).first()


def draft(
    listed: Sequence[register.Case],
    *,
    run_key: int,
    instance_key: int,
    unit_id: int,
    heading: Mapping[str, Any],
    columns: Sequence[str] | None = None,
) -> models.Notice:
    """Write the draft of a notice on the cases listed; a draft of the same instance not yet issued is rewritten.

    ``heading`` has title, subject, mode, round, issuer, basis, contact and days. Persons are summed from the cases.
    """
    chosen = columns or _columns(listed)
    notice = _draft_of(instance_key) or models.Notice(
        key=db.next_key(), run_key=run_key, instance_key=instance_key, unit_id=unit_id
    )
    for name, value in heading.items():
        setattr(notice, name, content.plain(value, name) if name in ("title", "subject") else value)
    notice.columns = list(chosen)
    notice.rows = content.rows([_entry(case) for case in listed], chosen)
    notice.case_keys = [str(case.key) for case in listed]
    notice.households, notice.persons = len(listed), sum(case.persons for case in listed)
    notice.drafted_at = clock.now()
    db.sa.session.add(notice)
    db.sa.session.flush()
    return notice


def issue(notice: models.Notice, *, doc_no: str, sealed_on: date | None) -> None:
    """Give the notice its number, running within its unit and year, and the date of its seal."""
    if notice.issued_at is not None:
        raise errors.Conflict(_("The notice %(no)s has been issued already"), no=notice.no)
    year = clock.today().year
    unit = units.get(notice.unit_id)
    db.lock_name(f"notice number {unit.code} {year}")
    prefix = f"{unit.code}-{year}-"
    taken = sa.select(sa.func.count()).where(models.Notice.no.startswith(prefix, autoescape=True))
    notice.no = f"{prefix}{(db.sa.session.scalar(taken) or 0) + 1:03d}"
    notice.doc_no = doc_no
    notice.issued_at = clock.now()
    notice.sealed_on = sealed_on or clock.today()
    db.sa.session.flush()


def post(notice: models.Notice, postings: Iterable[Mapping[str, Any]], sites: Sequence[str], days: int) -> None:
    """Record the postings, one a site, and open the period that the last of them begins (DOMAIN A15).

    :raises errors.Unprocessable: a site without a posting, or a posting without its time.
    """
    by_site = {_site(posting.get("site")): posting for posting in postings}
    absent = [site for site in sites if site not in by_site or by_site[site].get("posted_at") is None]
    if absent:
        raise errors.Unprocessable(_("No posting is recorded for %(sites)s"), sites="、".join(absent))
    instants = [_instant(posting["posted_at"]) for posting in by_site.values()]
    notice.starts_at, notice.ends_at, notice.days = max(instants), periods.ends(instants, days), days
    for site, posting in by_site.items():
        db.sa.session.add(_posting(notice, site, posting))
    db.sa.session.flush()
    _tell_cases(notice)
    figures.note(notice.run_key, notice.unit_id, notices=1)


def take_down(notice: models.Notice, closings: Iterable[Mapping[str, Any]]) -> bool:
    """Record the removal site by site. Lost days move the end on; gives whether the period goes on (pn_close)."""
    if notice.ends_at is None:
        raise errors.Conflict(_("The notice was never posted"))
    rows = list(closings)
    by_site = {posting.site: posting for posting in postings(notice)}
    for row in rows:
        if posting := by_site.get(_site(row.get("site"))):
            posting.removed_at = _instant(row.get("removed_at") or clock.now())
            posting.lost_days += int(row.get("lost_days") or 0)
            posting.photos = {**posting.photos, "photo_end": row.get("photo_end")}
    lost = max((int(row.get("lost_days") or 0) for row in rows), default=0)
    before = notice.ends_at
    notice.ends_at = periods.extended(before, lost, clock.now())
    notice.lost_days += lost
    notice.closed_at = clock.now() if notice.ends_at == before else None
    _tell_cases(notice)
    return notice.ends_at > before


def postings(notice: models.Notice) -> Sequence[models.Posting]:
    """The sites of a notice in the order of their posting."""
    query = sa.select(models.Posting).where(models.Posting.notice_key == notice.key)
    return db.sa.session.scalars(query.order_by(models.Posting.posted_at, models.Posting.key)).all()


def listed(notice: models.Notice) -> Sequence[register.Case]:
    """The cases on a notice, in its order."""
    keys = [int(key) for key in notice.case_keys]
    found = {case.key: case for case in cases.find(notice.run_key, notice.unit_id)}
    return [found[key] for key in keys if key in found]


def context(notice: models.Notice) -> dict[str, Any]:
    """A notice as a process variable and for the form f_notice."""
    return {
        "key": str(notice.key),
        "no": notice.no,
        "doc_no": notice.doc_no,
        "title": notice.title,
        "text": text(notice),
        "subject": notice.subject,
        "mode": notice.mode,
        "round": notice.round,
        "issuer": notice.issuer,
        "days": notice.days,
        "columns": [{"key": name, "label": errors.localize(LABELS[name])} for name in notice.columns],
        "rows": notice.rows,
        "households": notice.households,
        "persons": notice.persons,
        "starts": notice.starts_at,
        "ends": notice.ends_at,
        "late": notice.late,
    }


def text(notice: models.Notice) -> str:
    """The body above the list: basis, totals, length, and where and how to object."""
    parts = [
        notice.basis,
        errors.localize(
            OF_VILLAGES if _shows_villages(notice) else OF_HOUSEHOLDS,
            subject=notice.subject,
            count=notice.households,
            persons=notice.persons,
        ),
        errors.localize(_("This notice is displayed for %(days)s days after the day of posting."), days=notice.days),
        notice.contact,
        notice.issuer,
    ]
    return "\n".join(part for part in parts if part)


def usual_sites(unit_id: int) -> list[str]:
    """Where a unit posts: each village's board (村务公开栏) and each of its hamlets (自然屯), S12."""
    home = units.get(unit_id)
    sites = []
    for unit in units.subtree(home):
        if unit.kind == "village":
            sites += [f"{unit.name}{BOARD}", *(hamlet.name for hamlet in units.children(unit, "hamlet"))]
    return sites or [f"{home.name}{BOARD}"]


def _draft_of(instance_key: int) -> models.Notice | None:
    query = sa.select(models.Notice).filter_by(instance_key=instance_key, issued_at=None)
    return db.sa.session.scalars(query).first()


def _columns(listed: Sequence[register.Case]) -> Sequence[str]:
    of_villages = bool(listed) and all(case.kind == cases.VILLAGE for case in listed)
    return content.VILLAGE_COLUMNS if of_villages else content.HOUSEHOLD_COLUMNS


def _shows_villages(notice: models.Notice) -> bool:
    return "village" in notice.columns and "head_name" not in notice.columns


def _entry(case: register.Case) -> dict[str, Any]:
    """All that a notice could show of a case; the whitelist picks from it."""
    if case.household is None:
        persons = case.facts.get("persons_total", case.persons)
        return {"village": case.unit.name, "households": case.facts.get("households_total"), "persons": persons}
    return {
        "group": case.household.hamlet or case.household.group_no,
        "head_name": case.household.head_name,
        "persons": case.persons,
        "cause": case.household.main_cause,
        "village": case.unit.name,
    }


def _posting(notice: models.Notice, site: str, posting: Mapping[str, Any]) -> models.Posting:
    return models.Posting(
        key=db.next_key(),
        notice_key=notice.key,
        site=site,
        posted_at=_instant(posting["posted_at"]),
        posted_by=str(posting.get("posted_by") or ""),
        witness=str(posting.get("witness") or ""),
        photos={name: posting.get(name) for name in ("photo_close", "photo_far")},
        lost_days=0,
    )


def _tell_cases(notice: models.Notice) -> None:
    """Note the period with each case on the notice: ledger and archive read it there."""
    period = {"no": notice.no, "starts": notice.starts_at, "ends": notice.ends_at}
    for case in listed(notice):
        noted = {**case.flags.get("notices", {}), notice.round or notice.mode: period}
        cases.change(case, flags={"notices": noted})


def _site(site: Any) -> str:
    return str(site.get("name", "")) if isinstance(site, Mapping) else str(site or "")


def site_names(sites: Iterable[Any]) -> list[str]:
    """Names of sites given as texts or as contexts with a name."""
    return [_site(site) for site in sites]


def _instant(moment: Any) -> datetime:
    """An instant out of a form's date and time; a local time without zone is that of Asia/Shanghai."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if not isinstance(moment, datetime):
        raise errors.Unprocessable(_("%(moment)s is no time of posting"), moment=str(moment))
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.TZ)
