"""Does the end of a run fulfil what the scenario expects?"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service import db, engine, feel
from service.scenarios import view
from service.scenarios.scenario import Scenario
from service.workflow import models


def judge(scenario: Scenario, root_key: int, end: Mapping[str, Any]) -> list[str]:
    """The expectations that do not hold at the end of a run (`view.of_run`), as sentences."""
    expect, seen = scenario.expect, {**scenario.given, **end}
    root = db.sa.session.get_one(models.ProcessInstance, root_key)
    failures = []
    if root.state != expect.state:
        failures.append(f"the instance is {root.state}, not {expect.state}{_where(root_key)}")
    failures += [
        f"end event {e} was not reached ({', '.join(root.end_events)})"
        for e in expect.ended
        if e not in root.end_events
    ]
    failures += [f"{e} was not passed" for e in expect.passed if e not in seen["passed"]]
    failures += [f"{e} was passed" for e in expect.not_passed if e in seen["passed"]]
    failures += _incidents(root_key, expect.incidents)
    failures += _variables(seen, expect.variables)
    failures += [text for a in expect.asserts if (text := _assertion(a, seen))]
    return failures


def _where(root_key: int) -> str:
    instance, element = models.ProcessInstance, models.ElementInstance
    open_ = db.sa.session.execute(
        select(element.element_id, instance.process_id)
        .join(instance, instance.key == element.instance_key)
        .where(instance.root_key == root_key, element.token.is_not(None), element.type != "PROCESS")
        .limit(200)
    )
    places = sorted({f"{process}.{e}" for e, process in open_})
    return f"; tokens wait in {', '.join(places[:12])}" if places else ""


def _incidents(root_key: int, expected: int) -> list[str]:
    incident, instance = models.Incident, models.ProcessInstance
    found = db.sa.session.scalars(
        select(incident)
        .join(instance, instance.key == incident.instance_key)
        .where(instance.root_key == root_key, incident.state == "ACTIVE")
    ).all()
    if len(found) == expected:
        return []
    texts = sorted({f"{i.element_id}: {i.message}" for i in found})
    return [f"{len(found)} open incidents instead of {expected}: {' | '.join(texts[:5])}"]


def _variables(seen: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    found = seen["variables"]
    wanted = {name: view.evaluate(value, seen) for name, value in expected.items()}
    return [f"{n} is {found.get(n)!r}, not {v!r}" for n, v in wanted.items() if found.get(n) != v]


def _assertion(text: str, seen: Mapping[str, Any]) -> str | None:
    try:
        value, warnings = feel.evaluate_with_warnings(text.removeprefix("="), seen)
    except feel.FeelError as error:
        return f"{text}: {error}"
    if value is True:
        return None
    why = "; ".join(str(w) for w in warnings[:3])
    return f"{text} is {engine.normalise(value)!r}" + (f" ({why})" if why else "")
