"""Requests that are sent more than once with the same Idempotency-Key, to a server that listens."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import func, select

from service import db
from service.workflow import models

TIMES = 6


@pytest.fixture
def task(admin, one_task, as_):
    """An open task of Bob's."""
    admin.post("/process-instances", {"processDefinitionId": "one", "variables": {"unit": "4502-e"}})
    [found] = as_("bob").search("user-tasks", {"state": "CREATED"})
    return found["userTaskKey"]


@pytest.fixture
def send(address, as_):
    """Send the same request several times at the same moment as Bob; gives the answers."""

    def at_once(path, body, key, times=TIMES):
        headers = {**as_("bob").headers, "Idempotency-Key": key}
        client = httpx.Client(base_url=address + "/v2", headers=headers, trust_env=False)
        with client, ThreadPoolExecutor(times) as pool:
            return list(pool.map(lambda _: client.post(path, json=body), range(times)))

    return at_once


def completions(task):
    log = models.AuditLog
    return db.sa.session.scalar(select(func.count()).where(log.entity_key == int(task), log.operation == "COMPLETE"))


def test_a_completion_sent_many_times_at_once_and_later_is_done_once_and_always_answered_alike(send, task):
    path = f"/user-tasks/{task}/completion"
    assert [answer.status_code for answer in send(path, {"variables": {"n": 1}}, "a")] == [204] * TIMES
    assert [answer.status_code for answer in send(path, {"variables": {"n": 1}}, "a", times=1)] == [204]
    assert completions(task) == 1


def test_without_the_same_key_the_second_completion_is_refused(send, task):
    path = f"/user-tasks/{task}/completion"
    assert send(path, {}, "a", times=1)[0].status_code == 204
    [answer] = send(path, {}, "b", times=1)
    assert answer.status_code == 409
    assert "bob" in answer.json()["detail"]
    assert completions(task) == 1


def test_instances_started_many_times_with_one_key_are_one_instance(send, task):
    answers = send("/process-instances", {"processDefinitionId": "one"}, "start")
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["processInstanceKey"] for answer in answers}) == 1
    assert db.sa.session.scalar(select(func.count()).select_from(models.ProcessInstance)) == 2


def test_a_key_used_for_another_request_is_refused_and_nothing_changes(send, task):
    assert send("/process-instances", {"processDefinitionId": "one"}, "k", times=1)[0].status_code == 200
    [answer] = send(f"/user-tasks/{task}/completion", {}, "k", times=1)
    assert answer.status_code == 400
    assert completions(task) == 0


def test_a_refused_request_may_be_sent_again_with_its_key(send, task, admin):
    instance = db.sa.session.scalar(select(models.UserTask.instance_key).where(models.UserTask.key == int(task)))
    db.sa.session.rollback()
    assert admin.post(f"/process-instances/{instance}/suspension").status_code == 204
    path = f"/user-tasks/{task}/completion"
    assert send(path, {}, "a", times=1)[0].status_code == 409
    assert admin.post(f"/process-instances/{instance}/resumption").status_code == 204
    assert send(path, {}, "a", times=1)[0].status_code == 204
    assert completions(task) == 1
