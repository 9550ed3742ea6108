"""Village profiles: the figures of the village form (贫困村登记表, DOMAIN §3.3)."""

from collections.abc import Mapping
from typing import Any

from service import db, errors
from service.errors import _
from service.register import models


def get(unit_id: int) -> models.Village:
    """A village's profile.

    :raises errors.NotFound: the unit is no village or has no profile yet.
    """
    village = db.sa.session.get(models.Village, unit_id)
    if village is None:
        raise errors.NotFound(_("There is no profile of this village yet"))
    return village


def save(unit_id: int, answers: Mapping[str, Any]) -> models.Village:
    """Take over checked figures; those not given stay."""
    village = db.sa.session.get(models.Village, unit_id)
    if village is None:
        village = models.Village(unit_id=unit_id, figures={})
        db.sa.session.add(village)
    village.figures = {**village.figures, **answers}
    village.households = int(village.figures.get("households_total") or village.households or 0)
    village.persons = int(village.figures.get("persons_total") or village.persons or 0)
    db.sa.session.flush()
    return village


def take_over(case: models.Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Save the form of a village's case; gives what the case keeps as its answer."""
    village = save(case.unit_id, answers)
    case.facts = {**case.facts, **answers}
    case.persons = village.persons
    return dict(answers)
