"""Small decision models, written the short way."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from service.engine import decisions

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(body: str, namespace: str = "urn:test") -> bytes:
    return f'<definitions xmlns="{NAMESPACE}" namespace="{namespace}" name="test">{body}</definitions>'.encode()


def data(name: str, type_ref: str = "") -> str:
    attribute = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{attribute}/></inputData>'


def text(tag: str, value: str) -> str:
    return f"<{tag}><text>{escape(value)}</text></{tag}>"


def literal(value: str, type_ref: str = "") -> str:
    attribute = f' typeRef="{type_ref}"' if type_ref else ""
    return f"<literalExpression{attribute}><text>{escape(value)}</text></literalExpression>"


def decision(name: str, logic: str, needs: str = "", type_ref: str = "") -> str:
    """``needs``: names of inputs (``x``), decisions (``!d``) and functions (``*f``)."""
    requirements = ""
    for need in needs.split():
        kind, tag = {
            "!": ("informationRequirement", "requiredDecision"),
            "*": ("knowledgeRequirement", "requiredKnowledge"),
        }.get(need[0], ("informationRequirement", "requiredInput"))
        requirements += f'<{kind}><{tag} href="#{need.lstrip("!*")}"/></{kind}>'
    attribute = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{attribute}/>{requirements}{logic}</decision>'


def function(name: str, body: str, *parameters: str, needs: str = "") -> str:
    """A business knowledge model; parameters as ``name`` or ``name:type``, needs as ids."""
    formal = "".join(
        f'<formalParameter name="{each.split(":")[0]}" typeRef="{(each + ":").split(":")[1]}"/>' for each in parameters
    )
    knows = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{each}"/></knowledgeRequirement>' for each in needs.split()
    )
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic>{knows}</businessKnowledgeModel>"
    )


def table(policy: str, inputs: str, outputs: str, *rules: str, extra: str = "") -> str:
    """Inputs and outputs by name, ``name: values`` for outputs with an order; rules as ``a | b => x | y``."""
    columns = "".join(f"<input>{text('inputExpression', each.strip())}</input>" for each in inputs.split("|"))
    for each in outputs.split("|"):
        name, _, values = each.strip().partition(":")
        inner = text("outputValues", values.strip()) if values else ""
        columns += f'<output name="{name.strip()}">{inner}{extra}</output>'
    for number, rule in enumerate(rules, 1):
        tests, _, results = rule.partition("=>")
        cells = "".join(text("inputEntry", each.strip()) for each in tests.split("|"))
        cells += "".join(text("outputEntry", each.strip()) for each in results.split("|"))
        columns += f'<rule id="r{number}">{cells}</rule>'
    name, _, aggregation = policy.partition(" + ")
    more = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{name}"{more}>{columns}</decisionTable>'


@pytest.fixture
def load() -> Callable[..., decisions.Model]:
    """Load a model from its top-level elements."""
    return lambda *parts: decisions.load(definitions("".join(parts)))
