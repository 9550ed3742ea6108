"""Tasks are passed on: for good, to come back, as a copy to read; and only to those who fit."""

import pytest
from sqlalchemy import select

from service import db, errors
from service.identity import people as accounts
from service.identity import units
from service.notifications.models import Notification
from service.workflow import colleagues, drafts, live, models, passing, releases, remarks, tasks
from tests.workflow import people
from tests.workflow.test_taking_back import END, START, open_tasks, start, task


@pytest.fixture
def who(app):
    releases.forget()
    live.forget()
    return people.make()


@pytest.fixture
def key(who):
    start(f"{START}{task('a')}{task('b')}{END}\nflow: s -> a -> b -> e\n")
    return open_tasks()["a"]


def row(key):
    return db.sa.session.get(models.UserTask, key, populate_existing=True)


def test_a_colleague_of_the_same_role_and_unit_may_take_over_and_no_other(who, key):
    names = [each.username for each in colleagues.takers(row(key), by=who["bob"])]
    assert names == ["bea"]
    for name in ("charlie", "alice", "nobody"):
        with pytest.raises(errors.Unprocessable, match=f"{name} cannot do this task"):
            passing.transfer(key, name, "", by=who["bob"])
    assert row(key).assignee is None


def test_a_supervisor_may_choose_within_his_units(who, key):
    accounts.add("dan", "Dan")
    accounts.join("dan", "township_head", units.find("4502-e"))
    assert {each.username for each in colleagues.takers(row(key), by=who["alice"])} == {"bob", "bea", "dan"}
    passing.transfer(key, "dan", "请代办", by=who["alice"])
    assert tasks.complete(key, {}, by=accounts.find("dan")).completed_by == "dan"


def test_what_was_typed_goes_along_and_the_other_is_told(who, key):
    drafts.save(key, {"x": 1}, by=who["bob"])
    passing.transfer(key, "bea", "我休假", by=who["bob"])
    assert row(key).assignee == "bea"
    assert drafts.load(key, by=who["bea"]).answers == {"x": 1}
    assert drafts.load(key, by=who["bob"]) is None
    told = db.sa.session.scalar(select(Notification))
    assert (told.username, told.kind) == ("bea", "assigned")
    log = db.sa.session.scalars(select(models.AuditLog).where(models.AuditLog.operation == "TRANSFER")).one()
    assert (log.by, log.reason, log.before["assignee"], log.after["assignee"]) == ("bob", "我休假", None, "bea")
    with pytest.raises(errors.Forbidden):
        passing.transfer(key, "bea", "", by=who["bob"])


def test_what_was_delegated_returns_for_confirming_and_is_completed_by_its_owner(who, key):
    passing.delegate(key, "bea", "", by=who["bob"])
    assert (row(key).assignee, row(key).owner) == ("bea", "bob")
    passing.complete(key, {"x": 2}, by=who["bea"])
    assert (row(key).state, row(key).assignee, row(key).owner) == ("CREATED", "bob", None)
    assert drafts.load(key, by=who["bob"]).answers == {"x": 2}
    with pytest.raises(errors.Forbidden):
        passing.complete(key, {"x": 3}, by=who["bea"])
    passing.complete(key, {"x": 2}, by=who["bob"])
    assert (row(key).state, row(key).completed_by) == ("COMPLETED", "bob")
    assert [each.Remark.kind for each in remarks.of(row(key), by=who["bob"])] == ["RETURN", "DELEGATE"]


def test_a_stranger_passes_nothing_on(who, key):
    for verb in (passing.transfer, passing.delegate):
        with pytest.raises(errors.NotFound):
            verb(key, "bea", "", by=who["charlie"])
    with pytest.raises(errors.NotFound):
        passing.copy(key, ["bea"], "", by=who["charlie"])
    with pytest.raises(errors.NotFound):
        remarks.comment(key, "?", by=who["charlie"])


@pytest.fixture
def reader(who, key):
    """Somebody of the county's office, who saw nothing of the task."""
    accounts.add("eve", "Eve")
    accounts.join("eve", "county_office_clerk", units.add("4502-o", "某县扶贫办", "county_office", units.find("4502")))
    found = accounts.find("eve")
    with pytest.raises(errors.NotFound):
        tasks.get(key, by=found)
    return found


def test_a_copy_lets_a_colleague_read_this_task_for_ever_and_no_other(who, key, reader):
    passing.copy(key, ["eve"], "请知悉", by=who["bob"])
    assert tasks.get(key, by=reader).key == key
    with pytest.raises(errors.Forbidden):
        tasks.complete(key, {}, by=reader)
    with pytest.raises(errors.Forbidden):
        tasks.assign(key, "eve", by=reader)
    remarks.comment(key, "收到", by=reader)
    tasks.complete(key, {}, by=who["bob"])
    assert tasks.get(key, by=reader).state == "COMPLETED"
    follower = open_tasks()["b"]
    remarks.comment(follower, "内部意见", by=who["bea"])
    with pytest.raises(errors.NotFound):
        tasks.get(follower, by=reader)
    assert [each.Remark.text for each in remarks.of(row(key), by=reader)] == ["收到", "请知悉"]
    assert len(remarks.of(row(key), by=who["bea"])) == 3


def test_copies_go_to_office_holders_around_the_unit_and_once(who, key, reader):
    accounts.add("tom", "Tom")
    with pytest.raises(errors.Unprocessable, match="tom cannot get a copy"):
        passing.copy(key, ["eve", "tom"], "", by=who["bob"])
    assert row(key).copied_to == []
    passing.copy(key, ["eve", "eve"], "", by=who["bob"])
    with pytest.raises(errors.Unprocessable, match="Choose one"):
        passing.copy(key, ["eve"], "", by=who["bob"])
    assert row(key).copied_to == ["eve"]


def test_who_is_named_in_a_comment_is_told_if_he_sees_the_task(who, key, reader):
    remarks.comment(key, "请看 @bea，@eve、@charlie：对不对？", by=who["bob"])
    told = db.sa.session.scalars(select(Notification.username))
    assert list(told) == ["bea"]
    with pytest.raises(errors.Unprocessable, match="Write"):
        remarks.comment(key, "   ", by=who["bob"])
    with pytest.raises(errors.Unprocessable, match="At most"):
        remarks.comment(key, "长" * 2001, by=who["bob"])
