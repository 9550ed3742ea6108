"""Collects what the steps of one command changed and writes it in few statements."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert

from service import db
from service.engine import effects
from service.workflow import models

INNER = "#inner"
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

    def flush(self, known: Iterable[int]) -> None:
        """Write everything. `known` are the keys that already have a row."""
        known = set(known)
        new = [k for k in self.elements if k not in known and self._is_worth_a_row(k)]
        old = [k for k in self.elements if k in known]
        if new:
            db.sa.session.execute(models.ElementInstance.__table__.insert(), [self._new(k) for k in new])
        for key in old:
            self._update(key)
        if self.variables:
            self._write_variables()
        if self.flows:
            self._write_flows()

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

    def _update(self, key: int) -> None:
        row = {k: v for k, v in self.elements[key].items() if k not in ("parent", "spec", "scope_key", "element_id")}
        if row:
            table = models.ElementInstance.__table__
            db.sa.session.execute(update(table).where(table.c.key == bindparam("b_key")).values(**row), {"b_key": key})

    def _write_variables(self) -> None:
        table = models.Variable.__table__
        rows = [
            {
                "scope_key": s,
                "name": n,
                "key": db.next_key(),
                "instance_key": self.instance_key,
                "value": v,
                "inherited": False,
            }
            for (s, n), v in self.variables.items()
        ]
        statement = insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=["scope_key", "name"], set_={"value": statement.excluded.value, "inherited": False}
        )
        db.sa.session.execute(statement, rows)

    def _write_flows(self) -> None:
        table = models.FlowTaken.__table__
        statement = insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=["instance_key", "flow_id"], set_={"count": table.c.count + statement.excluded.count}
        )
        rows = [{"instance_key": self.instance_key, "flow_id": f, "count": n} for f, n in self.flows.items()]
        db.sa.session.execute(statement, rows)
