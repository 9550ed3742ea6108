from datetime import timedelta

import pytest
import sqlalchemy as sqla

from service import clock, db, errors, i18n, identity
from service.identity import people
from service.notifications import Item, models, notify, notify_of, outbox, reading

SUBJECT = "%(count)s tasks are overdue"
TEXT = "%(task)s: %(days)s days"


def tell(usernames, kind="copied", **arguments):
    notify(usernames, kind, "A copy of %(task)s", "%(by)s sent you %(task)s.", "/tasks/7", task="核实名单", by="Ben")


def states():
    db.sa.session.expire_all()
    return sorted((row.channel, row.address, row.state) for row in db.sa.session.scalars(sqla.select(models.Delivery)))


def test_who_is_told_reads_it_at_once_and_others_do_not(ann, run_jobs):
    tell(["ann", "nobody-of-this-name"])
    (told,) = reading.page(ann)
    assert outbox.subject_of(told) == "A copy of 核实名单"
    assert outbox.texts_of(told) == [("Ben sent you 核实名单.", "/tasks/7")]
    assert reading.unread(ann) == 1
    assert reading.unread(people.find("ben")) == 0


def test_mail_goes_to_who_gave_an_address(ann, run_jobs, mailbox):
    tell(["ann", "ben"])
    run_jobs()
    (message,) = mailbox[0].messages
    assert message["To"] == "ann@example.cn"
    assert message["From"] == "立卡 <lika@example.cn>"
    assert message["Subject"] == "A copy of 核实名单"
    assert message.get_content().split() == ["Ben", "sent", "you", "核实名单.", "https://lika.example.cn/tasks/7"]
    assert states() == [("mail", "ann@example.cn", "SENT")]


def test_nothing_is_told_of_what_was_rolled_back(ann, run_jobs, mailbox):
    with pytest.raises(errors.Conflict), db.transaction():
        tell(["ann"])
        raise errors.Conflict("no")
    run_jobs()
    assert reading.page(ann) == []
    assert mailbox[0].messages == []


def test_a_busy_mail_server_is_tried_again_later(ann, run_jobs, mailbox, at):
    at("2026-07-20T08:00+08:00")
    mailbox[0].answer = "451 later please"
    tell(["ann"])
    run_jobs()
    assert states() == [("mail", "ann@example.cn", "WAITING")]
    mailbox[0].answer = None
    at(clock.now() + outbox.FIRST_PAUSE - timedelta(seconds=1))
    run_jobs()
    assert mailbox[0].messages == []
    at(clock.now() + timedelta(seconds=1))
    run_jobs()
    assert len(mailbox[0].messages) == 1
    assert states() == [("mail", "ann@example.cn", "SENT")]


def test_a_server_that_never_answers_is_given_up_and_can_be_asked_again(ann, run_jobs, mailbox, at):
    at("2026-07-20T08:00+08:00")
    mailbox[0].answer = "451 later please"
    tell(["ann"])
    for _round in range(outbox.MOST_ATTEMPTS):
        run_jobs()
        at(clock.now() + outbox.LONGEST_PAUSE)
    assert states() == [("mail", "ann@example.cn", "FAILED")]
    key, error = db.sa.session.execute(sqla.select(models.Delivery.key, models.Delivery.error)).one()
    assert "later please" in error
    with pytest.raises(errors.Forbidden):
        outbox.send_again(key, by=ann)
    mailbox[0].answer = None
    outbox.send_again(key, by=identity.SYSTEM)
    run_jobs()
    assert states() == [("mail", "ann@example.cn", "SENT")]
    with pytest.raises(errors.Conflict):
        outbox.send_again(key, by=identity.SYSTEM)


def test_a_refused_message_is_not_sent_for_ever(ann, run_jobs, mailbox):
    mailbox[0].answer = "550 no such mailbox"
    tell(["ann"])
    run_jobs()
    assert states() == [("mail", "ann@example.cn", "FAILED")]


def test_sms_reaches_each_person_and_only_for_its_kinds(ann, run_jobs, gateway):
    tell(["ann", "ben", "cai"], "copied")
    notify(["ann", "ben"], "urged", "Please do %(task)s", "It is urged.", "/tasks/7", task="核实名单")
    run_jobs()
    ((path, post),) = gateway.posts
    assert path == "/sms/13800000001"
    assert post["title"] == "Please do 核实名单"
    assert ("sms", "ann", "SENT") in states()


def test_a_group_is_told_once_and_only_of_its_unit(world, run_jobs, gateway):
    for usernames in (["ann", "ben", "cai"], ["cai"]):
        notify(usernames, "overdue", "Overdue", "Late.", "/tasks/7")
    run_jobs()
    assert [path for path, _post in gateway.posts] == ["/group"]


def test_a_gateway_that_fails_is_tried_again(ann, run_jobs, gateway, at):
    at("2026-07-20T08:00+08:00")
    gateway.status = 503
    notify(["ann"], "overdue", "Overdue", "Late.", "/tasks/7")
    run_jobs()
    assert ("group", "group", "WAITING") in states()
    gateway.status = 200
    at(clock.now() + outbox.FIRST_PAUSE)
    run_jobs()
    assert ("group", "group", "SENT") in states()
    assert len(gateway.posts) == 1


def test_what_a_person_declined_is_not_sent_but_shown(ann, run_jobs, mailbox):
    reading.set_contact(ann, email="ann@example.cn", phone_number="", wanted=["overdue"])
    tell(["ann"])
    run_jobs()
    assert mailbox[0].messages == []
    assert reading.unread(ann) == 1


def test_many_things_are_one_message(ann, run_jobs, mailbox):
    items = [Item(f"/tasks/{number}", {"task": f"T{number}", "days": number}) for number in range(25)]
    notify_of(["ann"], "overdue", SUBJECT, TEXT, items, count=25)
    run_jobs()
    text = mailbox[0].messages[0].get_content()
    assert text.count("https://lika.example.cn/tasks/") == outbox.SHOWN_ITEMS
    assert "… and 5 more" in text


def test_it_is_told_in_the_language_of_the_reader(ann):
    notify(["ann"], "overdue", "… and %(count)s more", "… and %(count)s more", "/", count=3)
    (told,) = reading.page(ann)
    i18n.speak("zh")
    assert outbox.subject_of(told) == "……另有 3 项"


def test_reading_one_or_all(ann):
    tell(["ann"])
    tell(["ann"])
    newest, oldest = reading.page(ann)
    reading.mark_read(people.find("ben"), newest.key)
    assert reading.unread(ann) == 2
    reading.mark_read(ann, newest.key)
    assert reading.unread(ann) == 1
    reading.mark_read(ann)
    assert reading.unread(ann) == 0
    assert [told.key for told in reading.page(ann, before=newest.key)] == [oldest.key]


def test_an_unknown_kind_is_a_programming_error(ann):
    with pytest.raises(LookupError, match="kinds"):
        notify(["ann"], "gossip", "x", "y", "/")


@pytest.mark.parametrize(
    ("email", "phone", "field"),
    [("ann", "", "email"), ("a b@example.cn", "", "email"), ("", "12345", "phone"), ("", "１３８00000001", "phone")],
)
def test_a_wrong_address_is_refused_by_field(ann, email, phone, field):
    with pytest.raises(errors.Unprocessable) as refused:
        reading.set_contact(ann, email=email, phone_number=phone, wanted=[])
    assert list(refused.value.fields) == [field]
    assert reading.contact(ann).email == "ann@example.cn"
