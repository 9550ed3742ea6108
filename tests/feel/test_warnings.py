"""An error inside an expression gives null and says where and why."""

import pytest

from service import feel


@pytest.mark.parametrize(
    ("expression", "code", "fragment"),
    [
        ("1 + nobody", "variable_not_found", "nobody"),
        ("{a: 1}.b", "member_not_found", "{a: 1}.b"),
        ('1 + "a"', "operand_types", '1 + "a"'),
        ("1 / 0", "division_by_zero", "1 / 0"),
        ("nobody(1)", "function_not_found", "nobody"),
        ("1 + 5(2)", "not_a_function", "5(2)"),
        ('abs("a")', "argument_type", 'abs("a")'),
        ("abs()", "argument_count", "abs()"),
        ("abs(m: 1)", "argument_name", "abs(m: 1)"),
        ("decimal(n: 1)", "argument_missing", "decimal(n: 1)"),
        ("[1][2]", "index_out_of_range", "[1][2]"),
        ('1 + @"x"', "bad_literal", '@"x"'),
        ("1 instance of foo", "unknown_type", "foo"),
        ('matches("a", "(")', "bad_pattern", 'matches("a", "(")'),
        ("sqrt(-1)", "argument_value", "sqrt(-1)"),
        ("[5..1]", "bad_range", "[5..1]"),
        ("for x in null return x", "not_iterable", "null"),
        ("true and 1", "not_boolean", "true and 1"),
        ('[1]["a"]', "filter_result", '[1]["a"]'),
        ('1 in "a"', "operand_types", '"a"'),
        ("1 in (= [1])", "operand_types", "= [1]"),
        ("{a: 1, a: 2}", "duplicate_key", "{a: 1, a: 2}"),
    ],
)
def test_reason_and_place(expression, code, fragment):
    value, warnings = feel.evaluate_with_warnings(expression)
    assert value is None
    found = [warning for warning in warnings if warning.code == code]
    assert [warning.fragment for warning in found] == [fragment]


def test_a_warning_speaks_both_languages():
    _, (warning, *_) = feel.evaluate_with_warnings("1 +\n  x")
    assert warning.message() == "variable 'x' not found"
    assert warning.message("zh-CN") == "找不到变量“x”"
    assert (warning.line, warning.column) == (2, 3)
    assert str(warning) == "variable 'x' not found (line 2, column 3)"
    _, (warning,) = feel.evaluate_with_warnings('1 + "a"')
    assert warning.message() == "'+' cannot be applied to a number and a text"
    assert warning.message("zh") == "“+”不能用于数字和文本"


def test_every_message_has_both_languages_and_the_same_parameters():
    import string

    from service.feel.messages import TEXTS

    for code, (english, chinese) in TEXTS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert fields[0] == fields[1], code


@pytest.mark.parametrize(
    ("expression", "chinese"),
    [
        ("1 + ", "此处应为值，却是结尾"),
        ("(1 + 2", "此处应为')'，却是结尾"),
        ("[1..2", "此处应为']' 或 ')' 或 '['，却是结尾"),
        ("1 instance of", "此处应为类型，却是结尾"),
        ("{: 1}", "此处应为键，却是':'"),
        ("for in [1] return 1", "此处应为名称，却是'in'"),
    ],
)
def test_a_syntax_error_is_told_in_chinese_all_through(expression, chinese):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(expression)
    assert caught.value.message("zh") == chinese


@pytest.mark.parametrize(
    ("expression", "chinese"),
    [
        ('substring("abc", 9)', "“substring”无法处理该值：起始位置 9"),
        ("remove([1], 2)", "“remove”无法处理该值：位置 2"),
        ('replace("a", "b*", "c")', "正则表达式 'b*' 不可用：可匹配空文本"),
        ('matches("a", "a", "y")', "正则表达式 'a' 不可用：标志 y"),
        ("context([{key: 1}])", "“context”无法处理该值：每项须有 key 和 value"),
        ("concatenate([1], null)", "“concatenate”的参数“list”应为list，却是空值"),
    ],
)
def test_a_reason_is_told_in_chinese_all_through(expression, chinese):
    _, (warning,) = feel.evaluate_with_warnings(expression)
    assert warning.message("zh") == chinese


def test_what_goes_well_warns_of_nothing():
    context = {"rows": [{"a": 1}, {"a": 2}]}
    assert feel.evaluate_with_warnings("count(rows[a > 1]) + sum(rows.a)", context) == (4, [])


def test_warnings_are_bounded():
    _, warnings = feel.evaluate_with_warnings("for i in 1..1000 return x")
    assert len(warnings) == 100


def test_a_missing_name_tells_the_names_in_scope_and_a_similar_one():
    context = {"income": 1, "rows": [{"persons": 1}]}
    _, (warning,) = feel.evaluate_with_warnings("{a: incme}", context)
    assert warning.names == ("income", "rows")
    assert warning.message() == "variable 'incme' not found; did you mean 'income'?"
    assert warning.message("zh") == "找不到变量“incme”；是否应为“income”？"
    _, (warning, *_) = feel.evaluate_with_warnings("for h in rows return [h][person > 1]", context)
    assert warning.names == ("persons", "partial", "h", "income", "rows")
    assert warning.similar == "persons"
    _, (warning,) = feel.evaluate_with_warnings("rows[1].person", context)
    assert warning.similar == "persons"
