import pytest

from service import errors
from service.notices import content

ENTRY = {
    "group": "上寨屯",
    "head_name": "吴安",
    "persons": 4,
    "cause": "01",
    "cert_no": "450299197001010015",
    "phone": "19900000000",
    "health": ["03"],
    "per_capita_net_income": 1200,
}


def test_only_the_asked_for_columns_of_the_whitelist_are_copied():
    assert content.rows([ENTRY], content.HOUSEHOLD_COLUMNS) == [
        {"no": 1, "group": "上寨屯", "head_name": "吴安", "persons": 4}
    ]


@pytest.mark.parametrize("column", ["cert_no", "phone", "health", "per_capita_net_income", "members", "bank_account"])
def test_a_private_column_cannot_be_asked_for(column):
    with pytest.raises(errors.Invalid, match=column):
        content.rows([ENTRY], [*content.HOUSEHOLD_COLUMNS, column])


@pytest.mark.parametrize(("code", "shown"), [("01", "99"), ("02", "99"), ("03", "03"), ("11", "11"), (None, None)])
def test_illness_and_disability_are_shown_as_other_causes(code, shown):
    assert content.rows([ENTRY | {"cause": code}], ("cause",)) == [{"cause": shown}]


@pytest.mark.parametrize("slip", ["吴安 19900000000", "吴450299197001010015", "6222020000001234", "吴450299****0015"])
def test_a_number_typed_into_a_name_stops_the_notice(slip):
    with pytest.raises(errors.Invalid, match="long number"):
        content.rows([ENTRY | {"head_name": slip}], content.HOUSEHOLD_COLUMNS)


def test_a_group_number_may_be_shown():
    assert content.rows([ENTRY | {"group": "第12组"}], ("group",)) == [{"group": "第12组"}]


def test_rows_are_numbered_in_their_order():
    numbered = content.rows([ENTRY, ENTRY, ENTRY], ("no", "head_name"))
    assert [row["no"] for row in numbered] == [1, 2, 3]
