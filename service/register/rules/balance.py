"""The balance of one township in the yearly adjustment, in persons (DOMAIN §6.6, A1–A4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Turnover = Literal["over", "under", "on"]


@dataclass(frozen=True)
class Flows:
    """Persons entering and leaving: 脱贫 exit, 清退 cleared, 返贫 reentry, 新增 new, 自然增减 natural changes.

    ``exiting`` and ``waiting`` are the sizes of the exiting and of the waiting households.
    """

    base: int
    exit_target: int
    cleared: int = 0
    natural_dec: int = 0
    reentry: int = 0
    new: int = 0
    natural_inc: int = 0
    exiting: Sequence[int] = field(default=())
    waiting: Sequence[int] = field(default=())


@dataclass(frozen=True)
class Balance:
    """Inputs of the decision ``adjust_balance``."""

    exit: int
    after: int
    diff: int
    fit: bool
    turnover: Turnover
    smallest_exit: int | None


def weigh(flows: Flows) -> Balance:
    """Compute what the decision table needs.

    ``fit`` says whether a waiting household is small enough for the free places; it is false when none is free.
    """
    leaving = sum(flows.exiting)
    entering = flows.reentry + flows.new + flows.natural_inc
    after = flows.base - leaving - flows.cleared - flows.natural_dec + entering
    free = flows.base - after
    return Balance(
        exit=leaving,
        after=after,
        diff=after - flows.base,
        fit=any(size <= free for size in flows.waiting),
        turnover=turnover(flows.exiting, flows.exit_target),
        smallest_exit=min(flows.exiting, default=None),
    )


def turnover(exiting: Sequence[int], target: int) -> Turnover:
    """Compare the persons exiting with the target.

    Since households are not split, the target may be passed by less than the smallest exiting household.
    """
    leaving = sum(exiting)
    if leaving < target:
        return "under"
    if exiting and leaving - target >= min(exiting):
        return "over"
    return "on"
