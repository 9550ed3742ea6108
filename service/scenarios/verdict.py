"""Does the end of a run fulfil what the scenario expects?"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service import db, errors, feel
from service.errors import _
from service.scenarios import view
from service.scenarios.scenario import Scenario
from service.workflow import models


def judge(scenario: Scenario, root_key: int, end: Mapping[str, Any]) -> list[str]:
    """The expectations that do not hold at the end of a run (`view.of_run`), as sentences."""
    expect, seen = scenario.expect, {**scenario.given, **end}
    root = db.sa.session.get_one(models.ProcessInstance, root_key)
    failures = []
    if root.state != expect.state:
        state = errors.localize(_("The instance is %(state)s, not %(wanted)s."), state=root.state, wanted=expect.state)
        failures.append(f"{state}{_where(root_key)}")
    failures += [
        errors.localize(_("End event %(event)s was not reached."), event=event)
        for event in expect.ended
        if event not in root.end_events
    ]
    passed = seen["passed"]
    failures += [errors.localize(_("%(node)s was not passed."), node=n) for n in expect.passed if n not in passed]
    failures += [errors.localize(_("%(node)s was passed."), node=n) for n in expect.not_passed if n in passed]
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
    return errors.localize(_(" It waits in %(places)s."), places=", ".join(places[:12])) if places else ""


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
    text = _("%(count)s open incidents instead of %(wanted)s: %(texts)s")
    return [errors.localize(text, count=len(found), wanted=expected, texts=" | ".join(texts[:5]))]


def _variables(seen: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    found = seen["variables"]
    wanted = {name: view.evaluate(value, seen) for name, value in expected.items()}
    return [
        errors.localize(
            _("Variable %(name)s is %(found)s, not %(wanted)s."),
            name=name,
            found=feel.to_text(found.get(name)),
            wanted=feel.to_text(value),
        )
        for name, value in wanted.items()
        if found.get(name) != value
    ]


def _assertion(text: str, seen: Mapping[str, Any]) -> str | None:
    try:
        value, warnings = feel.evaluate_with_warnings(text.removeprefix("="), seen)
    except feel.FeelError as error:
        return f"{text}: {error}"
    if value is True:
        return None
    why = "; ".join(str(w) for w in warnings[:3])
    told = errors.localize(_("%(assertion)s is %(found)s"), assertion=text, found=feel.to_text(value))
    return f"{told} ({why})" if why else told
