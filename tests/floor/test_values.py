"""The lossless codec, alone and through PostgreSQL."""

import datetime as dt
import json
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sqla
from hypothesis import given, settings
from hypothesis import strategies as st

from service import db, errors
from service.db import values

SHANGHAI = ZoneInfo("Asia/Shanghai")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)
moments = st.datetimes(timezones=st.sampled_from([None, dt.UTC, SHANGHAI, dt.timezone(dt.timedelta(hours=-3))]))
scalars = (
    st.none()
    | st.booleans()
    | texts
    | decimals
    | st.dates()
    | moments
    | st.timedeltas()
    | st.times()
    | st.just("@date")
)
keys = texts | st.sampled_from(["@date", "@@date", "@", "@context", "@duration"])
trees = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


@given(trees)
def test_every_value_comes_back_as_it_was(value):
    back = values.loads(values.dumps(value))
    assert back == value
    assert shape(back) == shape(value)


@settings(max_examples=60, deadline=None)
@given(trees)
def test_every_value_comes_back_through_jsonb(application, value):
    with application.app_context():
        query = sqla.select(
            sqla.type_coerce(
                sqla.cast(sqla.bindparam("v", value, values.TypedJSON), values.TypedJSON), values.TypedJSON
            )
        )
        assert db.sa.session.scalar(query) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.10"), "0.10"),
        (Decimal("9007199254740993.000000000000001"), "9007199254740993.000000000000001"),
        (3, "3"),
        (dt.date(2026, 1, 1), '{"@date":"2026-01-01"}'),
        (dt.datetime(2026, 1, 1, 8, tzinfo=SHANGHAI), '{"@datetime":"2026-01-01T08:00:00+08:00@Asia/Shanghai"}'),
        (dt.timedelta(days=-1, milliseconds=5), '{"@duration":"-PT86399.995S"}'),
        ({"@date": "x"}, '{"@@date":"x"}'),
        ({"@date": "x", "b": []}, '{"@date":"x","b":[]}'),
        ('汉\n"', '"汉\\n\\""'),
        ([], "[]"),
    ],
)
def test_the_text_is_plain_to_see(value, text):
    assert values.dumps(value) == text
    assert values.loads(text) == value


def test_numbers_are_decimals_and_keep_every_digit():
    back = values.loads(values.dumps({"a": 1, "b": Decimal("1.50"), "c": 0.1}))
    assert {key: (type(item), str(item)) for key, item in back.items()} == {
        "a": (Decimal, "1"),
        "b": (Decimal, "1.50"),
        "c": (Decimal, "0.1"),
    }


def test_a_zone_is_kept_by_name():
    moment = dt.datetime(2026, 1, 1, 8, tzinfo=SHANGHAI)
    assert values.loads(values.dumps(moment)).tzinfo.key == "Asia/Shanghai"
    assert values.loads(values.dumps(dt.time(8, tzinfo=SHANGHAI))).tzinfo.key == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (Decimal("NaN"), "NaN is not a number"),
        (float("inf"), "inf is not a number"),
        ("a\0b", "NUL"),
        ("\ud800", "half a character"),
        ({1: "x"}, "The key 1 is not text"),
        ([object()], "type object"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_the_reason(value, why):
    with pytest.raises(errors.Invalid, match=why):
        values.dumps(value)


def test_endless_nesting_is_refused():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(errors.Invalid, match="nested too deeply"):
        values.dumps(value)


def test_a_registered_type_travels_under_its_tag():
    class Colour:
        def __init__(self, name):
            self.name = name

    values.register("@colour", Colour, lambda colour: colour.name, Colour)
    assert values.dumps([Colour("红")]) == '[{"@colour":"红"}]'
    assert values.loads('{"@colour":"红"}').name == "红"
    with pytest.raises(ValueError, match="must begin with one '@'"):
        values.register("colour", Colour, str, Colour)


def test_other_programs_see_plain_json():
    value = {"d": dt.date(2026, 1, 1), "n": Decimal("12"), "x": Decimal("0.5"), "l": [None, True]}
    assert values.plain(value) == {"d": "2026-01-01", "n": 12, "x": 0.5, "l": [None, True]}
    assert json.loads(values.plain_json({**value, "@date": 1})) == {**values.plain(value), "@date": 1}


def shape(value):
    """The types of a value, all the way down."""
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return type(value)
