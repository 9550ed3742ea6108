"""``objection-register``, ``objection-decide``, ``objection-reply``, ``objections-count`` (DOMAIN §4, §9.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service import db, errors
from service.errors import _
from service.jobs import handlers
from service.notices import board, models, objections
from service.register import cases, decisions, scope

REMOVE_STATE, ADD_STATE = "已剔除", "申请"


@handlers.handler("objection-register")
def register(job: handlers.Job) -> Mapping[str, Any]:
    """Enter an objection to the notice and give it number and due time.

    Variables ``notice`` and ``objection`` (what is known so far, for instance from the message); headers ``days``
    (working days for the reply; else the variable ``reply_days``) and ``filed`` (FEEL: the instant at which it was
    filed, default now). Gives ``objection``. BPMN error ``CLOSED`` after the end of the period.
    """
    task = scope.of(job)
    given = task.variables.get("objection") or {}
    notice = board.get((task.variables.get("notice") or {}).get("key"))
    filed = task.value("filed")
    filed = filed if isinstance(filed, datetime) else None
    days = task.required("days", "reply_days")
    try:
        made = objections.register_one(notice, given, instance_key=task.instance_key, days=days, filed=filed)
    except errors.Conflict as late:
        raise handlers.BpmnError("CLOSED", str(late)) from late
    return {"objection": objections.context(made, given)}


@handlers.handler("objection-decide")
def decide(job: handlers.Job) -> Mapping[str, Any]:
    """Apply the decision on an objection to the register's case (DOMAIN A11, A12).

    Variables ``objection`` (as registered), ``investigators``, ``findings``, ``decision``, ``correction``,
    ``decided_by``; headers ``decision`` (the decision table that says what effect each decision has: none, remove, add,
    correct or redo), ``removeState`` and ``addState``. Gives ``objection`` and ``objection_case`` (code or null).
    BPMN error ``UNKNOWN_PARTY`` when the objection names nobody on the notice, or several.
    """
    task = scope.of(job)
    objection, notice = _objection(task)
    given = task.variables["objection"]
    objections.describe(objection, given)
    effect = decisions.evaluate(task, task.text("decision"), {})
    states = {"remove_state": task.text("removeState", REMOVE_STATE), "add_state": task.text("addState", ADD_STATE)}
    try:
        case = objections.decide(objection, notice, task.variables, effect=effect, **states)
    except objections.UnknownParty as unknown:
        raise handlers.BpmnError("UNKNOWN_PARTY", str(unknown)) from unknown
    return {"objection": objections.context(objection, given), "objection_case": cases.code(case) if case else None}


@handlers.handler("objection-reply")
def reply(job: handlers.Job) -> Mapping[str, Any]:
    """File the written reply (variable ``reply``), which closes the objection. Gives ``objection``."""
    task = scope.of(job)
    objection, _notice = _objection(task)
    objections.answer(objection, str(task.variables.get("reply") or ""))
    return {"objection": objections.context(objection, task.variables["objection"])}


@handlers.handler("objections-count", only_reads=True)
def count(job: handlers.Job) -> Mapping[str, Any]:
    """Count the objections to the notice: ``objections_total``, ``_open``, ``_upheld``, ``_removed``, ``_added`` …."""
    task = scope.of(job)
    return objections.count(board.get((task.variables.get("notice") or {}).get("key")))


def _objection(task: scope.Scope) -> tuple[models.Objection, models.Notice]:
    held = task.variables.get("objection")
    key = str(held.get("key") or "") if isinstance(held, Mapping) else ""
    query = sa.select(models.Objection).where(models.Objection.key == int(key)) if key.isdecimal() else None
    found = db.sa.session.scalars(query).first() if query is not None else None
    if found is None:
        raise errors.Conflict(_("The objection is not registered; put a task objection-register before this step"))
    return found, board.get(found.notice_key)
