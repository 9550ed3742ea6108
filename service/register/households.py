"""Households and their members: taking over a registration form, giving it back, and who may see the numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from service import clock, db, errors, identity
from service.errors import _
from service.privacy import masking, vault
from service.register import models
from service.register.rules import identity_numbers, income

READ_PERSONAL = "register.read_personal"
COLUMNS = ("hamlet", "group_no", "head_name", "phone", "bank_name", "main_cause", "is_prior_registered")
MEMBER_COLUMNS = (
    "name",
    "relation_to_head",
    "ethnicity",
    "education",
    "student_status",
    "health",
    "labour_ability",
    "work_status",
    "work_months",
    "has_coop_medical",
    "has_pension",
    "is_dibao",
)
DERIVED = ("persons", "labourers", "per_capita_net_income", "gap_housing", "gap_education", "gap_health", "gaps")
ADDRESS = ("province", "city", "county", "township", "village")
NOT_FACTS = frozenset({*COLUMNS, *DERIVED, *ADDRESS, "household_attr", "bank_account", "members"})
MOVED_AWAY = "08"


def load(key: int) -> models.Household:
    """A household with its members.

    :raises errors.NotFound: no such household.
    """
    query = sa.select(models.Household).where(models.Household.key == key)
    household = db.sa.session.scalars(query.options(orm.selectinload(models.Household.members))).first()
    if household is None:
        raise errors.NotFound(_("There is no household %(key)s"), key=key)
    return household


def create(unit_id: int, answers: Mapping[str, Any]) -> models.Household:
    """Enter a household that the register does not know yet, with the next free code of its village."""
    household = models.Household(
        key=db.next_key(), code=_next_code(unit_id), unit_id=unit_id, head_name="", members=[], status=""
    )
    save(household, answers, new=True)
    return household


def save(household: models.Household, answers: Mapping[str, Any], *, new: bool = False) -> None:
    """Take over the checked answers of the household form (贫困户登记表, DOMAIN §3.2).

    Members keep their row when their number is the same; who is no longer on the form has moved away. Gaps that the
    form computed for its own reference point win over those of today.

    :raises errors.Unprocessable: a number twice on the form, or of somebody in another household, with its place.
    """
    members = list(answers.get("members") or [])
    numbers = [identity_numbers.citizen_part(member["cert_no"]) for member in members]
    indexes = [vault.current().index(number, purpose="cert_no") for number in numbers]
    _refuse_duplicates(household, indexes)
    for name in COLUMNS:
        setattr(household, name, answers.get(name) or type(getattr(household, name) or "")())
    household.is_prior_registered = bool(answers.get("is_prior_registered"))
    household.attr = answers.get("household_attr") or ""
    household.facts = {name: value for name, value in answers.items() if name not in NOT_FACTS}
    _seal_account(household, answers.get("bank_account"))
    _set_members(household, members, indexes)
    derive(household)
    for name in ("gap_housing", "gap_education", "gap_health"):
        if isinstance(answers.get(name), bool):
            setattr(household, name, answers[name])
    if new:
        db.sa.session.add(household)
    db.sa.session.flush()


def take_over(case: models.Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Save the form of a household's case; gives what the case keeps as its answer: no members, no numbers."""
    if case.household_key is None:
        raise errors.Invalid(_("A village's case has no household form"))
    household = load(case.household_key)
    save(household, answers)
    case.persons = household.persons
    case.facts = {**case.facts, "income": household.per_capita_net_income, "gaps": household.gaps}
    case.facts |= {name: getattr(household, name) for name in ("gap_housing", "gap_education", "gap_health")}
    return {name: value for name, value in answers.items() if name not in ("members", "bank_account", "phone")}


def derive(household: models.Household) -> None:
    """Recompute persons, labour, income per person and gaps from the members present and the facts (DOMAIN §3.2)."""
    present = [_plain(member) for member in household.members if not member.left]
    household.persons = len(present)
    household.labourers = income.labourers(present)
    household.per_capita_net_income = income.per_capita(income.net_income(household.facts), len(present))
    household.gap_housing = income.housing_gap(household.facts)
    household.gap_education = income.education_gap(present, clock.today())
    household.gap_health = income.health_gap(present)


def change_member(member: models.Member, code: str, *, left: bool) -> None:
    """Book a natural change (成员变更) such as a death or a marriage, effective today."""
    member.change, member.changed_on, member.left = code, clock.today(), left
    derive(member.household)


