"""People who waver: they take back what they completed and do it again, or send each kind of task back once."""

from typing import Any

from sqlalchemy import select

from service import db
from service.scenarios import scratch
from service.scenarios.player import Player
from service.workflow import models, sending_back, taking_back


class TakesBack(Player):
    """Whoever completes a task takes it back if he can, once for each kind of task, and completes it again."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kinds: set[tuple[str, str]] = set()

    def complete(self, task, answers, person):
        """Complete; then, if it can be, take back and complete again."""
        row = db.sa.session.get_one(models.UserTask, task)
        before = standing(row.instance_key)
        super().complete(task, answers, person)
        db.sa.session.expire_all()
        kind = row.process_id, row.element_id
        if kind in self.kinds or not taking_back.may(row, by=person):
            return
        self.kinds.add(kind)
        taking_back.take_back(task, by=person)
        db.sa.session.expire_all()
        assert standing(row.instance_key) == before
        super().complete(task, answers, person)


class SendsBack(Player):
    """Each kind of task is sent back once, as far as it may be."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kinds: set[tuple[str, str]] = set()
        self.sent: list[tuple[str, str]] = []

    def _complete(self, task, number, payload, person):
        kind = task.process_id, task.element_id
        if kind not in self.kinds:
            self.kinds.add(kind)
            if targets := sending_back.targets(task):
                self.sent.append((task.element_id, targets[-1].element_id))
                self.used[number] -= 1
                sending_back.send_back(task.key, targets[-1].key, "材料不全", by=person)
                return
        super()._complete(task, number, payload, person)


def standing(instance: int) -> Any:
    """The tokens, variables and open tasks of an instance."""
    element, variable, task = models.ElementInstance, models.Variable, models.UserTask
    tokens = db.sa.session.execute(
        select(element.key, element.state, element.token).where(
            element.instance_key == instance, element.token.is_not(None)
        )
    ).all()
    keys = [instance, *(row.key for row in tokens)]
    columns = select(variable.scope_key, variable.name, variable.value).where(variable.scope_key.in_(keys))
    open_ = select(task.key).where(task.instance_key == instance, task.state == "CREATED")
    return (
        sorted((row.key, row.state, row.token) for row in tokens),
        sorted(map(tuple, db.sa.session.execute(columns)), key=lambda row: row[:2]),
        sorted(db.sa.session.scalars(open_)),
    )


def play(server: scratch.Scratch, scenario: Any, kind: type[Player]) -> Player:
    """Play a scenario with people of a kind."""
    made = []

    class Kept(kind):  # type: ignore[valid-type,misc]
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(self)

    server.play(scenario, people=Kept)
    return made[0]
