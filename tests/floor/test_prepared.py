"""Selects compiled once, and pooled connections that the server has closed."""

import pytest
import sqlalchemy as sqla

from service import db
from service.identity import units
from service.identity.models import Unit

NAMES = db.Prepared(sqla.select(Unit.name).where(Unit.kind == "village", Unit.code > sqla.bindparam("after")))
BACKEND = sqla.text("SELECT pg_backend_pid()")


def test_it_sees_what_the_open_transaction_wrote_and_nothing_afterwards_if_that_is_undone(app):
    with pytest.raises(KeyError), db.transaction() as session:
        session.add(Unit(code="b", name="上村", kind="village", path="/9/"))
        assert NAMES.all(after="a") == [("上村",)]
        assert NAMES.all(after="b") == []
        raise KeyError
    assert NAMES.scalar(after="a") is None


def test_a_missing_parameter_is_an_error(app):
    with pytest.raises(Exception, match="after"):
        NAMES.all()


def test_a_connection_that_the_server_closed_is_replaced_unseen(app, server):
    units.add("a", "A", "county")
    before = db.sa.session.scalar(BACKEND)
    db.sa.session.remove()
    with server.connect() as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    assert [unit.code for unit in db.sa.session.scalars(sqla.select(Unit))] == ["a"]
    assert db.sa.session.scalar(BACKEND) != before
