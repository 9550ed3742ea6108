"""The roles of DOMAIN §8.1, and those that look after the system. Further ones may be added to the table."""

from dataclasses import dataclass

import sqlalchemy as sqla
from sqlalchemy.dialects import postgresql

from service import db
from service.identity import models


@dataclass(frozen=True)
class Entry:
    """A role of the catalogue; `names` are what a lane may call it, the first is shown."""

    id: str
    unit_kind: str | None
    names: tuple[str, ...]


CATALOGUE = (
    Entry("region_leading_group", "region", ("自治区扶贫开发领导小组",)),
    Entry("city_leading_group", "city", ("市扶贫开发领导小组",)),
    Entry("city_office", "city", ("市扶贫办",)),
    Entry("county_leading_group", "county", ("县扶贫开发领导小组",)),
    Entry("county_adjust_group", "county", ("县扶贫对象动态调整领导小组",)),
    Entry("county_office_director", "county_office", ("县扶贫办主任",)),
    Entry("county_office_clerk", "county_office", ("县扶贫办经办",)),
    Entry("county_inspector", "county_office", ("县抽查员", "抽查员")),
    Entry("civil_affairs", "county_department", ("县民政局",)),
    Entry("finance_bureau", "county_department", ("县财政局",)),
    Entry("statistics_bureau", "county_department", ("县统计局",)),
    Entry("disabled_federation", "county_department", ("县残联",)),
    Entry("support_unit", "county_department", ("帮扶单位",)),
    Entry("township_head", "township", ("乡(镇)长", "乡（镇）长", "乡镇长")),
    Entry("township_clerk", "township", ("扶贫站经办",)),
    Entry("township_reviewer", "township", ("乡镇审核员", "审核员")),
    Entry("village_work_group", "township", ("挂村工作组",)),
    Entry("volunteer", "township", ("大学生志愿者", "录入员")),
    Entry("village_committee", "village", ("村民委员会", "村委会")),
    Entry("village_clerk", "village", ("村文书",)),
    Entry("villager_assembly", "village", ("村民代表大会",)),
    Entry("resident_team", "village", ("驻村工作队",)),
    Entry("helper", "village", ("帮扶责任人",)),
    Entry("group_leader", "hamlet", ("村民小组长",)),
    Entry("household", "hamlet", ("农户",)),
    Entry("objector", "hamlet", ("异议人",)),
    Entry("supervisor", None, ("督查",)),
    Entry("designer", None, ("流程设计",)),
    Entry("admin", None, ("系统管理",)),
)

GROUPS = {
    "county_office": Entry("county_office", "county_office", ("县扶贫办",)),
    "township": Entry("township", "township", ("乡镇人民政府", "乡(镇)人民政府", "乡（镇）人民政府", "乡镇")),
}
"""Any office holder of such a unit: `county_office` and `township` of DOMAIN §9."""

MEMBERS = {
    "county_office": ("county_office_director", "county_office_clerk"),
    "township": ("township_head", "township_clerk", "township_reviewer"),
}
VILLAGERS = frozenset({"household", "objector"})
"""Roles of people who are subjects of the work, not office holders."""

_entries = {entry.id: entry for entry in (*CATALOGUE, *GROUPS.values())}
_ids = {name: entry.id for entry in (*CATALOGUE, *GROUPS.values()) for name in (entry.id, *entry.names)}
CATALOGUE_NAMES = frozenset(_ids)
"""Everything that names a role or role group of the catalogue: ids and Chinese names."""


def named(name: str) -> str | None:
    """Return the id of a role (or role group) by its id or by a lane's Chinese name, None if there is none."""
    name = name.strip()
    if name in _ids:
        return _ids[name]
    role = models.Role
    found = db.sa.session.scalar(sqla.select(role.id).where((role.id == name) | (role.name == name)).limit(1))
    return str(found) if found is not None else None


def names() -> set[str]:
    """Return everything that names a role or role group: ids and Chinese names, those of the table included."""
    added = db.sa.session.execute(sqla.select(models.Role.id, models.Role.name))
    return set(CATALOGUE_NAMES).union(*added)


def unit_kind(role: str) -> str | None:
    """Return the kind of unit a role belongs to, None for any kind."""
    if role in _entries:
        return _entries[role].unit_kind
    found = db.sa.session.get(models.Role, role)
    return found.unit_kind if found else None


def title(role: str) -> str:
    """Return the role's Chinese name, or its id if it has none."""
    if role in _entries:
        return _entries[role].names[0]
    found = db.sa.session.get(models.Role, role)
    return found.name if found else role


def held_as(role: str) -> tuple[str, ...]:
    """Return the roles whose holders act for `role`: itself, or a group's members."""
    return MEMBERS.get(role, (role,))


def groups_of(role: str) -> list[str]:
    """Return the groups a role belongs to."""
    return [group for group, members in MEMBERS.items() if role in members]


def write_catalogue() -> None:
    """Write the catalogue into the table, keeping roles added to it. Idempotent."""
    rows = [{"id": entry.id, "name": entry.names[0], "unit_kind": entry.unit_kind} for entry in CATALOGUE]
    insert = postgresql.insert(models.Role).values(rows)
    insert = insert.on_conflict_do_update(
        index_elements=["id"], set_={"name": insert.excluded.name, "unit_kind": insert.excluded.unit_kind}
    )
    with db.transaction() as session:
        session.execute(insert)


def add(role_id: str, name: str, unit_kind: str | None) -> None:
    """Add a role to the table."""
    with db.transaction() as session:
        session.add(models.Role(id=role_id, name=name, unit_kind=unit_kind))
