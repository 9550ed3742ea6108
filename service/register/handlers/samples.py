"""``sample-draw`` and ``sample-result``: spot checks by county and city (DOMAIN §7, dc_check, dm_check)."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service import db, errors
from service.errors import _
from service.identity import models as identity
from service.jobs import handlers
from service.register import cases, decisions, figures, models, runs, scope
from service.register.rules import apportionment, sampling

COUNTY, CITY = "county", "city"


@handlers.handler("sample-draw")
def draw(job: handlers.Job) -> Mapping[str, Any]:
    """Draw the sample of the changed households that pass ``where``, as the decision ``sample_plan`` says.

    Headers ``level`` (county or city), ``seed`` (default a new random one), ``decision``. The county draws within the
    instance's township; the city first draws townships, then villages, then households. Gives ``sample`` (rows with
    case, code, unit, unit_name, township, head_name), ``sample_size`` and ``sample_seed``.
    """
    task = scope.of(job)
    level = task.text("level", COUNTY)
    changed = task.cases()
    seed = task.number("seed", secrets.randbelow(2**31))
    assert seed is not None
    home = _townships(task)
    drawn = {subject.code for subject in _drawn(task, level, seed, _subjects(changed, home))}
    rows = [_row(case, home) for case in changed if cases.code(case) in drawn]
    _record(task, level, seed, len(changed), rows)
    return {"sample": rows, "sample_size": len(rows), "sample_seed": seed}


@handlers.handler("sample-result")
def judge(job: handlers.Job) -> Mapping[str, Any]:
    """Sum up what the inspectors found.

    Header ``answers`` (FEEL list of f_sample answers; default those stored with the cases under header ``element``).
    Gives ``wrong_in_pct``, ``wrong_out_pct``, ``procedural_faults``, ``sample_checked``, ``sample_faults``; whether
    that is good enough is decided by ``sample_passed``.
    """
    task = scope.of(job)
    answers = task.listed("answers") or _stored(task)
    wrong_in = sum(answer.get("wrong_in") is True for answer in answers)
    wrong_out = sum(answer.get("wrong_out") is True for answer in answers)
    procedural = sum(bool(answer.get("procedural_faults")) for answer in answers)
    faulty = sum(_is_faulty(answer) for answer in answers)
    figures.note(task.run_key, task.unit_id, sampled=len(answers), sampled_faults=faulty)
    return {
        "wrong_in_pct": apportionment.percentage(wrong_in, len(answers)) or 0,
        "wrong_out_pct": apportionment.percentage(wrong_out, len(answers)) or 0,
        "procedural_faults": procedural,
        "sample_checked": len(answers),
        "sample_faults": faulty,
    }


def _subjects(changed: Iterable[models.Case], home: Mapping[int, identity.Unit]) -> dict[str, list[sampling.Subject]]:
    """The changed households by the code of their township."""
    found: dict[str, list[sampling.Subject]] = {}
    for case in changed:
        relative = cases.context(case).get("cadre_relative") is True
        subject = sampling.Subject(cases.code(case), case.unit.code, relative)
        found.setdefault(home[case.unit_id].code, []).append(subject)
    return found


def _drawn(
    task: scope.Scope, level: str, seed: int, townships: Mapping[str, Sequence[sampling.Subject]]
) -> Iterator[sampling.Subject]:
    chosen = list(townships)
    if level == CITY:
        total = sum(map(len, townships.values()))
        chosen = sampling.draw_units(townships, int(_plan(task, level, total)["townships"]), seed)
    for code in chosen:
        subjects = townships[code]
        plan = _plan(task, level, len(subjects))
        villages = int(plan["villages"])
        if level == CITY:
            size = int(plan["per_village"])
            yield from sampling.draw_by_village(subjects, seed, villages=villages, per_village=size)
        else:
            relatives = plan.get("relatives") is not False
            size = int(plan["size"])
            yield from sampling.draw(subjects, seed, size=size, villages=villages, relatives=relatives)


def _plan(task: scope.Scope, level: str, changed: int) -> Mapping[str, Any]:
    """What the decision ``sample_plan`` says for so many changed households."""
    inputs = {"level": level, "changed_households": changed}
    plan = decisions.evaluate(task, task.text("decision", "sample_plan"), inputs)
    if not isinstance(plan, Mapping):
        raise errors.Unprocessable(_("The table sample_plan has no row for level %(level)s"), level=level)
    return plan


def _townships(task: scope.Scope) -> dict[int, identity.Unit]:
    """The township of each village in the subtree; a village outside any township stands for itself."""
    townships = {unit.id: unit for unit in runs.below(runs.get(task.run_key).unit_id, "township")}
    home = {}
    for village in runs.below(task.unit_id, "village"):
        home[village.id] = next((townships[key] for key in village.ancestor_ids if key in townships), village)
    return home


def _row(case: models.Case, home: Mapping[int, identity.Unit]) -> dict[str, Any]:
    seen = cases.context(case)
    return {
        "case": str(case.key),
        "code": seen["code"],
        "head_name": seen.get("head_name"),
        "hamlet": seen.get("hamlet"),
        "unit": case.unit.code,
        "unit_name": case.unit.name,
        "township": home[case.unit_id].code,
        "flow": case.flow,
        "registered_income": seen.get("income"),
    }


def _record(task: scope.Scope, level: str, seed: int, pool: int, rows: list[dict[str, Any]]) -> None:
    db.sa.session.add(
        models.Sample(run_key=task.run_key, unit_id=task.unit_id, level=level, seed=seed, pool=pool, rows=rows)
    )


def _stored(task: scope.Scope) -> list[Mapping[str, Any]]:
    element = task.text("element")
    return [case.answers[element] for case in task.cases() if element in case.answers]


def _is_faulty(answer: Mapping[str, Any]) -> bool:
    return answer.get("wrong_in") is True or answer.get("wrong_out") is True or bool(answer.get("procedural_faults"))
