"""Decision tables: hit policies, aggregators, defaults, allowed values (DMN 1.5 clause 8)."""

from decimal import Decimal

import pytest

from service.engine import decisions
from service.engine.decisions.table.policies import POLICIES
from tests.engine.decisions.conftest import data, decision, function, literal, table

RULES = ('< 10 => "low"', '[5..15] => "mid"', '> 12 => "high"')


def ask(load, policy, value, rules=RULES, outputs="level", extra=""):
    model = load(data("x", "number"), decision("d", table(policy, "x", outputs, *rules, extra=extra), "x"))
    assert model.problems == ()
    return model.evaluate_with_warnings("d", {"x": value})


@pytest.mark.parametrize(
    ("policy", "value", "result"),
    [
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 7, None),
        ("UNIQUE", 20, "high"),
        ("FIRST", 7, "low"),
        ("FIRST", 14, "mid"),
        ("ANY", 7, None),
        ("ANY", 3, "low"),
        ("RULE ORDER", 7, ["low", "mid"]),
        ("COLLECT", 14, ["mid", "high"]),
        ("COLLECT", None, []),
        ("RULE ORDER", None, None),
        ("OUTPUT ORDER", None, None),
        ("UNIQUE", None, None),
    ],
)
def test_hit_policy(load, policy, value, result):
    assert ask(load, policy, value).value == result


def test_unique_is_strict_even_where_the_results_agree(load):
    outcome = ask(load, "UNIQUE", 7, ('< 10 => "same"', '> 5 => "same"'))
    assert outcome.value is None
    assert outcome.warnings[0].message() == "UNIQUE: rules 1, 2 match together"
    assert outcome.warnings[0].message("zh") == "UNIQUE：规则 1, 2 同时命中"


def test_any_wants_equal_results(load):
    assert ask(load, "ANY", 7, ("< 10 => 1", "> 5 => 1.0")).value == 1
    assert ask(load, "ANY", 7, ("< 10 => 1", "> 5 => 2")).value is None
    assert ask(load, "ANY", 7, ("< 10 => null", "> 5 => null")).value is None


@pytest.mark.parametrize(("policy", "result"), [("PRIORITY", "high"), ("OUTPUT ORDER", ["high", "mid"])])
def test_output_values_give_the_order(load, policy, result):
    assert ask(load, policy, 14, outputs='level: "high", "mid", "low"').value == result


def test_output_values_may_be_ranges(load):
    rules = ("> 0 => 1", "> 1 => 7", "> 2 => 30")
    assert ask(load, "OUTPUT ORDER", 5, rules, outputs="points: [20..40], [5..10], [0..4]").value == [30, 7, 1]


@pytest.mark.parametrize(
    ("aggregation", "result", "empty"), [("SUM", 60, None), ("MIN", 10, None), ("MAX", 30, None), ("COUNT", 3, 0)]
)
def test_aggregation(load, aggregation, result, empty):
    rules = ("> 0 => 10", "> 1 => 20", "> 2 => 30")
    assert ask(load, f"COLLECT + {aggregation}", 5, rules).value == result
    assert ask(load, f"COLLECT + {aggregation}", -5, rules).value == empty


def test_several_outputs_make_a_context(load):
    rules = ('< 10 => "a" | 1', '>= 10 => "b" | x * 2')
    assert ask(load, "UNIQUE", 20, rules, "name | amount").value == {"name": "b", "amount": 40}
    assert ask(load, "COLLECT + SUM", 20, ("> 1 => 1 | 2", "> 2 => 3 | 4"), "a | b").value == {"a": 4, "b": 6}


def test_priority_over_several_outputs_looks_at_the_first_that_differs(load):
    rules = ('> 0 => "a" | "low"', '> 0 => "a" | "high"', '> 0 => "b" | "high"')
    outputs = 'name: "a", "b" | level: "high", "low"'
    assert ask(load, "PRIORITY", 1, rules, outputs).value == {"name": "a", "level": "high"}


