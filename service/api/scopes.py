"""Scopes of variables: an element instance and those around it."""

from typing import Any

import sqlalchemy as sqla
from sqlalchemy.dialects import postgresql

from service import db
from service.workflow import models

element, variable = models.ElementInstance, models.Variable


def around(element_key: int) -> list[int]:
    """Return the keys of an element instance and of all scopes around it, the innermost first."""
    inner = sqla.select(element.key, element.scope_key, sqla.literal(0).label("depth")).where(
        element.key == element_key
    )
    found = inner.cte("scopes", recursive=True)
    outer = sqla.select(element.key, element.scope_key, found.c.depth + 1).join(found, element.key == found.c.scope_key)
    found = found.union_all(outer)
    return list(db.sa.session.scalars(sqla.select(found.c.key).order_by(found.c.depth)))


def innermost(instance_key: int, scopes: list[int]) -> sqla.Select[Any]:
    """Select the keys of the variables that hide all others of their name."""
    rank = sqla.func.array_position(sqla.cast(scopes, sqla.ARRAY(sqla.BigInteger)), variable.scope_key)
    return (
        sqla.select(variable.key)
        .where(variable.instance_key == instance_key, variable.scope_key.in_(scopes))
        .ext(postgresql.distinct_on(variable.name))
        .order_by(variable.name, rank)
    )
