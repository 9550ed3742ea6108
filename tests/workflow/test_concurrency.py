"""Several people, workers and messages at the same moment, each in a thread with a connection of its own."""

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import func, select, text

from service import clock, db, engine, errors, identity, jobs
from service.jobs import handlers, running
from service.workflow import delivery, deployments, instances, live, messages, models, releases, tasks, timers
from tests.engine.bpmn import user_task, xml
from tests.engine.test_events import MESSAGE, MESSAGES, boundary, timer
from tests.engine.test_scopes import multi

SYSTEM = identity.SYSTEM
START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
ROUNDS = 12


@pytest.fixture(autouse=True)
def _fresh(app):
    releases.forget()
    live.forget()


@pytest.fixture
def at_once(app):
    """Do several things at the same moment; gives what each returned or raised."""

    def do(*deeds):
        barrier = Barrier(len(deeds))

        def one(deed):
            with app.app_context():
                barrier.wait()
                try:
                    return deed()
                except Exception as error:
                    return error

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(one, deeds))

    return do


def deploy(**bodies):
    files = {f"{id}.bpmn": xml(body, process_id=id, shared=MESSAGES) for id, body in bodies.items()}
    deployments.deploy(files, by=SYSTEM)


def rows(query):
    db.sa.session.expire_all()
    found = list(db.sa.session.execute(query))
    db.sa.session.rollback()
    return found


def open_tasks():
    task = models.UserTask
    return [key for (key,) in rows(select(task.key).where(task.state == "CREATED").order_by(task.key))]


def completing(key, **answers):
    return lambda: tasks.complete(key, answers, by=SYSTEM) and None


def cancelling(key):
    return lambda: instances.cancel(key, by=SYSTEM)


def passed(instance):
    """How often an instance entered each element."""
    element = models.ElementInstance
    return Counter(e for (e,) in rows(select(element.element_id).where(element.instance_key == instance)))


def deadlocks():
    return db.sa.session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


def kinds(results):
    return Counter(type(each).__name__ for each in results)


def test_of_people_who_complete_one_task_at_the_same_moment_one_wins_and_the_others_change_nothing(at_once):
    deploy(p=f"{START}{user_task('a')}{user_task('b')}{END}\nflow: s -> a -> b -> e\n")
    for _ in range(ROUNDS):
        row = instances.create("p", {}, by=SYSTEM).key
        task = next(key for key in open_tasks() if key > row)
        results = at_once(*(completing(task, winner=engine.normalise(number)) for number in range(4)))
        assert kinds(results) == {"NoneType": 1, "Conflict": 3}
        assert passed(row) == {"p": 1, "s": 1, "a": 1, "b": 1}
        [(winner,)] = rows(
            select(models.Variable.value).where(models.Variable.scope_key == row, models.Variable.name == "winner")
        )
        assert winner == results.index(None)
        done = models.AuditLog.entity_key == task, models.AuditLog.operation == "COMPLETE"
        assert rows(select(func.count()).where(*done)) == [(1,)]


def test_eight_people_complete_the_eight_parallel_tasks_of_one_instance_and_it_goes_on_once(at_once):
    people = [f"t{number}" for number in range(8)]
    body = f'{START}<bpmn:parallelGateway id="fork"/>{"".join(map(user_task, people))}<bpmn:parallelGateway id="join"/>'
    body += f"{user_task('last')}{END}\nflow: s -> fork\nflow: join -> last -> e\n"
    deploy(p=body + "".join(f"flow: fork -> {each} -> join\n" for each in people))
    for _ in range(ROUNDS):
        row = instances.create("p", {}, by=SYSTEM).key
        mine = [key for key in open_tasks() if key > row]
        assert at_once(*map(completing, mine)) == [None] * 8
        assert passed(row)["join"] == passed(row)["last"] == 1
        [last] = [key for key in open_tasks() if key > row]
        tasks.complete(last, {}, by=SYSTEM)
    assert rows(select(models.ProcessInstance.state).distinct()) == [("COMPLETED",)]


INTERRUPTED = f"""{START}{user_task("a")}{user_task("b")}{user_task("c")}{END}
{boundary("m", MESSAGE, to="a")}
flow: s -> a -> b -> e
flow: m -> c -> e
"""


@pytest.mark.parametrize("send", [delivery.correlate, messages.publish], ids=["correlated", "published"])
def test_a_message_for_a_task_that_is_being_completed_interrupts_it_or_comes_too_late(at_once, run_jobs, send):
    deploy(p=INTERRUPTED)
    ways = Counter()
    for number in range(ROUNDS):
        village = f"v{number}"
        row = instances.create("p", {"village": village}, by=SYSTEM).key
        [task] = [key for key in open_tasks() if key > row]
        done, sent = at_once(
            completing(task), lambda village=village: send("objection", village, {}, by=SYSTEM) and jobs.run_pending()
        )
        run_jobs()
        way = "".join(sorted(passed(row) & Counter("bc")))
        assert way in ("b", "c")
        assert isinstance(done, errors.Conflict if way == "c" else type(None))
        if send is delivery.correlate:
            assert isinstance(sent, errors.NotFound if way == "b" else int)
        ways[way] += 1
    assert rows(select(models.Incident.message)) == []
    assert ways.total() == ROUNDS


