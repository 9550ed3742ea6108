from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import db, errors, identity
from service.identity import people, units
from service.register import households, models


def read(household):
    db.sa.session.expire_all()
    return households.load(household.key)


def save(household, **answers):
    with db.transaction():
        loaded = households.load(household.key)
        households.save(loaded, {**households.form(loaded, reveal=True), **answers})
    return read(household)


def test_a_household_gets_a_running_code_in_its_village(world):
    codes = [world.household(world.upper).code, world.household(world.lower).code, world.household(world.upper).code]
    assert codes == ["5002990010010001", "5002990010020001", "5002990010010002"]


def test_figures_are_derived_from_members_and_amounts(world):
    made = read(world.household(world.upper, persons=3, income="2735.99"))
    assert (made.persons, made.labourers, made.per_capita_net_income) == (3, 3, Decimal("2735.99"))
    assert made.gaps == 0


def test_no_number_is_readable_in_the_database(world):
    made = world.household(world.upper)
    save(made, bank_account="6222020000001234")
    number = households.form(read(made), reveal=True)["members"][0]["cert_no"]
    for table in ("households", "members"):
        dump = str(db.sa.session.execute(sa.text(f"SELECT {table}::text FROM {table}")).scalars().all())
        assert number not in dump
        assert number.encode().hex() not in dump
        assert "6222020000001234" not in dump


def test_a_person_in_another_household_is_refused_with_the_place(world):
    first, second = world.household(world.upper), world.household(world.lower, persons=2)
    taken = households.form(read(first), reveal=True)["members"][0]
    mine = households.form(read(second), reveal=True)["members"]
    with pytest.raises(errors.Unprocessable) as refused:
        save(second, members=[*mine, taken])
    assert list(refused.value.fields) == ["members.2.cert_no"]
    assert first.code in str(refused.value.fields)
    assert read(second).persons == 2


def test_the_disability_certificate_of_somebody_registered_elsewhere_is_found_too(world):
    first, second = world.household(world.upper), world.household(world.lower)
    number = households.form(read(first), reveal=True)["members"][0]["cert_no"]
    with pytest.raises(errors.Unprocessable, match="one household"):
        save(second, members=[{**world.person(), "cert_no": number.lower() + "43"}])


def test_a_number_twice_on_one_form_is_refused(world):
    made, person = world.household(world.upper), world.person()
    with pytest.raises(errors.Unprocessable) as refused:
        save(made, members=[person, person])
    assert list(refused.value.fields) == ["members.1.cert_no"]


def test_the_database_itself_refuses_a_second_active_member_with_one_number(world):
    first, second = world.household(world.upper), world.household(world.lower)
    stolen = read(first).members[0].cert_no_index
    with pytest.raises(sa.exc.IntegrityError), db.transaction():
        households.load(second.key).members[0].cert_no_index = stolen


def test_whoever_left_may_be_entered_elsewhere(world):
    first, second = world.household(world.upper, persons=2), world.household(world.lower)
    bride = households.form(read(first), reveal=True)["members"][1]
    with db.transaction():
        households.change_member(households.load(first.key).members[1], "02", left=True)
    mine = households.form(read(second), reveal=True)["members"]
    assert save(second, members=[*mine, bride]).persons == 2
    assert read(first).persons == 1


def test_members_keep_their_row_and_those_gone_from_the_form_have_moved_away(world, at):
    at("2014-06-01T08:00+08:00")
    made = read(world.household(world.upper, persons=2))
    kept, gone = (member.key for member in made.members)
    rows = households.form(made, reveal=True)["members"]
    saved = save(made, members=[{**rows[0], "education": "03"}])
    by_key = {member.key: member for member in saved.members}
    assert (by_key[kept].education, by_key[kept].left) == ("03", False)
    assert (by_key[gone].change, by_key[gone].changed_on, by_key[gone].left) == ("08", date(2014, 6, 1), True)


def test_the_form_comes_back_as_it_was_saved(world):
    answers = {"house_area": Decimal("80.5"), "main_cause": "08", "household_attr": "02", "needs": "养牛"}
    answers |= {"bank_account": "6222020000001234", "phone": "19900000001", "form_date": date(2014, 8, 1)}
    form = households.form(save(world.household(world.upper), **answers), reveal=True)
    assert {name: form[name] for name in answers} == answers


def test_a_masked_form_shows_no_number(world):
    made = save(world.household(world.upper), bank_account="6222020000001234", phone="19900000001")
    number = made.members[0]
    shown = str(households.form(made, reveal=False))
    assert number.name in shown
    for hidden in ("6222020000001234", "19900000001", "19700101"):
        assert hidden not in shown


def test_a_person_is_found_by_number_without_opening_any(world):
    made = world.household(world.upper)
    number = households.form(read(made), reveal=True)["members"][0]["cert_no"]
    assert households.find_by_number(f" {number.lower()} ").key == made.key
    assert households.find_by_number("450299197001019999") is None


def test_gaps_computed_by_the_form_win_over_those_of_today(world):
    made = save(world.household(world.upper), gap_education=True, danger_level="D")
    assert (made.gap_education, made.gap_housing, made.gap_health) == (True, True, False)


def test_only_officials_of_the_village_or_above_may_see_numbers(world):
    made = world.household(world.upper)
    for name, role, unit in (
        ("alice", "village_clerk", world.upper),
        ("bob", "township_clerk", world.township),
        ("charlie", "village_clerk", world.lower),
    ):
        people.add(name, name)
        people.join(name, role, units.get(unit))
    seen = {name: households.may_see_numbers(people.find(name), made) for name in ("alice", "bob", "charlie")}
    assert seen == {"alice": True, "bob": True, "charlie": False}
    assert households.may_see_numbers(identity.SYSTEM, made)


def test_an_unknown_household_is_said_to_be_unknown(world):
    with pytest.raises(errors.NotFound, match="no household 5"):
        households.load(5)


def test_a_change_of_members_changes_the_income_per_person(world):
    made = world.household(world.upper, persons=2, income="3000")
    with db.transaction():
        households.change_member(households.load(made.key).members[0], "01", left=True)
    assert read(made).per_capita_net_income == Decimal(6000)
    assert isinstance(read(made), models.Household)
