"""``notice-draft``, ``notice-issue``, ``notice-period``, ``notice-close``, ``notice-certificate`` (DOMAIN §9.1)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service import errors
from service.errors import _
from service.jobs import handlers
from service.notices import board, certificates, models, objections, periods
from service.register import cases, runs, scope


@handlers.handler("notice-draft")
def draft(job: handlers.Job) -> Mapping[str, Any]:
    """Draft the notice on the cases that pass ``where``, or on those whose codes are in the header ``list``.

    Headers ``title`` (default unit, subject and mode), ``columns`` (list, within the whitelist), ``basis``,
    ``contact``; variables ``subject``, ``mode``, ``round``, ``issuer``, ``days``. Gives ``notice``, and ``sites`` where
    that variable is null: the village's board and every hamlet.
    """
    task = scope.of(job)
    runs.get(task.run_key)
    chosen = task.cases()
    if "list" in task.headers:
        wanted = {str(code) for code in task.listed("list")}
        chosen = [case for case in chosen if cases.code(case) in wanted]
    notice = board.draft(
        chosen,
        run_key=task.run_key,
        instance_key=task.instance_key,
        unit_id=task.unit_id,
        heading=_heading(task),
        columns=[str(name) for name in task.listed("columns")] or None,
    )
    sites = {} if task.variables.get("sites") is not None else {"sites": board.usual_sites(task.unit_id)}
    return {"notice": board.context(notice), **sites}


@handlers.handler("notice-issue")
def issue(job: handlers.Job) -> Mapping[str, Any]:
    """Number and seal the notice; ``doc_no`` and ``seal_date`` are variables of the form f_notice. Gives ``notice``."""
    task = scope.of(job)
    notice = _notice(task)
    sealed = task.variables.get("seal_date")
    board.issue(notice, doc_no=str(task.variables.get("doc_no") or ""), sealed_on=sealed if _is_day(sealed) else None)
    return {"notice": board.context(notice)}


@handlers.handler("notice-period")
def open_period(job: handlers.Job) -> Mapping[str, Any]:
    """Begin the publicity with the last site's posting (DOMAIN A15).

    Headers ``days`` (default the variable), ``latest`` (FEEL date by which it should be posted); variables
    ``postings`` (answers of f_posting) and ``sites``. Gives ``notice``, ``notice_starts``, ``notice_ends`` (24:00 of
    the last day) and ``notice_late``, which the notice keeps as a warning.
    """
    task = scope.of(job)
    notice = _notice(task)
    days = task.required("days", "days")
    sites = board.site_names(task.variables.get("sites") or [])
    board.post(notice, task.variables.get("postings") or [], sites, days)
    latest = task.value("latest")
    posted = [posting.posted_at for posting in board.postings(notice)]
    notice.late = periods.is_late(posted, _day(latest))
    return {**_period(notice), "notice_late": notice.late}


@handlers.handler("notice-close")
def close(job: handlers.Job) -> Mapping[str, Any]:
    """Take the notice down; days on which it was not displayed are added and the period goes on.

    Variable ``closings`` (answers of f_closing). Gives ``notice``, ``notice_ends``, ``notice_extended``, ``lost_days``.
    """
    task = scope.of(job)
    notice = _notice(task)
    extended = board.take_down(notice, task.variables.get("closings") or [])
    return {**_period(notice), "notice_extended": extended, "lost_days": notice.lost_days}


@handlers.handler("notice-certificate")
def certify(job: handlers.Job) -> Mapping[str, Any]:
    """Write the statement on the publicity (公示情况说明). Header ``state`` is set on the cases that remain.

    Gives ``certificate``, ``final_list``, ``removed``, ``added`` (codes), ``objections``, ``final_households``,
    ``final_persons``.
    """
    task = scope.of(job)
    made = certificates.make(_notice(task), state=task.text("state") or None)
    totals = {name: made["certificate"][name] for name in ("final_households", "final_persons")}
    return {**made, **totals}


@handlers.handler("notice-cutoff")
def cut_off(job: handlers.Job) -> Mapping[str, Any]:
    """Settle a unit's cases at the last day of a stage, whatever its publicity has come to (DOMAIN §9.5 dv_public).

    Cases in ``listState`` on the unit's last notice whose period is over and that no open objection concerns get
    ``publishedState``; all others of them ``deferState``: they wait for next year. The notice and its open objections
    are closed. Gives counts ``published_*`` and ``deferred_*``.
    """
    task = scope.of(job)
    listed = task.text("listState")
    waiting = [case for case in cases.find(task.run_key, task.unit_id) if case.state == listed]
    notice = board.last(task.run_key, task.unit_id)
    settled = objections.cut_off(notice) if notice else set()
    published = [case for case in waiting if case.key in settled]
    deferred = [case for case in waiting if case.key not in settled]
    for case in published:
        cases.change(case, state=task.text("publishedState"))
    for case in deferred:
        cases.change(case, state=task.text("deferState"))
    return {**cases.count(published, "published"), **cases.count(deferred, "deferred")}


def _heading(task: scope.Scope) -> dict[str, Any]:
    known = task.variables
    subject, mode = str(known.get("subject") or ""), str(known.get("mode") or "公示")
    title = f"{known.get('unit_name') or ''}{subject.removesuffix(mode)}{mode}"
    return {
        "title": task.text("title", title),
        "subject": subject,
        "mode": mode,
        "round": str(known.get("round") or ""),
        "issuer": str(known.get("issuer") or known.get("unit_name") or ""),
        "basis": task.text("basis", str(known.get("basis") or "")),
        "contact": task.text("contact", str(known.get("contact") or "")),
        "days": task.required("days", "days"),
    }


def _notice(task: scope.Scope) -> models.Notice:
    held = task.variables.get("notice")
    if not isinstance(held, Mapping):
        raise errors.Conflict(_("There is no notice yet; put a service task notice-draft before this step"))
    return board.get(held.get("key"))


def _period(notice: models.Notice) -> dict[str, Any]:
    return {"notice": board.context(notice), "notice_starts": notice.starts_at, "notice_ends": notice.ends_at}


def _is_day(value: Any) -> bool:
    return type(value) is date


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return periods.local_day(value)
    return value if _is_day(value) else None
