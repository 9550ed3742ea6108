"""A county for tests of what people do to tasks: Bob and Bea are clerks of one township, Alice supervises it."""

from service import identity
from service.identity import people, units

PASSWORD = "correct horse battery"


def make() -> dict[str, identity.Person]:
    """Make units and people; gives the people by name. Charlie is a clerk of another township."""
    top = units.add("4502", "某县", "county")
    east, west = units.add("4502-e", "东乡", "township", top), units.add("4502-w", "西乡", "township", top)
    found = {}
    for name, role, unit in (
        ("alice", "supervisor", east),
        ("bob", "township_clerk", east),
        ("bea", "township_clerk", east),
        ("charlie", "township_clerk", west),
    ):
        people.add(name, name.title(), PASSWORD)
        people.join(name, role, unit)
        found[name] = people.find(name)
    return found
