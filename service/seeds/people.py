"""Invented people: names, valid numbers of unassigned areas, and families that hang together (DOMAIN §8.3).

Everything comes from one seeded generator, so the same seed gives the same people. No number can belong to anybody:
the area codes are not assigned and the telephone range 19900000000–19900009999 is not in use.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from service.register.rules import identity_numbers, income

SURNAMES = "吴杨石龙梁覃韦莫粟荣"
GIVEN_FIRST = "文国建永德世家明春秀玉金志光荣庆景安远承"
GIVEN_SECOND = "安平和清林山川田禾兰梅松柏云泉石生成良才"
PHONES = 10_000
MALE, FEMALE = "男", "女"
SIZES = (1, 2, 3, 4, 5, 6, 7)
SIZE_WEIGHTS = (8, 16, 22, 26, 16, 8, 4)
ETHNICITIES = ("12", "06", "13", "08", "01")
ETHNICITY_WEIGHTS = (58, 18, 10, 8, 6)


@dataclass
class Numbers:
    """Gives out identity numbers of one area, never the same twice, and telephones in turn."""

    area: str
    taken: Counter[tuple[date, str]] = field(default_factory=Counter)
    phones: int = 0

    def certificate(self, born: date, sex: str) -> str:
        """The next free number for a day of birth; odd serials are male."""
        place = (born, sex)
        serial = 2 * self.taken[place] + (1 if sex == MALE else 2)
        self.taken[place] += 1
        return identity_numbers.compose(self.area, born, serial)

    def phone(self) -> str:
        """The next telephone of the unused range."""
        self.phones += 1
        return f"1990000{(self.phones - 1) % PHONES:04d}"


def sizes(dice: random.Random, persons: int) -> list[int]:
    """Household sizes from 1 to 7 that add up to ``persons`` exactly."""
    drawn = []
    while persons > 0:
        size = min(persons, dice.choices(SIZES, SIZE_WEIGHTS)[0])
        drawn.append(size)
        persons -= size
    return drawn


def family(dice: random.Random, numbers: Numbers, size: int, on: date) -> list[dict[str, Any]]:
    """A family of ``size`` members, the head first; ages are those on the reference point ``on``."""
    surname = dice.choice(SURNAMES)
    ethnicity = dice.choices(ETHNICITIES, ETHNICITY_WEIGHTS)[0]
    head_age = dice.randint(28, 58) if size > 2 else dice.randint(35, 78)
    return [
        _member(dice, numbers, surname, ethnicity, relation, sex, years, on)
        for relation, sex, years in _places(dice, size, head_age)
    ]


def _places(dice: random.Random, size: int, head_age: int) -> Sequence[tuple[str, str, int]]:
    """Relation, sex and age of each member: head, spouse, up to three children, then parents."""
    places = [("01", MALE, head_age)]
    if size > 1:
        places.append(("02", FEMALE, max(22, head_age - dice.randint(0, 5))))
    for _ in range(min(3, size - 2)):
        sex = dice.choice((MALE, FEMALE))
        places.append(("03" if sex == MALE else "04", sex, dice.randint(0, max(0, min(20, head_age - 24)))))
    parents = (("12", FEMALE, head_age + dice.randint(20, 30)), ("11", MALE, head_age + dice.randint(21, 31)))
    return (*places, *parents)[:size]


def _member(
    dice: random.Random, numbers: Numbers, surname: str, ethnicity: str, relation: str, sex: str, years: int, on: date
) -> dict[str, Any]:
    born = _born(dice, years, on)
    able = 16 <= years <= 60
    return {
        "name": _name(dice, surname if relation not in ("02", "12") else dice.choice(SURNAMES)),
        "sex": sex,
        "born": born,
        "cert_no": numbers.certificate(born, sex),
        "relation_to_head": relation,
        "ethnicity": ethnicity,
        "education": _education(dice, years),
        "student_status": _student(years),
        "health": ["01"],
        "labour_ability": dice.choices(("01", "02"), (9, 1))[0] if able and _student(years) == "01" else "04",
        "work_status": "99",
        "work_months": 0,
        "has_coop_medical": dice.random() < 0.97,
        "has_pension": years >= 16 and dice.random() < 0.8,
        "is_dibao": False,
    }


def _born(dice: random.Random, years: int, on: date) -> date:
    """A day of birth that makes the member ``years`` old on ``on``."""
    last = date(on.year - years, on.month, min(on.day, 28))
    born = last - timedelta(days=dice.randrange(360))
    assert income.age(born, on) == years
    return born


def _name(dice: random.Random, surname: str) -> str:
    second = dice.choice(GIVEN_SECOND) if dice.random() < 0.8 else ""
    return surname + dice.choice(GIVEN_FIRST) + second


def _education(dice: random.Random, years: int) -> str:
    if years < 7:
        return "06"
    if years < 13:
        return "02"
    if years < 16:
        return "03"
    return dice.choices(("01", "02", "03", "04"), (15, 45, 33, 7) if years > 40 else (3, 30, 55, 12))[0]


def _student(years: int) -> str:
    """Everybody of school age goes to school: kindergarten, primary, the grades of middle and high school."""
    if years in range(3, 6):
        return "02"
    if years in range(6, 12):
        return "03"
    return f"{years - 8:02d}" if years in range(12, 18) else "01"
