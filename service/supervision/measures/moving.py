"""Move a token by hand, and move instances to another version of their process."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sqla

from service import db, errors, identity
from service.engine import model
from service.errors import _
from service.supervision.measures.base import Given, Measure, wrong
from service.workflow import instances, models, releases

PLACES = model.ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent", "endEvent", "exclusiveGateway"}
"""Kinds of elements at which a token may be put."""


class Move(Measure):
    """End the tokens in one element and start as many at another."""

    id, title = "move", _("Move a token")
    hint = _("What was done in between is not done again, and what lies on the way is skipped.")

    def choices(self, rows: Sequence[Any]) -> dict[str, Any]:
        """The elements that hold tokens, and those to which one may go."""
        if not (nodes := _nodes(rows)):
            return {"sources": [], "targets": []}
        held = dict.fromkeys(id for row in rows for id in row.tokens or ())
        targets = [(node.id, node.name or node.id) for node in nodes.values() if _is_place(node)]
        return {"sources": [(id, _name(nodes, id)) for id in held], "targets": targets}

    def read(self, form: Mapping[str, str], rows: Sequence[Any]) -> Given:
        nodes, source, target = _nodes(rows), form.get("source", ""), form.get("target", "")
        if not nodes:
            raise wrong(source=_("Choose instances of one version of one process."))
        wrongs = {} if source in nodes else {"source": _("Choose where the token is.")}
        if target not in nodes or not _is_place(nodes[target]):
            wrongs["target"] = _("Choose where it shall go.")
        if wrongs:
            raise wrong(**wrongs)
        names = {"source_name": _name(nodes, source), "target_name": _name(nodes, target)}
        return {"source": source, "target": target, **names}

    def now(self, row: Any) -> str:
        nodes = _nodes([row])
        return "、".join(_name(nodes, id) for id in dict.fromkeys(row.tokens or ())) or "–"

    def then(self, row: Any, given: Given) -> str:
        return str(given["target_name"])

    def hindrance(self, row: Any, given: Given) -> str:
        if given and given["source"] not in (row.tokens or ()):
            return errors.localize(_("No token is in %(name)s."), name=given["source_name"])
        held = errors.localize(_("The process is suspended; resume it first.")) if row.suspended else ""
        return super().hindrance(row, given) or held

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        tokens = instances.tokens_at(key, given["source"])
        if not tokens:
            raise errors.Conflict(_("No token is in %(name)s."), name=given["source_name"])
        activate: list[tuple[str, dict[str, Any]]] = [(given["target"], {}) for _token in tokens]
        instances.modify(key, by=by, activate=activate, terminate=tokens, reason=reason)


class Migrate(Measure):
    """Let instances go on with another version of their process."""

    id, title = "migrate", _("Migrate")
    hint = _("Tokens stay in the steps with the same ids; where that is unsafe it is refused with the reason.")

    def choices(self, rows: Sequence[Any]) -> dict[str, Any]:
        """The versions of the process, the newest first."""
        processes = {row.process_id for row in rows}
        if len(processes) != 1:
            return {"versions": []}
        definition = models.Definition
        query = sqla.select(definition.key, definition.version, definition.version_tag)
        query = query.where(definition.kind == "process", definition.id == processes.pop())
        return {"versions": db.sa.session.execute(query.order_by(definition.version.desc())).all()}

    def read(self, form: Mapping[str, str], rows: Sequence[Any]) -> Given:
        versions = {str(each.key): each.version for each in self.choices(rows)["versions"]}
        if not versions:
            raise wrong(definition=_("Choose instances of one process."))
        if (key := form.get("definition", "")) not in versions:
            raise wrong(definition=_("Choose a version."))
        return {"definition": key, "version": versions[key]}

    def now(self, row: Any) -> str:
        return errors.localize(_("version %(number)s"), number=row.version)

    def then(self, row: Any, given: Given) -> str:
        return errors.localize(_("version %(number)s"), number=given["version"])

    def hindrance(self, row: Any, given: Given) -> str:
        same = given and row.definition_key == int(given["definition"])
        return super().hindrance(row, given) or (errors.localize(_("This is so already.")) if same else "")

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        instances.migrate(key, int(given["definition"]), {}, by=by, reason=reason)


def _nodes(rows: Sequence[Any]) -> Mapping[str, model.Node]:
    """The elements of the one version that all rows have, none where they have several."""
    keys = {row.definition_key for row in rows}
    return releases.process(keys.pop()).process.nodes if len(keys) == 1 else {}


def _is_place(node: model.Node) -> bool:
    return node.kind in PLACES and not node.event_subprocess


def _name(nodes: Mapping[str, model.Node], id: str) -> str:
    return nodes[id].name or id if id in nodes else id
