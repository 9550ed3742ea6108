"""The columns of the statistics table (统计表) and how they add up from village to county (DOMAIN §7)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from service.register.rules import apportionment

LEAVING = ("exit", "cleared")
ENTERING = ("reentry", "new")
COUNTS = (
    "base_households",
    "base_persons",
    *(f"{flow}_{what}" for flow in LEAVING + ENTERING for what in ("households", "persons")),
    "natural_inc",
    "natural_dec",
    "notices",
    "objections",
    "objections_upheld",
    "sampled",
    "sampled_faults",
    "records_due",
    "records_entered",
)


def add(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Sum the counted columns of several units."""
    totals = dict.fromkeys(COUNTS, 0)
    for row in rows:
        for name in COUNTS:
            totals[name] += row.get(name) or 0
    return totals


def complete(counts: Mapping[str, int]) -> dict[str, int | Decimal | None]:
    """Add the derived columns: households and persons after, difference in persons, ratios in percent.

    The ratio of adjustment is persons exiting ÷ base persons; the entry rate is records entered ÷ records due.
    """
    row: dict[str, int | Decimal | None] = {name: counts.get(name) or 0 for name in COUNTS}
    after = {what: _after(counts, what) for what in ("households", "persons")}
    after["persons"] += (counts.get("natural_inc") or 0) - (counts.get("natural_dec") or 0)
    return row | {
        "after_households": after["households"],
        "after_persons": after["persons"],
        "diff": after["persons"] - (counts.get("base_persons") or 0),
        "turnover_pct": apportionment.percentage(counts.get("exit_persons") or 0, counts.get("base_persons") or 0),
        "entry_rate_pct": apportionment.percentage(counts.get("records_entered") or 0, counts.get("records_due") or 0),
    }


def _after(counts: Mapping[str, int], what: str) -> int:
    leaving = sum(counts.get(f"{flow}_{what}") or 0 for flow in LEAVING)
    entering = sum(counts.get(f"{flow}_{what}") or 0 for flow in ENTERING)
    return (counts.get(f"base_{what}") or 0) - leaving + entering
