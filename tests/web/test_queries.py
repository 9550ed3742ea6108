"""However much there is to show, a page asks the database as often: one of each thing first, then many."""

import pytest
import sqlalchemy as sqla

from service import clock, db
from service.identity import people, units
from service.notices import models as notices
from service.register import runs
from service.supervision import models as supervision
from service.workflow import models, remarks
from tests.web import drawings
from tests.web.conftest import deploy, start
from tests.web.visitor import Visitor

MANY = 6


@pytest.fixture
def worker():
    """None: nothing is done in the background here."""


@pytest.fixture
def key(county):
    """The key of the first task of a check in the east."""
    deploy(drawings.files())
    start("checking", name="吴文安")
    return db.sa.session.scalar(sqla.select(models.UserTask.key))


def again(row, **changed):
    """Add the same row once more with something changed."""
    values = {column.key: getattr(row, column.key) for column in sqla.inspect(type(row)).column_attrs}
    made = type(row)(**{**values, "key": db.next_key(), **changed})
    db.sa.session.add(made)
    db.sa.session.flush()
    return made


def somebody():
    """The user name of a new colleague."""
    name = f"person{db.next_key()}"
    people.add(name, name.title())
    return name


def test_a_task_with_a_long_history_remarks_files_drafts_and_copies(app, key):
    def happen():
        name = somebody()
        with db.transaction() as session:
            task = session.get_one(models.UserTask, key)
            past = again(task, state="COMPLETED", completed_at=clock.now(), completed_by=name, assignee=name)
            for each in (past, task):
                about = {"person": name, "at": clock.now()}
                session.add(
                    models.Attachment(task_key=each.key, id=name, position=0, name="a", type="b", digest=b"", **about)
                )
                said = {"task_key": each.key, "instance_key": each.instance_key, "kind": remarks.COMMENT, "text": "好"}
                session.add(remarks.Remark(key=db.next_key(), to=name, **said, **about))
            session.add(models.Draft(task_key=key, person=name, sealed=b"", saved_at=clock.now()))
            task.copied_to = [*task.copied_to, name]

    _as_often(app, "bob", f"/tasks/{key}", happen)


def test_an_instance_with_incidents_audit_and_many_hands(app, key):
    instance = db.sa.session.get_one(models.UserTask, key).instance_key

    def happen():
        name = somebody()
        with db.transaction() as session:
            task = session.get_one(models.UserTask, key)
            again(task, completed_at=clock.now(), completed_by=name, state="COMPLETED")
            incident = {"element_key": key, "element_id": task.element_id, "type": "UNKNOWN", "message": "x"}
            session.add(models.Incident(key=db.next_key(), instance_key=instance, created_at=clock.now(), **incident))
            entry = {"operation": "ASSIGN", "entity_type": "USER_TASK", "entity_key": key, "instance_key": instance}
            session.add(models.AuditLog(key=db.next_key(), at=clock.now(), by=name, **entry))

    _as_often(app, "alice", f"/instances/{instance}", happen)


@pytest.mark.parametrize("path", ["/charts", "/charts/campaigns/{run}", "/charts/processes/{definition}"])
def test_charts_of_many_campaigns_villages_and_instances(app, key, county, path):
    task = db.sa.session.get_one(models.UserTask, key)
    path = path.format(run=task.root_key, definition=task.definition_key)

    def happen():
        begun = start("checking")
        with db.transaction():
            for run in {task.root_key, begun.key}:
                runs.open_run(run, kind="household", process_id="checking", unit_id=county["east"], year=2026)
        village = units.add(f"4502-e-{begun.key}", "新村", "village", units.find("4502-e"))
        with db.transaction():
            runs.set_scales(task.root_key, [{"unit_id": village.id, "quota": 30}])

    _as_often(app, "alice", path, happen)


@pytest.mark.parametrize("path", ["/notices", "/notices/{key}"])
def test_notices_of_many_villages_at_many_sites(app, notice, path):
    def happen():
        village = units.add(f"4502-e-{db.next_key()}", "新村", "village", units.find("4502-e"))
        with db.transaction() as session:
            shown = session.get_one(notices.Notice, notice)
            again(shown, no=str(db.next_key()), unit_id=village.id)
            again(session.scalars(sqla.select(notices.Posting)).first(), site=f"村{village.id}")

    _as_often(app, "bob", path.format(key=notice), happen)


@pytest.mark.parametrize("path", ["/interventions", "/interventions/{key}"])
def test_interventions_in_many_instances(app, key, path):
    about = db.next_key()
    said = {"given": {}, "by": "alice", "reason": "查明情况", "measure": "suspend", "state": "DONE"}
    with db.transaction() as session:
        session.add(supervision.Operation(key=about, created_at=clock.now(), ended_at=clock.now(), **said))

    def happen():
        begun = start("checking")
        with db.transaction() as session:
            for operation in (about, again(session.get_one(supervision.Operation, about)).key):
                place = {"operation_key": operation, "position": begun.key, "state": "DONE"}
                of = {"subject_key": begun.key, "instance_key": begun.key, "name": "核查", "unit": "东乡"}
                session.add(supervision.OperationItem(**place, **of))

    _as_often(app, "alice", path.format(key=about), happen)


def _as_often(app, name, path, happen):
    """A page needs as many statements for one of everything as for many."""
    happen()
    visitor = Visitor(app, name)
    one, few = visitor.read(path), visitor.queries(path)
    for _each in range(MANY):
        happen()
    assert visitor.queries(path) == few
    assert visitor.read(path) != one
