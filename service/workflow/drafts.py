"""Drafts: what somebody has typed into a task, kept as it is until he completes it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from service import clock, db, errors, identity
from service.db import values
from service.errors import _
from service.privacy import vault
from service.workflow import models, tasks

LARGEST = 2 * 1024 * 1024


def save(key: int, answers: Mapping[str, Any], *, by: identity.Person) -> models.Draft:
    """Keep a person's draft of an open task in place of his last one.

    Raises NotFound for a task the person may not see, Conflict for one that is closed, TooLarge.
    """
    task = tasks.get(key, by=by)
    if task.state != "CREATED":
        raise tasks.closed(task)
    return put(key, answers, by.username)


def put(key: int, answers: Mapping[str, Any], username: str) -> models.Draft:
    """Keep answers as somebody's draft in place of his last one. Raises TooLarge."""
    text = values.plain_json(answers)
    if len(text) > LARGEST:
        raise errors.TooLarge(_("The draft is larger than %(mb)s MB."), mb=LARGEST // 1024 // 1024)
    row = {"task_key": key, "person": username, "sealed": vault.current().seal(text), "saved_at": clock.now()}
    statement = insert(models.Draft).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["task_key", "person"],
        set_={"sealed": statement.excluded.sealed, "saved_at": statement.excluded.saved_at},
    )
    with db.transaction() as session:
        session.execute(statement)
        return session.get_one(models.Draft, (key, username), populate_existing=True)


def hand_over(key: int, giver: str, taker: str) -> None:
    """Give a draft along with its task, to somebody who has none."""
    table = models.Draft
    taken = select(table.task_key).where(table.task_key == key, table.person == taker).exists()
    with db.transaction() as session:
        given = update(table).where(table.task_key == key, table.person == giver, ~taken)
        session.execute(given.values(person=taker).execution_options(synchronize_session=False))


def load(key: int, *, by: identity.Person) -> models.Draft | None:
    """A person's own draft of a task."""
    mine = (models.Draft.task_key == key) & (models.Draft.person == by.username)
    return db.sa.session.scalar(select(models.Draft).where(mine))


def drop(key: int, *, by: identity.Person) -> None:
    """Forget a person's draft."""
    mine = (models.Draft.task_key == key) & (models.Draft.person == by.username)
    with db.transaction() as session:
        session.execute(delete(models.Draft).where(mine))
