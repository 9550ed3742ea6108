"""Filters that people keep under a name, each for himself."""

from collections.abc import Sequence

import sqlalchemy as sqla
from sqlalchemy.dialects import postgresql

from service import db, errors
from service.errors import _
from service.identity.models import SavedFilter
from service.identity.persons import Person

MOST = 20
LONGEST = 40


def of(person: Person) -> Sequence[SavedFilter]:
    """The filters of a person by name."""
    query = sqla.select(SavedFilter).where(SavedFilter.user_id == person.id)
    return db.sa.session.scalars(query.order_by(SavedFilter.name)).all()


def save(person: Person, name: str, query: str) -> None:
    """Keep a filter under a name, in place of an earlier one of that name.

    Raises Unprocessable for an empty or long name, Conflict when there are too many.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST:
        raise errors.Unprocessable(_("A filter's name has 1 to %(most)s characters."), most=LONGEST)
    with db.transaction() as session:
        kept = of(person)
        if len(kept) >= MOST and name not in {each.name for each in kept}:
            raise errors.Conflict(_("At most %(most)s filters can be kept; delete one first."), most=MOST)
        row = {"id": db.next_key(), "user_id": person.id, "name": name, "query": query[:1000]}
        insert = postgresql.insert(SavedFilter).values(row)
        session.execute(
            insert.on_conflict_do_update(index_elements=["user_id", "name"], set_={"query": insert.excluded.query})
        )


def drop(person: Person, filter_id: int) -> None:
    """Forget a filter of the person."""
    with db.transaction() as session:
        session.execute(sqla.delete(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.user_id == person.id))
