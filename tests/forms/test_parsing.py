"""Files that are refused, each with the place and a plain sentence, and files that are not."""

import json
from typing import Any

import pytest

from service import errors, forms
from service.forms import reader
from tests.forms.building import ROOT, box, component, form, problem, rows, source


def faults(made: bytes) -> dict[str, Any]:
    return problem(forms.parse, made).fields


def test_a_form_becomes_a_frozen_model() -> None:
    made = form(box(component("textfield", "home.a", required=True, maxLength=5), path="g"))
    group = made.components[0]
    text = group.components[0]
    assert (made.id, made.schema_version, made.execution_platform) == ("f_test", 18, "Camunda Cloud")
    assert (group.data, text.data, text.place) == (("g",), ("home", "a"), "components[0].components[0]")
    assert (text.limits.required, text.limits.max_length) == (True, 5)
    assert [each.id for each in made.walk()] == ["Group_1", "Field_home.a"]
    with pytest.raises(AttributeError):
        made.id = "other"  # type: ignore[misc]


def test_the_same_content_is_the_same_version_whatever_its_layout() -> None:
    one = source(component("textfield", "a"))
    assert forms.parse(one).digest == forms.parse(json.dumps(json.loads(one), indent=4).encode()).digest
    assert forms.parse(one).digest != form(component("textfield", "b")).digest


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (b"", "not JSON: line 1"),
        (b"{", "not JSON"),
        (b"[]", "JSON object"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"id": "a", "id": "b"}', '"id" twice'),
        (b'{"a": 1' + b"0" * 50 + b"}", "40 characters"),
        (b"[" * 100_000, "nested"),
        (b" " * (reader.MAX_BYTES + 1), "bytes"),
    ],
)
def test_what_is_no_json_object_is_refused(made: bytes, words: str) -> None:
    assert words in str(problem(forms.parse, made))


def test_brackets_inside_texts_are_no_nesting() -> None:
    assert form(component("text", text="[" * 1000 + '\\"{')).components[0].type == "text"


@pytest.mark.parametrize(
    "root",
    [
        {"schemaVersion": 20},
        {"schemaVersion": 0},
        {"schemaVersion": "18"},
        {"schemaVersion": 1.5},
        {"id": ""},
        {"id": 5},
        {"type": "textfield"},
        {"components": {}},
        {"components": None},
    ],
)
def test_a_malformed_root_is_refused(root: dict[str, Any]) -> None:
    assert "form" in faults(json.dumps({**ROOT, "components": [], **root}).encode())


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"type": "roster", "id": "x"}, '"roster" are not known'),
        ({"type": "default", "id": "x", "components": []}, "not known"),
        (component("textfield", id="x"), 'needs a "key"'),
        (component("textfield", "a..b", id="x"), "joined by points"),
        (component("textfield", "a.0", id="x"), "joined by points"),
        (component("textfield", "@date", id="x"), "joined by points"),
        (component("textfield", 5, id="x"), '"key" must be a text'),  # type: ignore[arg-type]
        (component("textfield", "a", id="x", required="yes"), '"validate.required" must be true or false'),
        (component("textfield", "a", id="x", validate={"requird": True}), '"validate.requird" is not known'),
        (component("textfield", "a", id="x", validate=[]), '"validate" must be an object'),
        (component("textfield", "a", id="x", minLength="many"), "number or an expression"),
        (component("textfield", "a", id="x", pattern="(a"), "pattern cannot be used"),
        (component("textfield", "a", id="x", pattern="(?=a)"), "pattern cannot be used"),
        (component("textfield", "a", id="x", validationType="fax"), "must be one of"),
        (component("textfield", "a", id="x", hide="a = 1"), 'begin with "="'),
        (component("textfield", "a", id="x", conditional={"show": "=true"}), '"conditional.show" is not known'),
        (component("textfield", "a", id="x", readonly="yes"), "true, false or an expression"),
        (component("textfield", "a", id="x", disabled="=true"), "true or false"),
        (component("textfield", "a", id="x", properties={"a": 1}), '"a" must be a text'),
        (component("number", "a", id="x", decimalDigits=-1), "whole number from 0"),
        (component("number", "a", id="x", increment="much"), "number or an expression"),
        (component("datetime", "a", id="x", subtype="week"), "date, time, datetime"),
        (component("datetime", "a", id="x", timeSerializingFormat="local"), "must be one of"),
        (component("select", "a", id="x", values={"a": 1}), "must be a list"),
        (component("select", "a", id="x", values=[{"label": "a"}]), "label (text) and a value"),
        (component("select", "a", id="x"), "exactly one of"),
        (component("select", "a", id="x", values=["a"], valuesKey="b"), "exactly one of"),
        (component("radio", "a", id="x", values=["a", "a"]), 'have the value "a"'),
        (component("radio", "a", id="x", valuesExpression="list"), 'begin with "="'),
        (component("expression", "a", id="x", expression="1 + 1"), 'begin with "="'),
        (component("expression", "a", id="x", expression="=1 +"), "not FEEL"),
        (component("expression", "a", id="x", expression="=1", computeOn="never"), "must be one of"),
        (component("textfield", "a", id="x", hide="=a = ="), "not FEEL"),
        (component("number", "a", id="x", max="=(("), "not FEEL"),
        (component("table", id="x", columns=[{"key": 1}]), "key and a label"),
        (component("button", id="x", action="explode"), "must be one of"),
        (component("textfield", "a", id="x", components=[]), "Only a group or a list"),
        ({"type": "group", "id": "x"}, "list of components"),
        (rows("", id="x"), 'needs a "path"'),
        (component("textfield", "a", id="x", properties={"validator": "psychic"}), 'no check "psychic"'),
        (component("number", "a", id="x", properties={"validator": "phone"}), "for text fields"),
        (component("textfield", "a", id="x", properties={"rule.r": "true"}), 'begins with "="'),
        (component("textfield", "a", id="x", properties={"rule.r.message": "m"}), "needs a condition"),
        (component("textfield", "a", id="x", properties={"rule.r": "=true"}), "needs a text"),
        (component("textfield", "a", id="x", properties={"rule.r": "=)", "rule.r.message": "m"}), "not FEEL"),
        (
            component(
                "textfield", "a", id="x", properties={"rule.r": "=a", "rule.r.message": "m", "rule.r.severity": "fatal"}
            ),
            "error or warning",
        ),
        (component("textfield", "a", id="x", properties={"rule.r.colour": "red"}), "not of the form"),
        (component("textfield", "a", id="x", properties={"minRows": "1"}), "belongs to a list"),
        (rows("r", id="x", properties={"maxRows": "many"}), "whole number"),
        (rows("r", id="x", properties={"rowKey": "code"}), "not a column"),
    ],
)
def test_a_malformed_component_is_refused_by_its_id(bad: dict[str, Any], words: str) -> None:
    told = faults(source(component("textfield", "good"), bad))
    assert list(told) == ["x"]
    assert any(words in sentence for sentence in told["x"]), told