AGAIN = f"""{START}<bpmn:exclusiveGateway id="g"/><bpmn:receiveTask id="r" messageRef="M"/>{user_task("t")}
<bpmn:parallelGateway id="fork"/>{END}
flow: s -> fork
flow: fork -> g
flow: fork -> t -> e
flow: g -> r -> g
"""


def test_messages_for_one_who_waits_again_and_again_never_block_one_another(at_once, run_jobs):
    deploy(p=AGAIN)
    row = instances.create("p", {"village": "v"}, by=SYSTEM).key
    before = deadlocks()
    ways = [
        lambda: delivery.correlate("objection", "v", {}, by=SYSTEM),
        lambda: (messages.publish("objection", "v", {}, by=SYSTEM), jobs.run_pending()),
    ]
    for _ in range(ROUNDS):
        results = at_once(*(ways * 3))
        assert set(kinds(results)) <= {"tuple", "NotFound"}, results
    run_jobs()
    assert deadlocks() == before
    received = passed(row)["r"] - 1
    assert rows(select(func.count()).select_from(models.Correlation)) == [(received,)]


def test_workers_that_sweep_the_same_timers_fire_each_once_and_pass_by_who_is_busy(at_once, at):
    wait = f'<bpmn:intermediateCatchEvent id="w">{timer("timeDuration", "P1D")}</bpmn:intermediateCatchEvent>'
    deploy(p=f"{START}{wait}{user_task('a')}{END}\nflow: s -> w -> a -> e\n")
    begun = clock.now()
    made = [instances.create("p", {}, by=SYSTEM).key for _ in range(40)]
    at(begun + timedelta(days=2))
    fired = 0
    while timers.next_due() is not None:
        db.sa.session.rollback()
        fired += sum(at_once(*[timers.fire_due] * 3))
    assert fired == len(made) == len(open_tasks())
    assert {passed(key)["a"] for key in made} == {1}


ALL = 'inputCollection="=villages" inputElement="item"'
PARENT = f"""{START}<bpmn:callActivity id="c"><bpmn:extensionElements><zeebe:calledElement processId="child"/>
</bpmn:extensionElements>{multi("", ALL)}</bpmn:callActivity>{user_task("after")}{END}\nflow: s -> c -> after -> e\n"""
CHILD = f"""{START}{user_task("a")}<bpmn:receiveTask id="r" messageRef="M"/>{END}
{boundary("m", MESSAGE, to="a")}
flow: s -> a -> r -> e
flow: m -> e
"""


def work():
    """What a worker does, with its own connection, until nothing is left."""
    with running.at_work() as worker:
        while job := worker.fetch():
            running._run(worker, job)


def test_parents_children_messages_and_cancellations_all_at_once_end_without_a_deadlock(at_once, run_jobs):
    deploy(main=PARENT, child=CHILD)
    chance, before = random.Random(5), deadlocks()
    roots = [instances.create("main", {"villages": ["v"] * 4, "village": f"v{n}"}, by=SYSTEM).key for n in range(6)]
    run_jobs()
    for _ in range(8):
        mine = open_tasks()
        deeds: list[Callable[[], object]] = [work, work]
        deeds += [completing(key) for key in chance.choices(mine, k=4)] if mine else []
        deeds += [lambda n=n: messages.publish("objection", f"v{n}", {}, by=SYSTEM) and None for n in range(2)]
        if chance.random() < 0.5:
            deeds.append(cancelling(chance.choice(roots)))
        results = at_once(*deeds)
        assert set(kinds(results)) <= {"NoneType", "Conflict", "NotFound"}, results
        run_jobs()
    for root in roots:
        at_once(cancelling(root), work)
    run_jobs()
    assert deadlocks() == before
    assert "ACTIVE" not in [state for (state,) in rows(select(models.ProcessInstance.state))]
    assert rows(text("SELECT task_name, status FROM procrastinate_jobs")) == []
    assert rows(select(models.Incident.message)) == []


WORK = f"""{START}{user_task("a")}<bpmn:serviceTask id="w"><bpmn:extensionElements>
  <zeebe:taskDefinition type="crossing"/></bpmn:extensionElements></bpmn:serviceTask>{user_task("b")}{END}
flow: s -> a -> w -> b -> e
"""


def test_a_handler_that_was_locked_out_leaves_no_incident_and_may_be_asked_again(at_once, monkeypatch):
    """Two handlers take two locks in opposite order, and the database breaks the circle."""
    meeting = Barrier(2)

    def cross(job):
        names = ["left", "right"] if job.variables["turn"] == 0 else ["right", "left"]
        db.lock_name(names[0])
        with contextlib.suppress(BrokenBarrierError):
            meeting.wait(2)
        db.lock_name(names[1])

    monkeypatch.setitem(handlers._handlers, "crossing", cross)
    deploy(p=WORK)
    for turn in range(2):
        instances.create("p", {"turn": turn}, by=SYSTEM)
    before = open_tasks()
    results = at_once(*(completing(key) for key in before))
    assert kinds(results) == {"NoneType": 1, "OperationalError": 1}
    (left,) = set(before) & set(open_tasks())
    meeting.abort()
    tasks.complete(left, {}, by=SYSTEM)
    assert len(open_tasks()) == 2
    assert rows(select(models.Incident.key)) == []
