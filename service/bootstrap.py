"""What an installation needs before it serves: tables, roles, and at the first start demo data and the processes.

Called by `lika up` and `lika seed`; a later start changes nothing that people have changed meanwhile.
"""

import importlib.util
import logging
from pathlib import Path

import flask
import sqlalchemy as sqla

from service import config, db
from service.db import schema
from service.identity import credentials, roles, units
from service.identity.models import Unit
from service.seeds import staff, tree_a, tree_b, worlds

log = logging.getLogger(__name__)

DEMO_PASSWORD = staff.PASSWORD
TREES = {"tree-a": tree_a, "tree-b": tree_b}
SHOWN = (
    "admin",
    "supervisor",
    "designer",
    "county_office_clerk",
    "township_clerk",
    "township_reviewer",
    "village_committee",
)
"""Roles whose first holder is named as an example."""
BUNDLED = {"processes": (".bpmn", ".dmn"), "forms": (".form",)}


def prepare(*, demo: bool = True) -> None:
    """Bring the database up to date and fill an empty one.

    The tables come first, then units, households and people, then the bundled processes and forms.
    """
    make_tables()
    if demo and _is_empty():
        seed("tree-a")
    deploy_bundled()


def make_tables() -> None:
    """Bring the tables up to date, and the roles in them."""
    schema.upgrade()
    roles.write_catalogue()


def demo_posts() -> list[staff.Post]:
    """Return the demo people as long as the demo password lets one of them in."""
    if credentials.by_password("admin", DEMO_PASSWORD) is None:
        return []
    return list(staff.posts(units.find(tree_a.ROOT), tree_a.SLUGS)) if units.exists(tree_a.ROOT) else []


def seed(tree: str) -> list[staff.Post]:
    """Write a tree's units, villages, households and people. What is there stays."""
    source = TREES[tree]
    if not units.exists(source.ROOT):
        worlds.sow(tree)
    return staff.appoint(source.plant(), getattr(source, "SLUGS", None))


def examples(posts: list[staff.Post]) -> list[staff.Post]:
    """Return one post for each role a newcomer will want to try."""
    first = {post.role: post for post in reversed(posts)}
    return [first[role] for role in SHOWN if role in first]


def bundled_files() -> dict[str, bytes]:
    """Return the diagrams, decision tables and forms that come with Lika, by file name."""
    found: dict[str, bytes] = {}
    for folder, endings in BUNDLED.items():
        for path in sorted(config.bundled(folder).glob("*")):
            if path.suffix in endings:
                found[path.name] = _read(path)
    return found


def deploy_bundled() -> None:
    """Deploy the bundled files if nothing has been deployed yet: later versions are the officials' own."""
    parts = flask.current_app.config["PARTS"]
    if importlib.util.find_spec("service.workflow") is None or (parts and "workflow" not in parts):
        return
    from service.identity import SYSTEM
    from service.workflow import deployments, models

    files = bundled_files()
    if files and not db.sa.session.scalar(sqla.select(sqla.exists().select_from(models.Deployment))):
        deployments.deploy(files, by=SYSTEM, name="lika")


def _is_empty() -> bool:
    return not db.sa.session.scalar(sqla.select(sqla.exists().select_from(Unit)))


def _read(path: Path) -> bytes:
    return path.read_bytes()
