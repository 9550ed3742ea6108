"""``base-snapshot`` and ``balance-figures``: totals that stay constant per township (DOMAIN §1.4, §6.6, A1–A4)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service import clock, errors
from service.errors import _
from service.identity import models as identity
from service.jobs import handlers
from service.register import decisions, figures, models, runs, scope
from service.register.rules import apportionment

SPLIT = "proportional_split"


@handlers.handler("base-snapshot")
def freeze(job: handlers.Job) -> Mapping[str, Any]:
    """Freeze the registered persons per village and township, and propose each township's exit target.

    Headers ``ratio`` (else the variable ``adjust_ratio``), ``decision`` (default ``proportional_split``). Gives
    ``township_targets`` (rows of the form f_targets), ``base_total``, ``exit_total``. A base once frozen stays as it is
    (DOMAIN A2).
    """
    task = scope.of(job)
    run = runs.get(task.run_key)
    townships = runs.below(task.unit_id, "township")
    villages = _frozen(run, townships)
    ratio = task.value("ratio", task.variables.get("adjust_ratio"))
    if not isinstance(ratio, Decimal):
        text = _("%(element)s needs the header %(name)s or the variable %(fallback)s")
        raise errors.Invalid(text, element=task.element_id, name="ratio", fallback="adjust_ratio")
    rows = [_township(township, villages) for township in townships]
    total = apportionment.half_up(Fraction(sum(row["base_persons"] for row in rows)) * Fraction(ratio))
    parts = [{"unit": row["unit"], "weight": row["base_persons"]} for row in rows]
    inputs = {"parts": parts, "total": total, "ratio": ratio}
    shares = decisions.evaluate(task, task.text("decision", SPLIT), inputs) or []
    by_unit = {share["unit"]: int(share["quota"]) for share in shares}
    targets = [{**row, "exit_target": by_unit.get(row["unit"], 0)} for row in rows]
    fix_targets(task.run_key, townships, targets)
    return {"township_targets": targets, "base_total": sum(row["base_persons"] for row in rows), "exit_total": total}


@handlers.handler("targets-fix")
def fix(job: handlers.Job) -> Mapping[str, Any]:
    """Store the exit targets as the county corrected them. Header ``targets`` (default ``township_targets``)."""
    task = scope.of(job)
    rows = task.listed("targets") or task.variables.get("township_targets") or []
    fix_targets(task.run_key, runs.below(task.unit_id, "township"), rows)
    return {"exit_total": sum(int(row["exit_target"]) for row in rows)}


@handlers.handler("balance-figures", only_reads=True)
def balance(job: handlers.Job) -> Mapping[str, Any]:
    """Give what the decision ``adjust_balance`` needs for a township, in persons.

    Headers ``where`` (the cases that count; each by its flow 脱贫, 清退, 返贫 or 新增) and ``waiting`` (default those
    in state 候补). Gives ``base``, ``exit``, ``cleared``, ``reentry``, ``new``, ``natural_inc``, ``natural_dec``,
    ``exit_target``, ``smallest_exit`` and ``smallest_waiting`` (null where there is none).
    """
    task = scope.of(job)
    counted, waiting = task.cases(), task.cases("waiting", 'case.state = "候补"')
    sizes = {name: [case.persons for case in counted if case.flow == flow] for flow, name in figures.FLOWS.items()}
    scale = runs.scale(task.run_key, task.unit_id)
    _households, base = figures.frozen_base(task.run_key, task.unit_id)
    return {
        "base": base,
        **{name: sum(persons) for name, persons in sizes.items()},
        **figures.natural(task.run_key, task.unit_id),
        "exit_target": (scale.exit_target or 0) if scale else 0,
        "smallest_exit": min(sizes["exit"], default=None),
        "smallest_waiting": min((case.persons for case in waiting), default=None),
    }


def fix_targets(run_key: int, townships: Sequence[identity.Unit], rows: Sequence[Mapping[str, Any]]) -> None:
    """Store exit targets of townships by code; a township without a row keeps its own."""
    by_code = {township.code: township.id for township in townships}
    found = [row for row in rows if row["unit"] in by_code]
    runs.set_scales(
        run_key, [{"unit_id": by_code[row["unit"]], "exit_target": int(row["exit_target"])} for row in found]
    )


def _frozen(run: models.Run, townships: Sequence[identity.Unit]) -> dict[int, tuple[int, int, str]]:
    """Base per village: households, persons, path. What an earlier call froze is kept."""
    held = runs.frozen(run.key)
    if not held:
        counted = {unit_id: (households, int(persons)) for unit_id, households, persons in figures.base(run.unit_id)}
        villages = runs.below(run.unit_id, "village")
        rows = [
            {
                "unit_id": village.id,
                "base_households": counted.get(village.id, (0, 0))[0],
                "base_persons": counted.get(village.id, (0, 0))[1],
                "frozen_at": clock.now(),
            }
            for village in villages
        ]
        runs.set_scales(run.key, rows)
        held = runs.frozen(run.key)
    return held


def _township(township: identity.Unit, villages: Mapping[int, tuple[int, int, str]]) -> dict[str, Any]:
    inside = [base for base in villages.values() if base[2].startswith(township.path)]
    return {
        "unit": township.code,
        "name": township.name,
        "base_households": sum(base[0] for base in inside),
        "base_persons": sum(base[1] for base in inside),
    }
