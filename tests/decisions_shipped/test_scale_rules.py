"""Sums of quotas and their split by largest remainder: DOMAIN §8.2, §8.3, scenario 1 of §10."""

from decimal import Decimal

import pytest

from tests.decisions_shipped.tables import decide

REPORTED = [232, 402, 268, 365, 214, 248, 306, 221]
QUOTAS = [211, 366, 244, 332, 195, 226, 278, 201]
BASES = [1200 + 137 * number % 900 for number in range(1, 39)]


def check(quotas: list[int | Decimal | None], total: int) -> tuple[bool, str]:
    result = decide("scale_rules", "scale_check", quotas=[{"quota": quota} for quota in quotas], total=total)
    return result["ok"], result["reason"]


def split(weights: list[int], total: int, ratio: Decimal | None = None) -> list[int]:
    parts = [{"unit": f"{number:02d}", "weight": weight} for number, weight in enumerate(weights, 1)]
    rows = decide("scale_rules", "proportional_split", parts=parts, total=total, ratio=ratio)
    assert [row["unit"] for row in rows] == [part["unit"] for part in parts]
    return [int(row["quota"]) for row in rows]


def test_quotas_must_add_up_to_the_last_person() -> None:
    assert check(list(QUOTAS), 2053) == (True, "合计与下达指标相符")
    assert check([*QUOTAS[:-1], 200], 2053) == (False, "少分 1 人")
    assert check([*QUOTAS[:-1], 202], 2053) == (False, "多分 1 人")


@pytest.mark.parametrize("bad", [Decimal("-1"), Decimal("0.5")])
def test_negative_and_broken_quotas_are_refused_even_if_the_sum_is_right(bad: Decimal) -> None:
    assert check([bad, Decimal(10) - bad], 10) == (False, "指标必须是不小于零的整数")


def test_a_quota_that_is_missing_is_refused() -> None:
    assert check([5, None], 5)[0] is False


def test_the_township_of_eight_villages_is_split_as_in_the_domain_page() -> None:
    assert split(REPORTED, 2053) == QUOTAS


def test_the_county_of_38_townships_adds_up_to_its_rounded_fifth() -> None:
    assert sum(BASES) == 62517
    targets = split(BASES, 12503, Decimal("0.20"))
    assert sum(targets) == 12503
    assert (targets[0], targets[37]) == (267, 381)
    assert all(abs(target - Decimal(base) / 5) < 1 for target, base in zip(targets, BASES, strict=True))


def test_equal_remainders_go_to_the_lower_code() -> None:
    assert split([1, 1, 1], 2) == [1, 1, 0]


def test_a_control_figure_far_from_the_ratio_is_split_by_weight() -> None:
    assert split([100, 300], 40, Decimal("0.20")) == [10, 30]
