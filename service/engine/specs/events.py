"""Events: where an instance starts, waits, throws and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.engine import effects, expressions
from service.engine.specs import tasks
from service.engine.specs.base import NodeSpec

if TYPE_CHECKING:
    from service.engine.execution import Execution
    from service.engine.tokens import Token

PUBLISH = "message-publish"


class CatchEventSpec(NodeSpec):
    """A start, intermediate catch or boundary event. A token that comes because it happened passes at once."""

    def execute(self, token: Token, run: Execution) -> bool | None:
        if "fired" in token.internal_data or self.node.kind != "intermediateCatchEvent" or self.node.event is None:
            run.apply_outputs(token, run.payloads.pop(token.id, {}), inside=self.node.kind == "startEvent")
            return True
        run.arm(token, self.node)
        return None


class ThrowEventSpec(NodeSpec):
    """An intermediate throw event, an end event or a send task."""

    def execute(self, token: Token, run: Execution) -> bool | None:
        event, job = self.node.event, self.node.job
        if job is not None and job.type != PUBLISH:
            tasks.request_job(token, run, self.node)
            return None
        if event is not None:
            self._throw(token, run, event.kind, event.name)
        return None if event is not None and event.kind in ("error", "terminate") else True

    def _throw(self, token: Token, run: Execution, kind: str, name: str | None) -> None:
        sent = dict(run.scopes.local(token.id))
        if kind == "message":
            assert self.node.event is not None
            key = expressions.correlation_key(self.node.event.correlation_key, run.scopes.visible(token.id), name)
            ttl = self.node.headers.get("timeToLive")
            message = expressions.string(name, run.scopes.visible(token.id)) or ""
            run.emit(effects.MessageThrown(token.id, self.node.id, message, key, sent, ttl))
        elif kind == "signal":
            run.emit(effects.SignalThrown(expressions.string(name, run.scopes.visible(token.id)) or "", sent))
        elif kind == "escalation":
            run.throw_escalation(token, name or "", sent)
        elif kind == "error":
            run.throw_error(token, name or "", self.node.name, sent)


class EndEventSpec(ThrowEventSpec):
    """An end event: the token is consumed; a terminate end event takes all others of its scope with it."""

    def execute(self, token: Token, run: Execution) -> bool | None:
        done = super().execute(token, run)
        event = self.node.event
        if event is not None and event.kind == "terminate":
            for other in token.parent.children:
                if other is not token:
                    run.terminate(other)
            return True
        return done

    def taken(self, token: Token, run: Execution) -> list[str]:
        token.parent.put(ends=[*token.parent.internal_data.get("ends", []), self.node.id])
        return []
