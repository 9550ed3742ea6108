"""The tree of units and who is responsible."""

import pytest

from service import errors
from service.identity import people, roles, units


def codes(found):
    return [unit.code for unit in found]


def test_a_subtree_holds_the_unit_and_all_below_it_and_no_neighbour(county):
    assert codes(units.subtree(county.east)) == ["4502-e", "4502-e-l", "4502-e-u", "4502-e-u-1"]
    assert codes(units.subtree(county.county, "township")) == ["4502-e", "4502-w"]
    assert codes(units.children(county.east, "village")) == ["4502-e-l", "4502-e-u"]


def test_ancestors_come_from_the_root_down(county):
    assert codes(units.ancestors(county.hamlet)) == ["45", "4502", "4502-e", "4502-e-u"]
    assert units.ancestors(county.region) == []


@pytest.mark.parametrize(
    ("role", "acts_at"),
    [
        ("village_committee", "upper"),
        ("township_head", "east"),
        ("township", "east"),
        ("county_office_clerk", "office"),
        ("county_office", "office"),
        ("civil_affairs", "departments"),
        ("county_leading_group", "county"),
        ("region_leading_group", "region"),
        ("group_leader", "hamlet"),
    ],
)
def test_a_role_acts_at_the_nearest_unit_of_its_kind(county, role, acts_at):
    assert units.nearest_with_role(county.hamlet, role) == getattr(county, acts_at).id


def test_a_role_below_the_unit_is_not_found_from_above(county):
    assert units.nearest_with_role(county.east.id, "village_committee") is None


def test_from_a_department_the_way_goes_on_to_its_neighbours(county):
    assert units.nearest_with_role(county.departments, "county_office_clerk") == county.office.id


def test_of_several_departments_the_one_where_somebody_has_the_role_is_taken(county, official):
    bureau = units.add("4502-mz", "县民政局", "county_department", county.county)
    assert units.nearest_with_role(county.upper, "civil_affairs") == county.departments.id
    official("min", "civil_affairs", bureau)
    assert units.nearest_with_role(county.upper, "civil_affairs") == bureau.id
    assert units.nearest_with_role(county.upper, "finance_bureau") == county.departments.id


def test_a_role_of_any_kind_acts_where_somebody_has_it(county, official):
    assert units.nearest_with_role(county.upper, "supervisor") is None
    official("far", "supervisor", county.county)
    official("near", "supervisor", county.east)
    assert units.nearest_with_role(county.upper, "supervisor") == county.east.id


def test_a_role_added_to_the_table_is_found_by_id_and_by_name(county):
    roles.add("village_doctor", "村医", "village")
    assert roles.named("村医") == roles.named("village_doctor") == "village_doctor"
    assert units.nearest_with_role(county.hamlet, "village_doctor") == county.upper.id


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("村民委员会", "village_committee"),
        ("乡（镇）长", "township_head"),
        ("county_office", "county_office"),
        ("谁", None),
    ],
)
def test_lanes_name_roles_in_chinese_or_by_id(app, name, role):
    assert roles.named(name) == role


def test_a_role_cannot_be_given_in_a_unit_of_another_kind(county):
    people.add("a", "A")
    with pytest.raises(errors.Invalid, match="kind township; 4502-e-u is of kind village"):
        people.join("a", "township_head", county.upper)
    with pytest.raises(errors.NotFound, match="no role township"):
        people.join("a", "township", county.east)


def test_a_code_is_unique_and_a_kind_known(county):
    with pytest.raises(errors.Conflict, match="4502-e"):
        units.add("4502-e", "又一个", "township", county.county)
    with pytest.raises(errors.Invalid, match="township"):
        units.add("x", "X", "town", county.county)
    with pytest.raises(errors.NotFound, match="nowhere"):
        units.find("nowhere")


ROLES_OF_THE_WORK = """
region: region_leading_group
city: city_leading_group city_office
county: county_leading_group county_adjust_group
county_office: county_office_director county_office_clerk county_inspector
county_department: civil_affairs finance_bureau statistics_bureau disabled_federation support_unit
township: township_head township_clerk township_reviewer village_work_group volunteer
village: village_committee village_clerk villager_assembly resident_team helper
hamlet: group_leader household objector
"""


def test_every_role_of_the_work_belongs_to_its_kind_of_unit():
    expected = {
        (kind, role)
        for kind, _colon, named in (line.partition(":") for line in ROLES_OF_THE_WORK.split("\n") if line)
        for role in named.split()
    }
    assert {(entry.unit_kind, entry.id) for entry in roles.CATALOGUE if entry.unit_kind} == expected
    assert {entry.id for entry in roles.CATALOGUE if entry.unit_kind is None} == {"supervisor", "designer", "admin"}