def form(household: models.Household, *, reveal: bool) -> dict[str, Any]:
    """The answers of the household form as the register has them; numbers masked unless ``reveal``."""
    present = [member for member in household.members if not member.left]
    return {
        **household.facts,
        **{name: getattr(household, name) for name in COLUMNS},
        "household_attr": household.attr,
        "bank_account": _account(household, reveal),
        "phone": household.phone if reveal else masking.phone(household.phone),
        "members": [_form_row(member, reveal) for member in present],
    }


def may_see_numbers(person: identity.Person, household: models.Household) -> bool:
    """Whether somebody may see the identity, bank and telephone numbers of a household."""
    return identity.access.allowed(person, READ_PERSONAL, household)


def sealed_number(number: str) -> dict[str, bytes]:
    """The columns in which a member's identity number stands: sealed, and as the digest by which it is found."""
    safe, citizen = vault.current(), identity_numbers.citizen_part(number)
    sealed = safe.seal(identity_numbers.normalise(number))
    return {"cert_no_sealed": sealed, "cert_no_index": safe.index(citizen, purpose="cert_no")}


def find_by_number(number: str) -> models.Household | None:
    """The household in which the holder of an identity number stands, found without opening any number."""
    digest = vault.current().index(identity_numbers.citizen_part(number), purpose="cert_no")
    query = (
        sa.select(models.Household)
        .join(models.Member)
        .where(models.Member.cert_no_index == digest, ~models.Member.left)
    )
    return db.sa.session.scalars(query).first()


def _refuse_duplicates(household: models.Household, indexes: Sequence[bytes]) -> None:
    query = (
        sa.select(models.Member.cert_no_index, models.Household.code)
        .join(models.Household)
        .where(
            models.Member.cert_no_index.in_(indexes),
            ~models.Member.left,
            models.Member.household_key != household.key,
        )
    )
    elsewhere = dict(db.sa.session.execute(query).all())
    fields = {}
    for position, index in enumerate(indexes):
        place = f"members.{position}.cert_no"
        if index in elsewhere:
            code = elsewhere[index]
            fields[place] = errors.localize(_("This person stands in household %(code)s already"), code=code)
        elif index in indexes[:position]:
            fields[place] = errors.localize(_("This number stands twice on the form"))
    if fields:
        raise errors.Unprocessable(_("An identity number may stand in one household only"), fields=fields)


def _set_members(household: models.Household, rows: Sequence[Mapping[str, Any]], indexes: Sequence[bytes]) -> None:
    known = {member.cert_no_index: member for member in household.members if not member.left}
    for position, (row, index) in enumerate(zip(rows, indexes, strict=True), start=1):
        member = known.pop(index, None) or _new_member(household, row["cert_no"])
        for name in MEMBER_COLUMNS:
            if row.get(name) is not None:
                setattr(member, name, list(row[name]) if name == "health" else row[name])
        member.position = position
    for member in known.values():
        member.change, member.changed_on, member.left = MOVED_AWAY, clock.today(), True


def _new_member(household: models.Household, number: str) -> models.Member:
    known = identity_numbers.read(number)
    member = models.Member(
        key=db.next_key(),
        household_key=household.key,
        born=known.born,
        sex=known.sex,
        **sealed_number(number),
        left=False,
        health=[],
        student_status="01",
        has_coop_medical=False,
        labour_ability="",
    )
    household.members.append(member)
    return member


def _seal_account(household: models.Household, account: str | None) -> None:
    safe = vault.current()
    household.bank_account_sealed = safe.seal(account) if account else None
    household.bank_account_index = safe.index(account, purpose="bank_account") if account else None


def _account(household: models.Household, reveal: bool) -> str | None:
    if household.bank_account_sealed is None:
        return None
    account = vault.current().open(household.bank_account_sealed)
    return account if reveal else masking.account(account)


def _form_row(member: models.Member, reveal: bool) -> dict[str, Any]:
    number = vault.current().open(member.cert_no_sealed)
    row = {name: getattr(member, name) for name in MEMBER_COLUMNS}
    return {**row, "cert_no": number if reveal else masking.certificate(number)}


def _plain(member: models.Member) -> dict[str, Any]:
    names = ("born", "labour_ability", "student_status", "health", "has_coop_medical")
    return {name: getattr(member, name) for name in names}


def _next_code(unit_id: int) -> str:
    """The village's code and a running number; entries of one village at the same time wait for each other."""
    unit = identity.units.get(unit_id)
    db.lock_name(f"household code {unit.code}")
    last = db.sa.session.scalar(
        sa.select(sa.func.max(models.Household.code)).where(models.Household.unit_id == unit_id)
    )
    return f"{unit.code}{int(last.removeprefix(unit.code)) + 1 if last else 1:04d}"
