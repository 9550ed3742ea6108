"""Collects what the steps of one command changed and writes it in few statements."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service import db
from service.db.batch import Batch
from service.engine import effects
from service.workflow import models

INNER = "#inner"
CHANGING = frozenset(("type", "state", "start_date", "end_date", "token"))
REPLACE_VALUE = "ON CONFLICT (scope_key, name) DO UPDATE SET value = excluded.value, inherited = false"
ADD_COUNT = "ON CONFLICT (instance_key, flow_id) DO UPDATE SET count = sequence_flows.count + excluded.count"
ABOUT = ("instance_key", "root_key", "unit", "unit_name")
"""The variables in which every instance knows itself; a caller neither gives nor gets them."""


class Changes:
    """The pending writes for the element instances, variables, flows and incidents of one instance."""

    def __init__(self, instance_key: int, now: datetime) -> None:
        self.instance_key = instance_key
        self.now = now
        self.elements: dict[int, dict[str, Any]] = {}
        self.variables: dict[tuple[int, str], Any] = {}
        self.flows: dict[str, int] = {}

    def entered(self, effect: effects.ElementEntered) -> None:
        row = self.elements.setdefault(effect.key, {})
        row.update(
            element_id=effect.element_id,
            type=effect.type,
            scope_key=effect.scope_key,
            state="ACTIVE",
            start_date=self.now,
        )

    def root(self, process_id: str) -> None:
        """Note the new instance itself as the outermost element instance."""
        row = self.elements.setdefault(self.instance_key, {})
        row.update(element_id=process_id, type="PROCESS", state="ACTIVE", start_date=self.now, token={})

    def keep_stored(self, variables: Mapping[str, Any]) -> None:
        """Do not write again what the caller stored for us and the first steps left as it was."""
        for name, value in variables.items():
            if name not in ABOUT and self.variables.get((self.instance_key, name)) is value:
                del self.variables[self.instance_key, name]

    def left(self, effect: effects.ElementLeft) -> None:
        self.elements.setdefault(effect.key, {}).update(state=effect.state, end_date=self.now)

    def tokens(self, tokens: Mapping[int, effects.TokenState | None]) -> None:
        """Note the live tokens that changed and those that are gone."""
        for key, state in tokens.items():
            row = self.elements.setdefault(key, {})
            if state is None:
                row["token"] = None
            else:
                row.update(token=dict(state.data), spec=state.element_id, parent=state.parent)

    def restored(self, tokens: Mapping[int, effects.TokenState]) -> None:
        """Note tokens that are live again as they were."""
        for key, state in tokens.items():
            self.elements[key] = {"state": "ACTIVE", "end_date": None, "token": dict(state.data)}

    def write(self, batch: Batch, known: Iterable[int]) -> None:
        """Put everything into `batch`. `known` are the keys that already have a row."""
        known = set(known)
        for key in self.elements:
            if key in known:
                self._update(batch, key)
            elif self._is_worth_a_row(key):
                batch.insert(models.ElementInstance.__table__, self._new(key))
        for (scope, name), value in self.variables.items():
            if value is effects.ABSENT:
                batch.delete(models.Variable.__table__, scope_key=scope, name=name)
                continue
            row = {"scope_key": scope, "name": name, "key": db.next_key(), "instance_key": self.instance_key}
            batch.insert(models.Variable.__table__, row | {"value": value, "inherited": False}, REPLACE_VALUE)
        for flow, count in self.flows.items():
            row = {"instance_key": self.instance_key, "flow_id": flow, "count": count}
            batch.insert(models.FlowTaken.__table__, row, ADD_COUNT)
            if count <= 0:
                batch.delete(models.FlowTaken.__table__, instance_key=self.instance_key, flow_id=flow, count=0)

    def _is_worth_a_row(self, key: int) -> bool:
        row = self.elements[key]
        return "element_id" in row or row.get("token") is not None

    def _new(self, key: int) -> dict[str, Any]:
        row = self.elements[key]
        spec = row.get("spec") or row["element_id"]
        return {
            "key": key,
            "instance_key": self.instance_key,
            "scope_key": row.get("scope_key", row.get("parent")),
            "spec": spec,
            "element_id": row.get("element_id", spec.removesuffix(INNER)),
            "type": row.get("type", "UNSPECIFIED"),
            "state": row.get("state", "ACTIVE"),
            "start_date": row.get("start_date"),
            "end_date": row.get("end_date"),
            "token": row.get("token"),
        }

    def _update(self, batch: Batch, key: int) -> None:
        row = {name: value for name, value in self.elements[key].items() if name in CHANGING}
        if row:
            batch.update(models.ElementInstance.__table__, row, key=key)
