"""Data audit (数据审核): the register's own data against the rules of its form (DOMAIN §3.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from service import db, errors, forms
from service.errors import _
from service.register import households, models
from service.workflow import models as workflow
from service.workflow import releases


def check(
    instance_key: int, form_id: str, cases: Sequence[models.Case], variables: Mapping[str, Any]
) -> dict[int, list[dict[str, str]]]:
    """Findings by case key, only for cases that have some; each has ``place`` and ``message``."""
    form = bound_form(instance_key, form_id)
    keys = [case.household_key for case in cases]
    query = sa.select(models.Household).where(models.Household.key.in_(keys))
    loaded = db.sa.session.scalars(
        query.options(orm.selectinload(models.Household.members)).execution_options(populate_existing=False)
    )
    by_key = {household.key: household for household in loaded}
    found = {case.key: _findings(form, by_key[case.household_key], variables) for case in cases if case.household_key}
    return {key: findings for key, findings in found.items() if findings}


def bound_form(instance_key: int, form_id: str) -> forms.Form:
    """The form as the instance's release has it.

    :raises errors.NotFound: the release has no such form.
    """
    instance = db.sa.session.get_one(workflow.ProcessInstance, instance_key)
    bound = releases.get(instance.deployment_key).form(form_id)
    if bound is None:
        raise errors.NotFound(_("There is no form %(id)s in this release; deploy it"), id=form_id)
    return bound[1]


def _findings(form: forms.Form, household: models.Household, variables: Mapping[str, Any]) -> list[dict[str, str]]:
    try:
        forms.validate(form, households.form(household, reveal=True), variables)
    except errors.Unprocessable as refused:
        return [{"place": place, "message": "；".join(texts)} for place, texts in refused.fields.items()]
    return []
