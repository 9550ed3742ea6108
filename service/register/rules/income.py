"""Figures derived from the household form (贫困户登记表), DOMAIN §3.2."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

TRANSFERS = ("t_family_planning", "t_dibao", "t_wubao", "t_pension", "t_ecology", "t_other")
EARNINGS = ("income_wage", "income_business", "income_property")
LABOUR = frozenset({"01", "02"})
ILL = frozenset({"02", "03", "04"})
SERIOUSLY_ILL = "03"
NOT_AT_SCHOOL = "01"
CENT = Decimal("0.01")


def money(value: Any) -> Decimal:
    """An amount in yuan with two decimals, halves upward; nothing entered is zero."""
    return Decimal(value or 0).quantize(CENT, ROUND_HALF_UP)


def net_income(facts: Mapping[str, Any]) -> Decimal:
    """Earnings and transfers less the expense of production, in yuan; may be negative."""
    earned = sum((money(facts.get(name)) for name in EARNINGS + TRANSFERS), Decimal(0))
    return earned - money(facts.get("expense_production"))


def per_capita(net: Decimal, persons: int) -> Decimal | None:
    """Net income ÷ persons in yuan, two decimals, halves upward; None for a household without members."""
    return (net / persons).quantize(CENT, ROUND_HALF_UP) if persons > 0 else None


def labourers(members: Sequence[Mapping[str, Any]]) -> int:
    """Members with ordinary or skilled labour ability."""
    return sum(member.get("labour_ability") in LABOUR for member in members)


def age(born: date, on: date) -> int:
    """Full years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def housing_gap(facts: Mapping[str, Any]) -> bool:
    """The dwelling is of danger level C or D (危房)."""
    return facts.get("danger_level") in ("C", "D")


def education_gap(members: Sequence[Mapping[str, Any]], on: date) -> bool:
    """A member of 6 to 15 years is not at school; ``on`` is the reference point."""
    return any(
        member.get("student_status", NOT_AT_SCHOOL) == NOT_AT_SCHOOL and 6 <= age(member["born"], on) <= 15
        for member in members
        if member.get("born") is not None
    )


def health_gap(members: Sequence[Mapping[str, Any]]) -> bool:
    """A member is ill or disabled without cooperative medical care (新农合), or has a serious illness."""
    return any(_health_unmet(set(member.get("health") or ()), member) for member in members)


def _health_unmet(health: set[str], member: Mapping[str, Any]) -> bool:
    return SERIOUSLY_ILL in health or (bool(health & ILL) and not member.get("has_coop_medical"))