def test_all_faults_are_told_at_once() -> None:
    told = faults(source(component("textfield", id="a"), component("video", id="b"), 5, {"type": "text"}))
    assert list(told) == ["a", "b", "components[2]", "components[3]"]


def test_ids_are_unique() -> None:
    told = faults(source(component("textfield", "a", id="x"), box(component("textfield", "b", id="x"))))
    assert told == {"x": ["Another component has the same id."]}


@pytest.mark.parametrize(
    "second",
    [
        component("number", "a", id="second"),
        component("number", "a.b", id="second"),
        rows("a", id="second"),
        box(component("number", "b", id="second"), path="a"),
    ],
)
def test_two_components_cannot_write_the_same_value(second: dict[str, Any]) -> None:
    told = faults(source(component("textfield", "a", id="first"), second))
    assert told == {"second": [next(iter(told["second"]))]}
    assert "first" in told["second"][0]


def test_two_groups_may_share_a_path_and_rows_have_their_own_names() -> None:
    form(
        box(component("textfield", "a"), path="g"),
        box(component("textfield", "b"), path="g", id="G2"),
        rows("r", component("textfield", "a", id="ra")),
        rows("s", component("textfield", "a", id="sa")),
    )


def test_sizes_and_nesting_are_bounded() -> None:
    deep = component("textfield", "a")
    for level in range(9):
        deep = box(deep, id=f"G{level}")
    assert isinstance(problem(forms.parse, source(deep)), errors.TooLarge)
    many = [component("text", id=f"t{index}") for index in range(1001)]
    assert isinstance(problem(forms.parse, source(*many)), errors.TooLarge)


@pytest.mark.parametrize("version", [1, 18, 19])
def test_every_schema_version_up_to_19_is_read(version: int) -> None:
    assert form(schemaVersion=version).schema_version == version


def warnings(*components: Any, **root: Any) -> list[tuple[str, str]]:
    return [(finding.element, finding.rule) for finding in forms.lint(form(*components, **root))]


def test_a_good_form_has_no_warnings() -> None:
    assert warnings(component("textfield", "a")) == []


def test_what_a_designer_should_know_is_a_warning() -> None:
    assert warnings(component("textfield", "a"), executionPlatform="Other") == [("form", "platform")]
    assert warnings() == [("form", "empty")]
    assert warnings(component("textfield", "a", id="x", label="")) == [("x", "label")]
    assert warnings(component("textfield", "a", id="x", glow=True)) == [("x", "unknown-attribute")]
    assert warnings(component("textfield", "a", id="x", properties={"colour": "red"})) == [("x", "unknown-property")]
    assert warnings(component("textfield", "a", id="x", readonly=True, required=True)) == [("x", "readonly-required")]
    column = component("textfield", "a", id="x", readonly=True)
    assert warnings(rows("r", column)) == [("x", "readonly-row")]
    assert warnings(rows("r", column, allowAddRemove=False)) == []


def test_a_finding_says_where_and_what_in_the_asked_language() -> None:
    finding = forms.lint(form(component("textfield", "a", id="x", glow=True)))[0]
    assert str(finding) == 'x: The attribute "glow" is not known.'
