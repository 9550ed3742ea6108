"""May this person do this to that? Alice has the task, Bob may, Charlie is a stranger."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sqla

from service import db, errors
from service.identity import SYSTEM, access, people

tasks = sqla.Table(
    "pretended_tasks",
    sqla.MetaData(),
    sqla.Column("name", sqla.Text),
    sqla.Column("assignee", sqla.Text),
    sqla.Column("candidates", sqla.ARRAY(sqla.Text)),
    sqla.Column("unit_id", sqla.BigInteger),
    prefixes=["TEMPORARY"],
)


@dataclass
class Task:
    unit_id: int | None
    assignee: str | None = None
    candidates: list[str] = field(default_factory=list)
    copied_to: list[str] = field(default_factory=list)
    completed_by: str | None = None
    started_by: str = "somebody"
    parent_key: int | None = None


@pytest.fixture
def cast(county, official):
    """Alice and Bob of the upper village's committee, Charlie of the lower one's, and who looks after them."""
    return {
        "alice": official("alice", "village_committee", county.upper),
        "bob": official("bob", "village_committee", county.upper),
        "charlie": official("charlie", "village_committee", county.lower),
        "clerk": official("clerk", "township_clerk", county.east),
        "farmer": official("farmer", "household", county.hamlet),
        "super": official("super", "supervisor", county.east),
        "western": official("western", "supervisor", county.west),
        "designer": official("designer", "designer", county.county),
        "admin": official("admin", "admin", county.county),
    }


def who_may(cast, action, subject):
    return [name for name, person in cast.items() if access.allowed(person, action, subject)]


def test_an_offered_task_is_for_its_candidates(cast, county):
    task = Task(county.upper.id, candidates=[f"village_committee@{county.upper.id}"])
    assert who_may(cast, "task.complete", task) == ["alice", "bob", "admin"]
    assert who_may(cast, "task.claim", task) == ["alice", "bob", "admin"]
    assert who_may(cast, "task.read", task) == ["alice", "bob", "super", "admin"]
    assert who_may(cast, "task.assign", task) == ["super", "admin"]


def test_a_task_that_somebody_has_is_his_to_complete(cast, county):
    task = Task(county.upper.id, "alice", [f"village_committee@{county.upper.id}"])
    assert who_may(cast, "task.complete", task) == ["alice", "admin"]
    assert who_may(cast, "task.unassign", task) == ["alice", "super", "admin"]
    assert who_may(cast, "task.read", task) == ["alice", "bob", "super", "admin"]


def test_a_task_offered_by_name_is_for_that_person_alone(cast, county):
    task = Task(county.upper.id, candidates=["user:charlie"])
    assert who_may(cast, "task.complete", task) == ["charlie", "admin"]


def test_a_task_for_any_office_holder_of_the_township(cast, county):
    task = Task(county.east.id, candidates=[f"township@{county.east.id}"])
    assert who_may(cast, "task.complete", task) == ["clerk", "admin"]


def test_instances_are_started_by_office_holders_at_or_above_the_unit(cast, county):
    assert who_may(cast, "instance.create", Task(county.upper.id)) == [
        "alice",
        "bob",
        "clerk",
        "super",
        "designer",
        "admin",
    ]
    assert who_may(cast, "instance.create", Task(county.west.id)) == ["western", "designer", "admin"]


@pytest.mark.parametrize(
    "action", ["instance.cancel", "instance.read", "instance.modify", "incident.resolve", "variables.set"]
)
def test_only_supervisors_of_the_subtree_intervene(cast, county, action):
    assert who_may(cast, action, Task(county.upper.id)) == ["super", "admin"]
    assert who_may(cast, action, county.hamlet) == ["super", "admin"]
    assert who_may(cast, action, Task(None)) == ["admin"]


def test_designers_deploy_and_nobody_but_administrators_manages_people(cast):
    assert who_may(cast, "deployment.create", None) == ["designer", "admin"]
    assert who_may(cast, "user.manage", None) == ["admin"]
    assert who_may(cast, "message.publish", "name") == ["admin"]


def test_the_system_may_do_everything(county):
    assert all(access.allowed(SYSTEM, action, Task(county.upper.id)) for action in access.actions())


def test_a_copy_lets_read_and_nothing_else(cast, county):
    task = Task(county.upper.id, candidates=[f"village_committee@{county.upper.id}"], copied_to=["charlie"])
    assert who_may(cast, "task.read", task) == ["alice", "bob", "charlie", "super", "admin"]
    assert who_may(cast, "task.complete", task) == ["alice", "bob", "admin"]
    for action in ("task.claim", "task.send_back", "task.transfer", "task.delegate", "task.copy"):
        assert "charlie" not in who_may(cast, action, task)


def test_only_who_completed_a_task_may_take_it_back(cast, county):
    task = Task(county.upper.id, candidates=[f"village_committee@{county.upper.id}"], completed_by="bob")
    assert who_may(cast, "task.take_back", task) == ["bob", "admin"]


def test_a_person_without_any_role_may_do_nothing_to_anything(county):
    nobody = people.add("nobody", "N")
    task = Task(county.upper.id, candidates=[f"village_committee@{county.upper.id}"])
    assert [each for each in access.actions() if access.allowed(nobody, each, task)] == ["deployment.read"]


def test_a_refusal_names_person_and_action(cast, county):
    with pytest.raises(errors.Forbidden, match=r"charlie may not do this \(instance.cancel\)"):
        access.ensure(cast["charlie"], "instance.cancel", Task(county.upper.id))


def test_an_action_without_a_rule_is_a_mistake_of_ours(cast):
    with pytest.raises(LookupError, match=r"'cow\.milk'; register one"):
        access.allowed(cast["admin"], "cow.milk")
    access.register("cow.milk", access.any_of(access.holding("household"), access.supervising))
    assert who_may(cast, "cow.milk", None) == ["farmer", "super", "western", "admin"]


def test_the_query_shows_exactly_the_tasks_that_may_be_read(cast, county):
    rows = {
        "offered": Task(county.upper.id, None, [f"village_committee@{county.upper.id}"]),
        "taken": Task(county.upper.id, "alice", [f"village_committee@{county.upper.id}"]),
        "by name": Task(county.lower.id, None, ["user:bob"]),
        "township": Task(county.east.id, None, [f"township@{county.east.id}"]),
        "west": Task(county.west.id, None, [f"township_clerk@{county.west.id}"]),
        "nowhere": Task(None, None, []),
    }
    tasks.create(db.sa.session.connection())
    for name, row in rows.items():
        db.sa.session.execute(
            tasks.insert().values(name=name, assignee=row.assignee, candidates=row.candidates, unit_id=row.unit_id)
        )
    for person in (*cast.values(), SYSTEM):
        visible = access.visible_tasks(
            person, assignee=tasks.c.assignee, candidates=tasks.c.candidates, unit_id=tasks.c.unit_id
        )
        seen = set(db.sa.session.scalars(sqla.select(tasks.c.name).where(visible)))
        assert seen == {name for name, row in rows.items() if access.allowed(person, "task.read", row)}, person
        units = access.visible_units(person, tasks.c.unit_id)
        seen = set(db.sa.session.scalars(sqla.select(tasks.c.name).where(units)))
        assert seen == {name for name, row in rows.items() if access.allowed(person, "instance.read", row)}, person
    tasks.drop(db.sa.session.connection())


OWN_JUDGEMENT = re.compile(
    r"\.is_system\b|sees_everything|supervised_units|\bin \w+\.roles\b|\.roles\.(?:intersection|isdisjoint)"
)


def test_no_part_decides_by_itself_what_somebody_may_do():
    service = Path(access.__file__).parents[1]
    others = (path for path in service.rglob("*.py") if path.parent.name != "identity")
    assert [str(path) for path in others if OWN_JUDGEMENT.search(path.read_text(encoding="utf-8"))] == []
