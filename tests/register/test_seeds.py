import random
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from service import clock, db, errors, forms
from service.register import households as register
from service.register import models
from service.register.rules import identity_numbers, income
from service.seeds import households, people, tree_a, tree_b, worlds

PLACE = households.Place(1, "FX01", "枫溪村", ("街上屯", "上寨屯"))
FORMS = Path(__file__).resolve().parents[2] / "forms"


def drafts(shares=None, seed=1):
    return list(households.village(PLACE, shares or households.applicants(232), people.Numbers("450299"), seed))


def test_the_same_seed_gives_the_same_households_and_another_other_ones():
    assert drafts() == drafts()
    assert drafts() != drafts(seed=2)


@pytest.mark.parametrize("persons", [1, 2, 7, 8, 232, 402])
def test_household_sizes_add_up_exactly(persons):
    sizes = people.sizes(random.Random(5), persons)
    assert sum(sizes) == persons
    assert set(sizes) <= set(people.SIZES)


def test_the_poor_of_a_village_are_as_many_as_reported_and_more_than_its_quota():
    made = drafts()
    poor = sum(draft.persons for draft in made if draft.per_capita < households.POVERTY_LINE)
    assert poor == 232 > 211
    assert sum(draft.persons for draft in made) > 232


def test_incomes_are_exact_to_the_cent():
    for draft in drafts():
        assert income.net_income(draft.facts) == draft.per_capita * draft.persons


def test_a_household_that_lost_money_spent_more_than_it_earned():
    draft = households.described(PLACE, "H1", 3, Decimal("-500"), people.Numbers("450299"))
    assert income.net_income(draft.facts) == -1500
    assert all(draft.facts[name] >= 0 for name in (*income.EARNINGS, *income.TRANSFERS, "expense_production"))


def test_numbers_are_valid_unassigned_and_given_once():
    made = drafts()
    numbers = [member["cert_no"] for draft in made for member in draft.members]
    assert len(set(numbers)) == len(numbers)
    for draft in made:
        for member in draft.members:
            read = identity_numbers.read(member["cert_no"])
            assert (read.born, read.sex) == (member["born"], member["sex"])
            assert member["cert_no"].startswith("450299")


def test_telephones_stay_in_the_unused_range():
    numbers = people.Numbers("450299", phones=9_999)
    assert [numbers.phone(), numbers.phone()] == ["19900009999", "19900000000"]


def test_families_hang_together():
    for draft in drafts():
        relations = Counter(member["relation_to_head"] for member in draft.members)
        assert relations["01"] == 1
        assert relations["02"] <= 1
        head, *others = draft.members
        for member in others:
            if member["relation_to_head"] in ("03", "04"):
                assert member["born"] > head["born"]
            if member["relation_to_head"] in ("11", "12"):
                assert member["born"] < head["born"]


def test_some_households_lack_a_safe_house_some_are_excluded_and_some_are_relatives():
    made = [draft for seed in range(5) for draft in drafts(seed=seed)]
    assert any(income.housing_gap(draft.facts) for draft in made)
    assert any(draft.facts["ex_company"] or draft.facts["ex_vehicle_yuan"] >= 30000 for draft in made)
    assert any(draft.relative for draft in made)


def test_every_household_passes_the_form_of_the_register(app):
    form = forms.parse((FORMS / "f_household.form").read_bytes())
    worlds.sow("tree-a")
    keys = db.sa.session.scalars(sa.select(models.Household.key).order_by(models.Household.code)).all()
    signed = {"household_signed": True, "form_date": households.REFERENCE_POINT}
    faults = {}
    for key in keys[::13]:
        made = register.load(key)
        try:
            forms.validate(form, register.form(made, reveal=True) | signed, {"ref_point": households.REFERENCE_POINT})
        except errors.Unprocessable as refused:
            faults[made.code] = (refused.fields, getattr(refused, "warnings", None))
    assert not faults


def test_tree_a_has_more_poor_persons_than_places_in_every_village(app):
    worlds.sow("tree-a")
    poor = (
        sa.select(models.Village.unit_id, sa.func.sum(models.Household.persons))
        .join(models.Household, models.Household.unit_id == models.Village.unit_id)
        .where(models.Household.per_capita_net_income < 2736)
        .group_by(models.Village.unit_id)
    )
    found = {unit_id: int(persons) for unit_id, persons in db.sa.session.execute(poor)}
    wanted = {village.unit_id: village.reported_poor for village in db.sa.session.scalars(sa.select(models.Village))}
    assert found == wanted
    assert sum(found.values()) == 2256 > tree_a.QUOTA


def test_tree_b_is_written_in_time_and_has_the_bases_of_the_plan(app):
    begun = time.monotonic()
    worlds.sow("tree-b")
    took = time.monotonic() - begun
    township = sa.func.left(models.Household.code, sa.literal_column("3"))
    registered = (
        sa.select(township, sa.func.sum(models.Household.persons))
        .where(models.Household.status.in_(models.ON_REGISTER))
        .group_by(township)
    )
    found = {code: int(persons) for code, persons in db.sa.session.execute(registered)}
    assert found == {township.code: township.base_persons for township in tree_b.TOWNSHIPS}
    assert sum(found.values()) == 62517
    villages = db.sa.session.scalar(sa.select(sa.func.count(sa.distinct(models.Household.unit_id))))
    assert villages == 278
    risen = sa.select(sa.func.sum(models.Household.persons)).where(
        models.Household.status == models.POOR, models.Household.per_capita_net_income >= Decimal(2736)
    )
    assert db.sa.session.scalar(risen) > 12503
    assert took < 40


def test_stored_persons_are_those_of_the_members(app):
    worlds.sow("tree-a")
    members = sa.select(sa.func.count()).where(models.Member.household_key == models.Household.key).scalar_subquery()
    wrong = db.sa.session.scalars(sa.select(models.Household.code).where(models.Household.persons != members)).all()
    assert wrong == []
    assert db.sa.session.scalar(sa.select(sa.func.max(models.Household.updated_at))) <= clock.now()


@pytest.mark.parametrize(("name", "townships", "exits"), [("tree-b-small", 3, 61), ("tree-b-township", 1, 267)])
def test_a_part_of_tree_b_has_as_many_persons_well_above_the_line_as_may_exit(app, name, townships, exits):
    worlds.sow(name)
    held = sa.select(sa.func.sum(models.Household.persons)).where(models.Household.status == models.POOR)
    assert db.sa.session.scalar(held.where(models.Household.per_capita_net_income >= Decimal(4104))) == exits
    codes = sa.select(sa.func.count(sa.distinct(sa.func.left(models.Household.code, sa.literal_column("3")))))
    assert db.sa.session.scalar(codes) == townships
