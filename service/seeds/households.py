"""Households of a village, invented so that the rules have something to decide (DOMAIN §8.2, §8.3).

The drafts are plain values; ``service.seeds.storage`` writes them. The same seed and village give the same households.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from service.register.rules import income
from service.seeds import people

REFERENCE_POINT = date(2013, 12, 31)
POVERTY_LINE = Decimal(2736)
CENT = Decimal("0.01")
NEEDS = ("发展养殖", "技能培训", "小额贷款", "危房改造", "子女就学")
PLAIN_CAUSES = ("05", "07", "08", "09", "10", "11")
NOTHING_EXCLUDES: dict[str, Any] = {
    "ex_luxury_house": False,
    "ex_town_property": False,
    "ex_company": False,
    "ex_vehicle_yuan": Decimal(0),
    "ex_public_payroll": False,
    "ex_years_away": Decimal(0),
    "ex_unwilling": False,
    "ex_split": False,
}
EXCLUSIONS: tuple[dict[str, Any], ...] = (
    {"ex_luxury_house": True},
    {"ex_town_property": True},
    {"ex_company": True},
    {"ex_vehicle_yuan": Decimal(45000)},
    {"ex_public_payroll": True},
    {"ex_years_away": Decimal(4)},
    {"ex_split": True},
)
"""What a visit finds at a household that is ineligible (一票否决), DOMAIN §6.1."""


@dataclass(frozen=True)
class Place:
    """Where households are made: a village with its hamlets (自然屯)."""

    unit_id: int
    code: str
    name: str
    hamlets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A household before it is stored; ``facts`` are the amounts and conditions of its form."""

    place: Place
    code: str
    hamlet: str
    group_no: str
    phone: str
    members: tuple[dict[str, Any], ...]
    facts: dict[str, Any]
    main_cause: str
    attr: str
    registered: bool
    left: bool = False
    prior: bool = False
    relative: bool = False

    @property
    def persons(self) -> int:
        """Members of the household."""
        return len(self.members)

    @property
    def per_capita(self) -> Decimal:
        """Per-capita net income in yuan, as the form gives it."""
        each = income.per_capita(income.net_income(self.facts), self.persons)
        assert each is not None
        return each


@dataclass(frozen=True)
class Share:
    """So many persons of one kind: ``poor`` or not, on the register or not, earlier on it (``left``) or not."""

    persons: int
    poor: bool
    registered: bool = False
    left: bool = False
    near: bool = False

    @property
    def risen(self) -> bool:
        """On the register, and well above the line with no gap left: a household that may exit."""
        return self.registered and not self.poor and not self.near


def village(place: Place, shares: Sequence[Share], numbers: people.Numbers, seed: int) -> Iterator[Draft]:
    """The households of one village, share by share, with running codes."""
    dice = random.Random(f"{seed}:{place.code}")  # noqa: S311 - invented data that can be made again
    serial = 0
    for share in shares:
        for size in people.sizes(dice, share.persons):
            serial += 1
            yield _household(dice, place, f"{place.code}{serial:04d}", share, size, numbers)


