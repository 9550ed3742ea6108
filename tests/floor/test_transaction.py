"""One command, one transaction."""

import threading

import pytest
import sqlalchemy as sqla

from service import db
from service.identity import units
from service.identity.models import Unit


def count():
    with db.sa.engine.connect() as other:
        return other.scalar(sqla.select(sqla.func.count()).select_from(Unit))


def test_what_happens_inside_is_committed_at_the_end(app):
    with db.transaction():
        units.add("a", "A", "county")
        assert db.in_transaction()
        assert count() == 0
    assert count() == 1
    assert not db.in_transaction()


def test_an_exception_rolls_everything_back_and_goes_on(app):
    with pytest.raises(KeyError), db.transaction():
        units.add("a", "A", "county")
        raise KeyError
    assert count() == 0
    with db.transaction():
        units.add("a", "A", "county")
    assert count() == 1


def test_an_inner_transaction_joins_the_outer(app):
    with pytest.raises(KeyError), db.transaction():
        with db.transaction():
            units.add("a", "A", "county")
        raise KeyError
    assert count() == 0


def test_half_of_the_work_is_never_committed(app):
    with pytest.raises(RuntimeError, match="savepoint") as caught, db.transaction():
        units.add("a", "A", "county")
        with pytest.raises(KeyError), db.transaction():
            raise KeyError("inner")
    assert isinstance(caught.value.__cause__, KeyError)
    assert count() == 0


def test_a_savepoint_around_a_failed_inner_transaction_lets_the_outer_go_on(app):
    with db.transaction() as session:
        units.add("a", "A", "county")
        with pytest.raises(KeyError), session.begin_nested(), db.transaction():
            units.add("b", "B", "county")
            raise KeyError
    assert count() == 1


def test_hooks_run_after_the_outermost_commit_in_order_and_may_use_the_database(app):
    seen = []
    with db.transaction():
        with db.transaction():
            db.after_commit(lambda: seen.append(("first", count())))
        units.add("a", "A", "county")
        db.after_commit(lambda: seen.append(("second", units.find("a").name)))
        assert seen == []
    assert seen == [("first", 1), ("second", "A")]


def test_a_rollback_drops_the_hooks_and_the_next_transaction_has_none_of_them(app):
    seen = []
    with pytest.raises(KeyError), db.transaction():
        db.after_commit(lambda: seen.append(1))
        raise KeyError
    with db.transaction():
        pass
    assert seen == []


def test_rolling_back_a_savepoint_drops_its_hooks_and_those_of_savepoints_inside(app):
    seen = []
    with db.transaction() as session:
        db.after_commit(lambda: seen.append("outer"))
        with pytest.raises(KeyError), session.begin_nested():
            db.after_commit(lambda: seen.append("savepoint"))
            with session.begin_nested():
                db.after_commit(lambda: seen.append("inner savepoint"))
            raise KeyError
        with session.begin_nested():
            db.after_commit(lambda: seen.append("kept"))
    assert seen == ["outer", "kept"]


def test_a_failing_hook_is_logged_and_the_others_run(app, caplog):
    seen = []
    with db.transaction():
        db.after_commit(lambda: 1 / 0)
        db.after_commit(lambda: seen.append(1))
    assert seen == [1]
    assert "after the commit failed" in caplog.text


def test_keys_are_unique_over_threads_and_transactions_that_roll_back(app):
    found: list[int] = []

    def take():
        with app.app_context():
            found.extend(db.next_key() for _ in range(1500))

    with pytest.raises(KeyError), db.transaction():
        found.append(db.next_key())
        raise KeyError
    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == len(found) == 6001
    assert 0 < max(found) < 2**53


def test_a_named_lock_is_held_until_the_commit(app):
    order = []
    holding = threading.Event()

    def other():
        with app.app_context():
            holding.wait()
            with db.transaction():
                db.lock_name("x")
                order.append("other")

    thread = threading.Thread(target=other)
    thread.start()
    with db.transaction():
        db.lock_name("x")
        holding.set()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_instants_come_back_in_utc(app):
    assert db.sa.session.scalar(sqla.text("show timezone")) == "UTC"
