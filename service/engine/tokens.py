"""SpiffWorkflow's tree, kept to the live tokens.

A Spiff `Task` is a token: it stands in one element and its children are the tokens inside it (the body of a
sub-process or
of a multi-instance). Spiff keeps every finished and every predicted task in the tree and scans it; here a token that
has
moved on is removed, nothing is predicted, and changes are noted as they happen. So a step costs what it changes, and
loops
may run for ever.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from service.engine import effects


class Token(Task):
    """A token in an element; `internal_data` holds plain JSON only and `id` is the element instance's key."""

    def __init__(
        self, workflow: "TokenTree", task_spec: Any, parent: Any = None, state: int = 0, id: Any = None
    ) -> None:
        super().__init__(workflow, task_spec, parent, state or TaskState.FUTURE, workflow.keys() if id is None else id)
        self._children: dict[int, None] = {}
        workflow.touched[self.id] = True
        workflow.before.setdefault(self.id, None)

    @property
    def children(self) -> list["Token"]:
        """The tokens inside this one, oldest first."""
        return [self.workflow.tasks[key] for key in self._children]

    @property
    def is_empty(self) -> bool:
        """Whether no token is inside this one."""
        return not self._children

    @property
    def stored(self) -> effects.TokenState:
        """The token as it is stored."""
        return effects.TokenState(self.id, self._parent, self.task_spec.name, dict(self.internal_data))

    def put(self, **data: Any) -> None:
        """Note facts about this token; None removes one."""
        self.workflow.keep(self)
        for name, value in data.items():
            if value is None:
                self.internal_data.pop(name, None)
            else:
                self.internal_data[name] = value
        self.workflow.touched[self.id] = True

    def _child_added_notify(self, child: "Token") -> None:
        self._children[child.id] = None

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> "Token":
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value


class TokenTree(BpmnWorkflow):
    """The live tokens of one process instance, its READY queue and the journal of what a step touched."""

    execution: Any

    def __init__(self, spec: Any, key: int, keys: Callable[[], int], script_engine: Any) -> None:
        super().__init__(spec, script_engine=script_engine, deserializing=True)
        self.keys = keys
        self.ready: deque[Token] = deque()
        self.touched: dict[int, bool] = {}
        self.before: dict[int, effects.TokenState | None] = {}
        self.task_tree = Token(self, spec.start, None, TaskState.STARTED, key)

    @property
    def root(self) -> Token:
        """The token that stands for the instance's outermost scope."""
        return self.task_tree

    def find(self, key: int) -> Token | None:
        """The live token of element instance `key`."""
        found: Token | None = self.tasks.get(key)
        return found

    def begin(self) -> None:
        """Begin a step: nothing is touched yet."""
        self.touched, self.before = {}, {}

    def keep(self, token: Token) -> None:
        """Remember how a token was before the step, as it is about to change."""
        if token.id not in self.before:
            self.before[token.id] = token.stored

    def _remove_task(self, task_id: int) -> None:
        token = self.tasks.pop(task_id)
        self.keep(token)
        del token.parent._children[task_id]
        self.touched[task_id] = False

    def _task_completed_notify(self, task: Token) -> None:
        """Spiff scans for waiting tasks here; our tokens are told by their own events."""
