"""What one is told, in the browser's pages: nobody reads or marks another's."""

import pytest
import sqlalchemy as sqla

from service import db
from service.identity import people
from service.notifications import models, notify, reading
from tests.web.conftest import PASSWORD


@pytest.fixture
def worker():
    """What goes out is done in tests/notifications."""


@pytest.fixture
def told(county):
    """Bob was told one thing."""
    notify(["bob"], "copied", "A copy of %(task)s", "Look at %(task)s.", "/inbox?box=done", task="核实名单")
    return db.sa.session.scalars(sqla.select(models.Notification)).one().key


def signed_in(app, name):
    client = app.test_client()
    token = csrf(client.get("/login").text)
    client.post("/login", data={"username": name, "password": PASSWORD, "csrf_token": token})
    return client


def csrf(page):
    return page.partition('name="csrf-token" content="')[2].partition('"')[0]


def post(client, path, **data):
    return client.post(path, data={"csrf_token": csrf(client.get("/notifications").text), **data})


def test_the_list_shows_what_is_new_until_it_is_read(app, told):
    bob = signed_in(app, "bob")
    page = bob.get("/notifications").text
    assert "A copy of 核实名单" in page
    assert "Look at 核实名单." in page
    assert '<span class="badge rounded-pill' in bob.get("/inbox").text
    assert post(bob, f"/notifications/{told}/read", item=0).location == "/inbox?box=done"
    assert '<span class="badge rounded-pill' not in bob.get("/notifications/count").text


def test_nobody_reads_or_marks_what_another_was_told(app, told):
    bea = signed_in(app, "bea")
    assert "核实名单" not in bea.get("/notifications").text
    assert post(bea, f"/notifications/{told}/read").status_code == 404
    assert post(bea, f"/notifications/{told + 1}/read").status_code == 404
    assert post(bea, "/notifications/read").status_code == 302
    assert reading.unread(people.find("bob")) == 1


def test_settings_are_kept_and_a_wrong_one_is_told_beside_its_field(app, county):
    bob = signed_in(app, "bob")
    refused = post(bob, "/notifications/settings", email="bob", phone="", wanted=["overdue"])
    assert refused.status_code == 422
    assert "looks like name@example.cn" in refused.text
    assert 'value="bob"' in refused.text
    post(bob, "/notifications/settings", email="bob@example.cn", phone="", wanted=["overdue", "trial"])
    kept = reading.contact(people.find("bob"))
    assert (kept.email, "overdue" in kept.declined, "copied" in kept.declined) == ("bob@example.cn", False, True)


def test_a_trial_message_reaches_oneself(app, county):
    bob = signed_in(app, "bob")
    post(bob, "/notifications/trial")
    assert "A trial message" in bob.get("/notifications").text


def test_only_administrators_see_the_outbox(app, told):
    people.join(
        "alice", "admin", db.sa.session.scalars(sqla.select(people.Unit).where(people.Unit.name == "某县")).one()
    )
    delivery = models.Delivery(
        notification_key=told, channel="mail", address="bob@example.cn", state="FAILED", error="550 no such mailbox"
    )
    with db.transaction() as session:
        session.add(delivery)
        session.flush()
        key = delivery.key
    bob, alice = signed_in(app, "bob"), signed_in(app, "alice")
    assert bob.get("/notifications/outbox").status_code == 403
    assert post(bob, f"/notifications/outbox/{key}").status_code == 403
    assert "550 no such mailbox" in alice.get("/notifications/outbox").text
    assert post(alice, f"/notifications/outbox/{key}").status_code == 302
    assert post(alice, f"/notifications/outbox/{key}").status_code == 409


def test_long_lists_go_on_and_the_count_of_queries_does_not_grow(app, county):
    for number in range(reading.PAGE + 5):
        notify(["bob"], "copied", "Copy %(number)s", "Look.", "/inbox", number=number)
    bob = signed_in(app, "bob")
    first = bob.get("/notifications").text
    older = first.partition("before=")[2].partition('"')[0]
    assert "Copy 54<" in first
    assert "Copy 4<" not in first
    assert "Copy 4<" in bob.get(f"/notifications?before={older}").text


def test_the_pages_can_be_used_by_everybody(as_, told):
    bob = as_("bob")
    for path in ("/notifications", "/notifications/settings"):
        bob.open(path)
        assert bob.faults() == []
