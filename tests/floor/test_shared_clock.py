"""A clock that stands for all processes."""

from datetime import datetime

import pytest

from service import clock, db, errors, jobs
from service.identity import credentials, people, units
from service.seeds import tree_a, worlds

seen: list[datetime] = []


@jobs.task("tell_the_time")
def tell_the_time() -> None:
    """Note the time."""
    seen.append(clock.now())


NOON = "2026-07-20T12:00+08:00"


def test_what_one_process_sets_another_follows(app, client):
    other = datetime.fromisoformat(NOON)
    db.shared_clock.put(other)
    assert clock.now() == other
    clock.travel_to(None)
    db.shared_clock.forget()  # as in a process that has not looked yet
    client.get("/")
    assert clock.now() >= other
    assert clock.moved()


def test_the_api_sets_it_for_all_processes(app, client):
    worlds.sow("tree-a-units")
    people.add("admin", "Admin")
    people.join("admin", "admin", units.find(tree_a.ROOT))
    headers = {"Authorization": f"Bearer {credentials.create_token('admin', 'test')}"}
    noon = datetime.fromisoformat(NOON)
    assert client.put("/v2/clock", json={"timestamp": noon.timestamp() * 1000}, headers=headers).status_code == 400
    assert client.put("/v2/clock", json={"timestamp": int(noon.timestamp() * 1000)}, headers=headers).status_code == 204
    clock.travel_to(None)
    db.shared_clock.forget()  # as in a worker that has not looked yet
    jobs.run_pending()
    assert clock.now() == noon
    assert client.post("/v2/clock/reset", headers=headers).status_code == 204
    assert not clock.moved()


def test_a_job_sees_it_though_its_worker_has_not_ticked_since(app):
    noon = datetime.fromisoformat(NOON)
    db.shared_clock.put(noon)
    clock.travel_to(None)
    db.shared_clock.forget()
    jobs.queue.app.tasks["tell_the_time"].func()
    assert seen == [noon]


def test_it_shows_real_time_again(app):
    db.shared_clock.put(datetime.fromisoformat(NOON))
    db.shared_clock.put(None)
    assert not clock.moved()


def test_a_clock_set_by_a_test_is_left_alone(app, client, at):
    at(NOON)
    client.get("/")
    assert clock.now() == datetime.fromisoformat(NOON)


def test_an_installation_that_does_not_allow_it_refuses(app, monkeypatch):
    monkeypatch.setitem(app.config, "CLOCK_MAY_MOVE", False)
    with pytest.raises(errors.Forbidden, match="LIKA_CLOCK_MAY_MOVE"):
        db.shared_clock.put(datetime.fromisoformat(NOON))
