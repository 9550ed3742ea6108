"""Titles: tasks of one step that each are about something else can be told apart wherever they are listed."""

import pytest
import sqlalchemy as sqla

from service import db
from service.identity import people
from service.notifications.models import Notification
from service.workflow import models, passing
from tests.engine.bpmn import xml
from tests.engine.test_scopes import multi
from tests.web import drawings
from tests.web.conftest import deploy, start
from tests.web.visitor import Visitor

TASK = (
    '<bpmn:userTask id="Task_Post" name="张贴公示"><bpmn:extensionElements><zeebe:userTask/>'
    '<zeebe:assignmentDefinition candidateGroups="township_clerk"/><zeebe:formDefinition formId="check"/>'
    "<zeebe:properties>"
    '<zeebe:property name="title" value="=&quot;张贴：&quot; + site"/></zeebe:properties></bpmn:extensionElements>'
    + multi("", 'inputCollection="=sites" inputElement="site"')
    + "</bpmn:userTask>"
)
FLOW = '<bpmn:startEvent id="s"/>' + TASK + '<bpmn:endEvent id="e"/>\nflow: s -> Task_Post -> e\n'


@pytest.fixture
def posting(county):
    """The process `posting` runs at two boards and a third that nobody named."""
    deploy({"posting.bpmn": xml(FLOW, process_id="posting"), **drawings.FORMS})
    return start("posting", sites=["上寨屯公示栏", "下寨屯公示栏", None])


def _task(title):
    return db.sa.session.scalars(sqla.select(models.UserTask).filter_by(title=title)).one()


def test_tasks_of_one_step_have_titles_of_their_own_and_the_name_of_their_element(posting):
    rows = db.sa.session.execute(sqla.select(models.UserTask.title, models.UserTask.name)).all()
    assert sorted(rows) == [
        ("张贴公示", "张贴公示"),
        ("张贴：上寨屯公示栏", "张贴公示"),
        ("张贴：下寨屯公示栏", "张贴公示"),
    ]


def test_the_inbox_the_task_the_instance_and_the_board_show_titles(app, posting):
    bob, alice = Visitor(app, "bob"), Visitor(app, "alice")
    task = _task("张贴：上寨屯公示栏")
    for page in (
        bob.read("/inbox"),
        bob.read(f"/tasks/{task.key}"),
        bob.read(f"/tasks/{task.key}/pass-on"),
        alice.read(f"/instances/{posting.key}"),
        alice.read("/board?kind=open"),
    ):
        assert "张贴：上寨屯公示栏" in page


def test_messages_and_remarks_name_a_task_by_its_title(app, posting):
    bob, task = Visitor(app, "bob"), _task("张贴：上寨屯公示栏")
    passing.copy(task.key, ["bea"], "", by=people.find("bob"))
    told = db.sa.session.scalars(sqla.select(Notification).filter_by(username="bea")).one()
    assert told.arguments["task"] == "张贴：上寨屯公示栏"
    assert "· 张贴：上寨屯公示栏" in bob.read(f"/tasks/{task.key}")


def test_the_inbox_finds_a_task_by_its_title(app, posting):
    found = Visitor(app, "bob").read("/inbox?q=下寨屯")
    assert "张贴：下寨屯公示栏" in found
    assert "张贴：上寨屯公示栏" not in found


def test_the_rest_api_calls_a_task_by_the_name_of_its_element(app, posting):
    key = _task("张贴：上寨屯公示栏").key
    answer = app.test_client().get(f"/v2/user-tasks/{key}", auth=("bob", "correct horse battery"))
    assert answer.json["name"] == "张贴公示"