def applicants(persons: int, spare: Decimal = Decimal("0.15")) -> list[Share]:
    """A village of tree A: ``persons`` poor ones as reported, and some above the line who apply all the same."""
    extra = int(persons * spare)
    return [Share(persons, poor=True), Share(extra, poor=False, near=True), Share(extra // 2, poor=False)]


def registered(persons: int, exits: int) -> list[Share]:
    """A village of tree B: ``persons`` on the register, ``exits`` of them risen well above the line, some just above.

    Beside them live others who would enter.
    """
    barely = persons * 8 // 100
    return [
        Share(persons - exits - barely, poor=True, registered=True),
        Share(exits, poor=False, registered=True),
        Share(barely, poor=False, registered=True, near=True),
        Share(persons * 20 // 100, poor=True),
        Share(persons * 5 // 100, poor=True, left=True),
        Share(persons * 3 // 100, poor=False, near=True),
    ]


def described(
    place: Place, code: str, persons: int, per_capita: Decimal, numbers: people.Numbers, **more: Any
) -> Draft:
    """A household of so many persons with exactly this per-capita net income in yuan, housed and healthy.

    `more` sets the draft's other fields; its `facts` come on top of the household's own.
    """
    dice = random.Random(code)  # noqa: S311 - invented data that can be made again
    members = people.family(dice, numbers, persons, REFERENCE_POINT)
    facts = _conditions(dice, Share(persons, poor=True)) | {"danger_level": "0"}
    known = {"hamlet": "", "group_no": "1", "main_cause": PLAIN_CAUSES[0], "attr": "01", "registered": False, **more}
    known |= {"place": place, "code": code, "phone": numbers.phone(), "members": tuple(members)}
    draft = Draft(**{**known, "facts": facts})
    return replace(draft, facts=facts | _amounts(dice, draft, per_capita) | more.get("facts", {}))


def _household(dice: random.Random, place: Place, code: str, share: Share, size: int, numbers: people.Numbers) -> Draft:
    members = people.family(dice, numbers, size, REFERENCE_POINT)
    cause = _cause(dice, members)
    attr = _attribute(dice, members, share.poor)
    if share.risen:
        _insure(members)
    hamlet = dice.choice(place.hamlets) if place.hamlets else ""
    group = dice.randint(1, 12)
    draft = Draft(
        place=place,
        code=code,
        hamlet=hamlet or f"第{group}组",
        group_no=str(group),
        phone=numbers.phone(),
        members=tuple(members),
        facts=_conditions(dice, share),
        main_cause=cause,
        attr=attr,
        registered=share.registered,
        left=share.left,
        prior=share.registered or share.left or (share.poor and dice.random() < 0.5),
        relative=dice.random() < 0.01,
    )
    return replace(draft, facts=draft.facts | _amounts(dice, draft, _target(dice, share)))


def _cause(dice: random.Random, members: list[dict[str, Any]]) -> str:
    """The main cause (致贫原因), with the illness, disability or student it needs (DOMAIN §3.6)."""
    roll = dice.random()
    grown = dice.choice([member for member in members if member["labour_ability"] != ""])
    if roll < 0.22:
        grown["health"] = [dice.choice(("02", "02", "03"))]
        return "01"
    if roll < 0.30:
        grown["health"] = ["04"]
        return "02"
    if roll < 0.40 and any(member["student_status"] != "01" for member in members):
        return "03"
    return dice.choice(PLAIN_CAUSES)


def _insure(members: list[dict[str, Any]]) -> None:
    """Give everybody the cooperative medical insurance, and nobody a serious illness."""
    for member in members:
        member["has_coop_medical"] = True
        member["health"] = ["02" if code == "03" else code for code in member["health"]]


def _attribute(dice: random.Random, members: list[dict[str, Any]], poor: bool) -> str:
    """Ordinary, or low-income guarantee (低保) with the head on it."""
    if poor and dice.random() < 0.18:
        members[0]["is_dibao"] = True
        return "04"
    return "01"


def _target(dice: random.Random, share: Share) -> Decimal:
    """The per-capita income to reach: below the line, around one and a half times it, or well above."""
    if share.poor:
        yuan = dice.triangular(900, float(POVERTY_LINE) - 0.01, 2300)
        return min(Decimal(yuan).quantize(CENT), POVERTY_LINE - CENT)
    safe = POVERTY_LINE * Decimal("1.5")
    low, high = (safe if share.risen else Decimal(3200)), Decimal(9000)
    if share.near:
        low, high = POVERTY_LINE, POVERTY_LINE * Decimal("1.4")
    return (low + (high - low) * Decimal(dice.random())).quantize(CENT)


def _amounts(dice: random.Random, draft: Draft, target: Decimal) -> dict[str, Any]:
    """Amounts whose net is ``target`` a head: guarantee money, a harvest with its costs, wages for the rest.

    Who lost money spent more than the harvest brought.
    """
    net = target * draft.persons
    dibao = max(min(net, Decimal(1200)), Decimal(0)).quantize(CENT) if draft.members[0]["is_dibao"] else Decimal(0)
    rest = net - dibao
    expense = (abs(rest) * Decimal(dice.uniform(0.05, 0.3))).quantize(CENT)
    harvest = (abs(rest) * Decimal(dice.uniform(0.1, 0.6))).quantize(CENT) + expense
    if rest < 0:
        expense = harvest - rest
    return {
        "income_wage": rest - harvest + expense,
        "income_business": harvest,
        "income_property": Decimal(0),
        **dict.fromkeys(income.TRANSFERS, Decimal(0)),
        "t_dibao": dibao,
        "expense_production": expense,
    }


def _conditions(dice: random.Random, share: Share) -> dict[str, Any]:
    """Land, house and what a visit finds; one registered and well risen has no gap left."""
    arable = Decimal(dice.randint(5, 60)) / 10
    gap = dice.random() < (0.3 if share.poor else 0.4 if share.near else 0)
    safe = dice.random() < 0.8
    excluded = not share.poor and not share.registered and not share.near and dice.random() < 0.5
    return {
        "land_arable": arable,
        "land_irrigated": (arable / 2).quantize(CENT),
        "land_forest": Decimal(dice.randint(0, 200)) / 10,
        **dict.fromkeys(("land_reforested", "land_fruit", "land_pasture", "water_area"), Decimal(0)),
        "id_standard": "1",
        "house_area": Decimal(dice.randint(30, 140)),
        "house_structure": "05",
        "danger_level": dice.choice("CD") if gap else "0",
        "entry_road_type": dice.choice(("01", "02", "03")),
        "road_distance_km": Decimal(dice.randint(0, 45)) / 10,
        "main_fuel": "01",
        "power_living": True,
        "power_production": dice.random() < 0.6,
        "has_tv": True,
        "sanitary_toilet": dice.random() < 0.3,
        "water_safe": safe,
        "water_difficult": not safe,
        "needs": dice.choice(NEEDS),
        **NOTHING_EXCLUDES,
        **(dice.choice(EXCLUSIONS) if excluded else {}),
        "special_cause": False,
    }
