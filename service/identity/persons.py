"""A person as the rest of the system sees one: a value, without a database behind it."""

from dataclasses import dataclass, field
from functools import cached_property

from service.identity import roles


@dataclass(frozen=True)
class Member:
    """A role of a person in a unit."""

    role: str
    unit_id: int
    unit_code: str
    unit_name: str
    unit_kind: str
    unit_path: str

    @property
    def area(self) -> str:
        """The path of the subtree that the role is held for: the county's poverty office works for its county."""
        return self.unit_path.removesuffix(f"{self.unit_id}/") if self.unit_kind == "county_office" else self.unit_path


@dataclass(frozen=True)
class Person:
    """Somebody who acts. `id` is None for the system itself; `second_factor` tells how the person signs in."""

    id: int | None
    username: str
    name: str
    memberships: tuple[Member, ...] = field(default=())
    second_factor: bool = field(default=False, compare=False)

    @cached_property
    def grants(self) -> frozenset[str]:
        """What a task's candidates are compared with: "role@unit id" for each membership, and "user:name"."""
        named = {f"user:{self.username}"}
        for member in self.memberships:
            named.update(f"{role}@{member.unit_id}" for role in (member.role, *roles.groups_of(member.role)))
        return frozenset(named)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles the person has in any unit."""
        return frozenset(member.role for member in self.memberships)

    @property
    def unit_id(self) -> int | None:
        """The first unit of the person."""
        return self.memberships[0].unit_id if self.memberships else None

    @property
    def is_system(self) -> bool:
        """Whether it is Lika itself that acts."""
        return self.id is None


SYSTEM = Person(None, "system", "系统")
"""Lika itself: timers, calls and commands on the machine. It may do everything."""
