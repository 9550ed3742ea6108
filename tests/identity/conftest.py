"""A small county with people who have parts: Alice owns, Bob may, Charlie is a stranger."""

from collections.abc import Callable
from dataclasses import dataclass

import flask
import pytest

from service.identity import people, units
from service.identity.models import Unit
from service.identity.persons import Person


@dataclass(frozen=True)
class County:
    """Two townships, two villages in the first, an office and the departments."""

    region: Unit
    county: Unit
    office: Unit
    departments: Unit
    east: Unit
    west: Unit
    upper: Unit
    lower: Unit
    hamlet: Unit


@pytest.fixture
def county(app: flask.Flask) -> County:
    region = units.add("45", "自治区", "region")
    county = units.add("4502", "县", "county", region)
    east = units.add("4502-e", "东乡", "township", county)
    upper = units.add("4502-e-u", "上村", "village", east)
    return County(
        region=region,
        county=county,
        office=units.add("4502-o", "县扶贫办", "county_office", county),
        departments=units.add("4502-d", "县直部门", "county_department", county),
        east=east,
        west=units.add("4502-w", "西乡", "township", county),
        upper=upper,
        lower=units.add("4502-e-l", "下村", "village", east),
        hamlet=units.add("4502-e-u-1", "一屯", "hamlet", upper),
    )


@pytest.fixture
def official(county: County) -> Callable[[str, str, Unit], Person]:
    """Add a user without a password who has one role."""

    def add(username: str, role: str, unit: Unit) -> Person:
        people.add(username, username.title())
        people.join(username, role, unit)
        return people.find(username)

    return add
