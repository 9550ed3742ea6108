"""Small drawings for tests: the inner XML of one process, wrapped."""

import itertools
from datetime import UTC, datetime
from typing import Any

from service import engine
from service.engine import effects

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Definitions" targetNamespace="http://lika/test">
"""
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def xml(body: str, *, process_id: str = "p", shared: str = "") -> bytes:
    """A BPMN file with one executable process; `shared` holds messages, errors and the like."""
    return f'{HEAD}{shared}<bpmn:process id="{process_id}" isExecutable="true">{expand(body)}</bpmn:process></bpmn:definitions>'.encode()


def expand(body: str) -> str:
    """Flows may be written "a -> b" on lines of their own: `flow: a -> b [if =x > 1]`."""
    lines = []
    for number, line in enumerate(body.splitlines()):
        text = line.strip()
        if not text.startswith("flow:"):
            lines.append(line)
            continue
        path, _, condition = text[5:].partition(" if ")
        for index, (source, target) in enumerate(itertools.pairwise(p.strip() for p in path.split("->"))):
            expression = (
                f"<bpmn:conditionExpression>{condition.replace('<', '&lt;')}</bpmn:conditionExpression>"
                if condition
                else ""
            )
            lines.append(
                f'<bpmn:sequenceFlow id="f{number}_{index}" sourceRef="{source}" targetRef="{target}">'
                f"{expression}</bpmn:sequenceFlow>"
            )
    return "\n".join(lines)


def user_task(id: str, extra: str = "", inner: str = "") -> str:
    """A native user task; `extra` are further extension elements, `inner` further BPMN children."""
    return (
        f'<bpmn:userTask id="{id}"><bpmn:extensionElements><zeebe:userTask/>'
        f'<zeebe:assignmentDefinition candidateUsers="somebody"/>{extra}</bpmn:extensionElements>{inner}'
        "</bpmn:userTask>"
    )


class Player:
    """Runs one instance without a database, and remembers what was asked of the world."""

    def __init__(
        self, data: bytes, variables: dict[str, Any] | None = None, *, reload: bool = False, **options: Any
    ) -> None:
        self.definitions = {d.id: d for d in engine.load("test.bpmn", data)}
        self.definition = self.definitions[options.pop("process_id", next(iter(self.definitions)))]
        counter = itertools.count(1)
        self.world = engine.World(keys=lambda: next(counter), decide=options.pop("decide", None))
        self.now = NOON
        self.reload = reload
        self.stored: dict[int, engine.TokenState] = {}
        self.variables: dict[tuple[int, str], Any] = {}
        self.called = options.pop("called", False)
        key = next(counter)
        self.instance = engine.Instance(self.definition, key, self.world, called=self.called)
        self.stored[key] = engine.TokenState(key, None, "Start", {})
        self.log: list[effects.Effect] = []
        self.last: list[effects.Effect] = []
        self.do(lambda i: i.start(engine.normalise(variables or {}), self.now, options.pop("start_event", None)))

    def do(self, command: Any) -> "Player":
        """Run a command; with `reload` every step runs on an instance made anew from what is stored."""
        if self.reload and self.log:
            live = set(self.stored)
            self.instance = engine.Instance.load(
                self.definition,
                self.instance.key,
                self.world,
                reversed(self.stored.values()),
                [(s, n, v) for (s, n), v in self.variables.items() if s in live],
                called=self.called,
            )
        step = command(self.instance)
        for token_key, state in step.tokens.items():
            if state is None:
                self.stored.pop(token_key, None)
            else:
                self.stored[token_key] = state
        for effect in step.effects:
            if isinstance(effect, effects.VariableSet):
                self.variables[effect.scope_key, effect.name] = effect.value
        self.last = list(step.effects)
        self.log += self.last
        return self

    def open(self, kind: type[Any] = effects.TaskOpened) -> list[Any]:
        """The waits of a kind that are still open, oldest first."""
        left = {e.key for e in self.log if isinstance(e, effects.ElementLeft)}
        return [e for e in self.log if isinstance(e, kind) and getattr(e, "key", getattr(e, "owner", 0)) not in left]

    def tasks(self) -> list[str]:
        """Element ids of the open user tasks."""
        return [t.element_id for t in self.open()]

    def complete(self, element_id: str, nth: int = 0, **variables: Any) -> "Player":
        """Complete the nth open user task or job of an element."""
        found = [
            e
            for k in (effects.TaskOpened, effects.ServiceRequested)
            for e in self.open(k)
            if e.element_id == element_id
        ]
        return self.do(lambda i: i.complete(found[nth].key, engine.normalise(variables), self.now))

    def trigger(self, event_id: str, nth: int = 0, **variables: Any) -> "Player":
        """Let the message or signal event happen at the nth owner that waits for it."""
        owners = [key for key, s in self.stored.items() if event_id in s.data.get("armed", [])]
        return self.do(lambda i: i.trigger(owners[nth], event_id, engine.normalise(variables), self.now))

    def fire(self, event_id: str) -> "Player":
        """Let the newest timer of an event fire at its due time."""
        timer = [e for e in self.log if isinstance(e, effects.TimerSet) and e.element_id == event_id][-1]
        self.now = max(self.now, timer.due)
        return self.do(
            lambda i: i.fire_timer(timer.owner, event_id, self.now, repeats=timer.repeats, cycle=timer.cycle)
        )

    def of(self, kind: type[Any]) -> list[Any]:
        """All effects of a kind so far."""
        return [e for e in self.log if isinstance(e, kind)]

    @property
    def ended(self) -> Any:
        """The Ended effect, or None."""
        return next(iter(self.of(effects.Ended)), None)

    @property
    def data(self) -> dict[str, Any]:
        """The variables of the outermost scope."""
        return {n: v for (s, n), v in self.variables.items() if s == self.instance.key}
