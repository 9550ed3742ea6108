"""Units and people of the two trees, against the figures of DOMAIN §8."""

import pytest
import sqlalchemy as sqla

from service import bootstrap, db
from service.identity import credentials, people, roles, units
from service.identity.models import User
from service.register.models import Household
from service.seeds import staff, tree_a, tree_b


def test_the_figures_of_tree_a_add_up_to_those_of_the_domain():
    columns = ("households", "persons", "reported_poor", "quota")
    assert [sum(getattr(each, name) for each in tree_a.VILLAGES) for name in columns] == [2907, 11750, 2256, 2053]
    assert sum(len(each.hamlets) for each in tree_a.VILLAGES) == 24
    assert tree_a.QUOTA == 2053


def test_the_figures_of_tree_b_add_up_to_those_of_the_domain():
    assert len(tree_b.TOWNSHIPS) == 38
    assert sum(len(each.villages) for each in tree_b.TOWNSHIPS) == 278
    assert sum(each.base_persons for each in tree_b.TOWNSHIPS) == 62517
    first, last = tree_b.TOWNSHIPS[0], tree_b.TOWNSHIPS[-1]
    assert (first.code, first.name, first.base_persons) == ("T01", "东河镇", 1337)
    assert (last.code, last.name, last.base_persons) == ("T38", "沙坪乡", 1906)
    assert first.villages[-1] == ("T01V8", "东河镇第八村")


@pytest.mark.parametrize(
    ("tree", "kinds"),
    [
        (tree_a, {"region": 1, "city": 1, "county": 1, "township": 1, "village": 8, "hamlet": 24}),
        (tree_b, {"region": 0, "city": 1, "county": 1, "township": 38, "village": 278, "hamlet": 0}),
    ],
)
def test_planting_twice_makes_one_tree(app, tree, kinds):
    root = tree.plant()
    assert tree.plant() is root
    assert {kind: len(units.subtree(root, kind)) for kind in kinds} == kinds
    assert len(units.subtree(root)) == sum(kinds.values()) + 2


def test_every_role_has_somebody_in_every_unit_of_its_kind(app):
    root = tree_a.plant()
    posts = staff.appoint(root, tree_a.SLUGS)
    assert len({post.username for post in posts}) == len(posts)
    held = {(post.role, post.unit_id) for post in posts}
    for unit in units.subtree(root):
        wanted = {entry.id for entry in roles.CATALOGUE if entry.unit_kind == unit.kind}
        assert {role for role, unit_id in held if unit_id == unit.id} >= wanted
    clerk = people.find("village_clerk.gaoba")
    assert [(each.role, each.unit_name) for each in clerk.memberships] == [("village_clerk", "高岜村")]
    assert credentials.by_password("group_leader.chapo-3", staff.PASSWORD)


def test_a_whole_county_gets_its_people_at_once_and_only_once(app):
    posts = bootstrap.seed("tree-b")
    users = db.sa.session.query(User).count()
    assert users == len(posts) > 1600
    persons = db.sa.session.scalar(sqla.select(sqla.func.sum(Household.persons)))
    assert persons > 62517
    bootstrap.seed("tree-b")
    assert db.sa.session.query(User).count() == users
    assert db.sa.session.scalar(sqla.select(sqla.func.sum(Household.persons))) == persons


def test_both_trees_stand_beside_each_other(app):
    bootstrap.seed("tree-a")
    bootstrap.seed("tree-b")
    admin = people.find("admin")
    assert {each.unit_name for each in admin.memberships} == {"广西壮族自治区", "某市"}


def test_demo_people_are_shown_as_long_as_their_password_holds(app):
    assert bootstrap.demo_posts() == []
    bootstrap.seed("tree-a")
    shown = [post.username for post in bootstrap.examples(bootstrap.demo_posts())]
    assert shown[0] == "admin"
    assert "village_committee.fengxicun" in shown
    people.set_password("admin", "something else")
    assert bootstrap.demo_posts() == []


def test_bundled_files_are_diagrams_decisions_and_forms():
    found = bootstrap.bundled_files()
    assert {name.rpartition(".")[2] for name in found} == {"bpmn", "dmn", "form"}
    assert all(content for content in found.values())
