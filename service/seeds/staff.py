"""People for every office of a tree: one for each role in each unit, all with one demonstration password."""

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import flask_security
import sqlalchemy as sqla

from service import db
from service.identity import roles, units
from service.identity.models import Membership, Unit, User
from service.seeds import people

PASSWORD = "lika-demo-2026"  # noqa: S105 - printed at start; for demonstrations only
LOOKING_AFTER = ("admin", "designer", "supervisor")


@dataclass(frozen=True)
class Post:
    """A role in a unit, and the user name of who holds it."""

    username: str
    role: str
    unit_id: int
    unit_name: str


def posts(root: Unit, slugs: Mapping[str, str] | None = None) -> Iterator[Post]:
    """Return all posts of a tree: `admin`, `designer` and `supervisor` over the whole, then one for each role and unit.

    `slugs` gives a unit's part of the user name by its code.
    """
    slugs = slugs or {}
    yield from (Post(role, role, root.id, root.name) for role in LOOKING_AFTER)
    for unit in units.subtree(root):
        slug = slugs.get(unit.code) or unit.code.split("-")[0].lower()
        for entry in roles.CATALOGUE:
            supervises = entry.id == "supervisor" and unit.kind in ("county", "township")
            if supervises or entry.unit_kind == unit.kind:
                yield Post(f"{entry.id}.{slug}", entry.id, unit.id, unit.name)


def appoint(root: Unit, slugs: Mapping[str, str] | None = None, password: str = PASSWORD) -> list[Post]:
    """Add a user for each post that has none.

    All have the same password and so the same hash: one slow hash for some thousand people. Returns all posts.
    """
    wanted = list(posts(root, slugs))
    with db.transaction() as session:
        known = {row.username: row.id for row in session.execute(sqla.select(User.username, User.id))}
        hashed = str(flask_security.hash_password(password))
        for post in wanted:
            if post.username not in known:
                known[post.username] = _add(post, hashed)
        session.flush()
        columns = sqla.select(Membership.user_id, Membership.role_id, Membership.unit_id)
        held = {(row.user_id, row.role_id, row.unit_id) for row in session.execute(columns)}
        rows = {(known[post.username], post.role, post.unit_id) for post in wanted} - held
        session.add_all(Membership(user_id=user, role_id=role, unit_id=unit) for user, role, unit in sorted(rows))
    return wanted


def _add(post: Post, hashed: str) -> int:
    user = User(
        id=db.next_key(),
        username=post.username,
        name=_name(post.username),
        password=hashed,
        fs_uniquifier=uuid.uuid4().hex,
    )
    db.sa.session.add(user)
    return user.id


def _name(username: str) -> str:
    dice = random.Random(username)  # noqa: S311 - an invented name, always the same for the same post
    return dice.choice(people.SURNAMES) + dice.choice(people.GIVEN_FIRST) + dice.choice(people.GIVEN_SECOND)