def test_a_default_stands_in_when_no_rule_matches(load):
    default = '<defaultOutputEntry><text>"none"</text></defaultOutputEntry>'
    assert ask(load, "UNIQUE", 3, ('> 5 => "x"',), extra=default).value == "none"


def test_a_result_outside_of_the_output_values_is_null(load):
    outcome = ask(load, "FIRST", 3, ('< 5 => "c"',), 'level: "a", "b"')
    assert outcome.value is None
    assert outcome.warnings[0].warning.code == "not_allowed"


def test_an_input_outside_of_its_values_gives_null(load):
    body = table("FIRST", "x", "y", '- => "any"').replace(
        "</inputExpression>", '</inputExpression><inputValues><text>"a", "b"</text></inputValues>'
    )
    model = load(data("x", "string"), decision("d", body, "x"))
    assert model.evaluate("d", {"x": "a"}) == "any"
    assert model.evaluate("d", {"x": "c"}) is None


def test_cells_see_other_variables_and_the_input_itself(load):
    model = load(
        data("x"),
        data("limit"),
        data("names"),
        decision(
            "d",
            table(
                "FIRST",
                "x",
                "y",
                '< limit => "under"',
                'list contains(names, ?) => "named"',
                '? = limit * 2 => "double"',
                'not("a", "b") => "other"',
                '- => "rest"',
            ),
            "x limit names",
        ),
    )
    given = {"limit": 5, "names": ["n"]}
    results = [model.evaluate("d", {**given, "x": x}) for x in (3, "n", 10, "c", "a")]
    assert results == ["under", "named", "double", "other", "rest"]


def test_a_cell_that_is_no_feel_is_a_problem_and_never_passes(load):
    model = load(data("x"), decision("d", table("FIRST", "x", "y", "< => 1", "- => 2"), "x"))
    assert [problem.element for problem in model.problems] == ["d"]
    assert model.problems[0].line > 0
    assert model.problems[0].error.code == "unexpected"
    assert model.evaluate("d", {"x": 1}) == 2


def test_explain_tells_rules_and_deciding_inputs(load):
    model = load(
        data("a"),
        data("b"),
        decision("d", table("FIRST", "a | b", "y", "< 5 | true => 1", "< 5 | - => 2", "- | - => 3"), "a b"),
    )
    explanation = model.explain("d", {"a": 3, "b": False})
    (run,) = explanation.tables
    assert explanation.value == Decimal(2)
    assert run.inputs == (("a", Decimal(3)), ("b", False))
    assert [(rule.number, rule.matched) for rule in run.rules] == [(1, False), (2, True)]
    assert [(test.input, test.test) for test in run.rules[0].decided_by] == [("b", "true")]
    assert [(test.input, test.test) for test in run.matched[0].decided_by] == [("a", "< 5")]
    assert explanation.decisions == {"d": 2}
    assert model.evaluate("d", {"a": 3, "b": False}) == 2


def test_explain_tells_what_each_rule_gave(load):
    model = load(
        data("a"), decision("d", table("COLLECT + SUM", "a", "y", "> 1 => a * 2", "> 9 => 7", "> 2 => 1"), "a")
    )
    (run,) = model.explain("d", {"a": 3}).tables
    assert [(rule.number, dict(rule.outputs)) for rule in run.rules] == [(1, {"y": 6}), (2, {}), (3, {"y": 1})]
    assert run.result == 7


def test_explain_shows_the_rules_that_may_not_match_together(load):
    model = load(data("a"), decision("d", table("UNIQUE", "a", "y", "> 1 => 1", "> 2 => 2"), "a"))
    explanation = model.explain("d", {"a": 3})
    assert explanation.value is None
    assert [rule.number for rule in explanation.tables[0].matched] == [1, 2]
    assert explanation.tables[0].inputs == (("a", Decimal(3)),)


