"""A ``decisionTable`` element as logic."""

from __future__ import annotations

from service import feel
from service.engine.decisions.boxed import literals
from service.engine.decisions.boxed.dispatch import compiles
from service.engine.decisions.document import Element, child, children, name_of, text_of
from service.engine.decisions.site import Logic, Site, nothing
from service.engine.decisions.table.parts import Cell, Input, Output, Rule
from service.engine.decisions.table.policies import POLICIES, Policy
from service.engine.decisions.table.run import Table
from service.feel import CompiledTests
from service.feel.values import Value

_POLICY_NAMES = {
    "U": "UNIQUE",
    "A": "ANY",
    "P": "PRIORITY",
    "F": "FIRST",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}
_AGGREGATIONS = {"+": "SUM", "<": "MIN", ">": "MAX", "#": "COUNT"}


@compiles("decisionTable")
def decision_table(element: Element, site: Site) -> Logic:
    """The logic of a decision table."""
    policy = _policy(element, site)
    if policy is None:
        return nothing
    inputs = [_input(each, site) for each in children(element, "input")]
    outputs = [_output(each, site) for each in children(element, "output")]
    if len(outputs) > 1 and len({output.name for output in outputs}) != len(outputs):
        site.problem(element, "the outputs of a decision table need different names", "决策表各输出列的名称不能相同")
    rules = [
        _rule(number, each, site, len(inputs), len(outputs)) for number, each in enumerate(children(element, "rule"), 1)
    ]
    name = _policy_name(element)
    return Table(site.element, name, policy, inputs, outputs, rules).run


def _policy_name(element: Element) -> str:
    written = " ".join((element.get("hitPolicy") or "UNIQUE").upper().split())
    name = _POLICY_NAMES.get(written[:1], written) if len(written) <= 2 else written
    aggregation = (element.get("aggregation") or _AGGREGATIONS.get(written[1:], "")).upper()
    return f"{name} {aggregation}".strip() if name == "COLLECT" else name


def _policy(element: Element, site: Site) -> Policy | None:
    name = _policy_name(element)
    policy = POLICIES.get(name)
    if policy is None:
        site.problem(element, f"the hit policy '{name}' is unknown", f"没有命中策略“{name}”")
    return policy


def _input(element: Element, site: Site) -> Input:
    expression = child(element, "inputExpression")
    text = text_of(expression)
    if expression is None or not text:
        site.problem(element, "an input of the decision table has no expression", "决策表有输入列没有表达式")
        return Input(element.get("label") or "", nothing)
    logic = literals.expression(text, expression, site)
    expected = site.types.reference(expression.get("typeRef"), expression)
    return Input(text, logic, expected, _allowed(child(element, "inputValues"), site))


def _allowed(element: Element | None, site: Site) -> CompiledTests | None:
    text = text_of(element)
    return site.compile_tests(text, element) if element is not None and text else None


def _output(element: Element, site: Site) -> Output:
    values = child(element, "outputValues")
    default = child(element, "defaultOutputEntry")
    logic = None
    if default is not None and text_of(default):
        logic = literals.expression(text_of(default), default, site)
    return Output(
        name_of(element),
        site.types.reference(element.get("typeRef"), element),
        _allowed(values, site),
        _order(values, site),
        logic,
    )


def _order(element: Element | None, site: Site) -> tuple[Value, ...]:
    """The output values as a list, where they are plain expressions."""
    text = text_of(element)
    if element is None or not text:
        return ()
    try:
        values = feel.evaluate(f"[{text}]")
    except feel.FeelSyntaxError:
        return ()
    return tuple(values) if isinstance(values, list) else ()


def _rule(number: int, element: Element, site: Site, inputs: int, outputs: int) -> Rule:
    tests = list(children(element, "inputEntry"))
    results = list(children(element, "outputEntry"))
    if len(tests) != inputs or len(results) != outputs:
        site.problem(
            element,
            f"rule {number} has {len(tests)} conditions and {len(results)} results, "
            f"but the table has {inputs} inputs and {outputs} outputs",
            f"规则 {number} 有 {len(tests)} 个条件和 {len(results)} 个结果，"
            f"而决策表有 {inputs} 个输入列和 {outputs} 个输出列",
        )
    cells = []
    for column, entry in enumerate(tests[:inputs]):
        cell = _cell(entry, site)
        if cell is not None:
            cells.append((column, cell))
    logics = [site.typed(literals.literal(entry, site), entry) for entry in results]
    return Rule(
        number,
        element.get("id") or "",
        tuple(cells),
        tuple(logics),
        tuple(text_of(entry) for entry in tests),
        tuple(text_of(entry) for entry in children(element, "annotationEntry"))
        or tuple(text.strip() for each in children(element, "description") if (text := each.text)),
    )


def _cell(entry: Element, site: Site) -> Cell | None:
    """The test of a cell; None if it lets everything pass; one that never passes if it is no FEEL."""
    text = text_of(entry)
    if text in ("", "-"):
        return None
    compiled = site.compile_tests(text, entry)
    return compiled.run_in if compiled is not None else lambda frame: None
