"""A small roster: the households of the upper village, which its committee verifies and votes on."""

import sqlalchemy as sqla

from service import db
from service.identity import people, units
from service.register import households, models
from service.workflow import models as workflow
from tests.web.conftest import PASSWORD, ROOT, deploy, start

FORMS = ("f_verify", "f_vote", "f_list_done")
ANSWER = {"verify_opinion": "同意", "verified_by": "石清", "verified_on": "2026-07-10"}


def prepare(unit, count=3, **properties):
    """Vera and Vito are of the village's committee; `properties` go to the task that verifies."""
    for name in ("vera", "vito"):
        people.add(name, name.title(), PASSWORD)
        people.join(name, "village_committee", units.get(unit))
    drawing = (ROOT / "tests" / "web" / "visiting.bpmn").read_text(encoding="utf-8")
    for name, value in properties.items():
        text = value.replace("&", "&amp;").replace('"', "&#34;")
        mark = '<zeebe:property name="rosterForm" value="f_verify" />'
        drawing = drawing.replace(mark, f'{mark}<zeebe:property name="{name}" value="{text}" />')
    deploy(
        {
            "visiting.bpmn": drawing.encode(),
            "review_rules.dmn": (ROOT / "processes" / "review_rules.dmn").read_bytes(),
            **{f"{n}.form": (ROOT / "forms" / f"{n}.form").read_bytes() for n in FORMS},
        }
    )
    settle(unit, count)


def settle(unit, count):
    """Enter households named 吴文0, 吴文1 … without members."""
    with db.transaction():
        for number in range(count):
            households.create(unit, {"head_name": f"吴文{number}", "hamlet": "上寨屯", "members": []})


def tasks(**variables):
    """The keys of the tasks to verify and to vote, in a new run."""
    start("visiting", unit="4502-e-u", **variables)
    task = workflow.UserTask
    found = dict(db.sa.session.execute(sqla.select(task.element_id, task.key).where(task.state == "CREATED")).all())
    return found["Task_Verify"], found["Task_Vote"]


def cases():
    """All cases as they are in the database now."""
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return list(db.sa.session.scalars(sqla.select(models.Case).order_by(models.Case.key)))