@pytest.mark.parametrize(
    ("written", "value", "result"), [("U", 3, "low"), ("C", 7, ["low", "mid"]), ("R", 7, ["low", "mid"])]
)
def test_short_policy_names(load, written, value, result):
    assert ask(load, written, value).value == result


def test_an_unknown_policy_is_a_problem(load):
    model = load(data("x"), decision("d", table("BEST", "x", "y", "- => 1"), "x"))
    assert "BEST" in model.problems[0].message
    assert model.evaluate("d", {"x": 1}) is None


def test_the_tables_of_the_processes_load_without_problems():
    from pathlib import Path

    folder = Path(__file__).resolve().parents[3] / "processes"
    for path in folder.glob("*.dmn"):
        assert decisions.load(path.read_bytes()).problems == (), path.name


@pytest.mark.parametrize("policy", POLICIES)
def test_explain_and_evaluate_agree_for_every_hit_policy(load, policy):
    rules = table(policy.replace("COLLECT ", "COLLECT + "), "x", "y: 2, 1", "> 0 => 1", "> 1 => 2", "> 1 => 2")
    model = load(data("x"), decision("d", rules, "x"))
    for x, matching in ((0, []), (1, [1]), (2, [1, 2, 3])):
        (run,) = (explanation := model.explain("d", {"x": x})).tables
        assert explanation.value == run.result == model.evaluate("d", {"x": x})
        assert run.hit_policy == policy
        assert [rule.number for rule in run.matched] == (matching[:1] if policy == "FIRST" else matching)


def test_explain_keeps_the_runs_of_one_table_apart(load):
    """A function's table that runs three times: what a rule gave in one run is not told of the next."""
    model = load(
        function("f", table("COLLECT + SUM", "a", "y", "> 1 => a * 2", "> 9 => 7"), "a"),
        decision("d", literal("[f(10), f(0), f(3)]"), "*f"),
    )
    runs = model.explain("d").tables
    assert [[dict(rule.outputs) for rule in run.rules] for run in runs] == [
        [{"y": 20}, {"y": 7}],
        [{}, {}],
        [{"y": 6}, {}],
    ]


def test_explain_tells_the_rules_of_a_table_that_asks_itself(load):
    model = load(
        function("f", table("RULE ORDER", "a", "y", "> 0 => a", "> 0 => f(a - 1)"), "a"),
        decision("d", literal("f(2)"), "*f"),
    )
    innermost, middle, outer = model.explain("d").tables
    assert innermost.matched == ()
    assert [dict(rule.outputs) for rule in middle.rules] == [{"y": 1}, {"y": None}]
    assert [dict(rule.outputs) for rule in outer.rules] == [{"y": 2}, {"y": [1, None]}]


@pytest.mark.parametrize(
    ("body", "chinese"),
    [
        (table("SOME", "x", "y", "1 => 2"), "没有命中策略“SOME”"),
        (table("FIRST", "", "y", "1 => 2"), "决策表有输入列没有表达式"),
        (table("FIRST", "x", "y | y", "1 => 2 | 3"), "决策表各输出列的名称不能相同"),
        (table("FIRST", "x", "y", "1 | 2 => 3"), "规则 1 有 2 个条件和 1 个结果，而决策表有 1 个输入列和 1 个输出列"),
        (table("FIRST", "x", "y", "1 => 2 +"), "此处应为值，却是结尾"),
        ("<invocation/>", "调用没有写明调用什么"),
        (
            '<literalExpression expressionLanguage="urn:js"><text>1</text></literalExpression>',
            "不支持表达式语言 urn:js",
        ),
    ],
)
def test_a_fault_of_a_model_is_told_in_chinese_too(load, body, chinese):
    (problem,) = load(data("x"), decision("d", body, "x")).problems
    assert problem.zh.startswith(chinese)
    assert problem.message != problem.zh
