"""What a designer should know about a form before it is deployed: errors that stop it and warnings."""

from collections.abc import Iterator, Set
from typing import Any

from service import feel
from service.errors import _
from service.forms import attributes, model, plan, properties, validators
from service.forms.findings import Finding
from service.forms.messages import Message
from service.forms.model import Severity


def lint(form: model.Form) -> list[Finding]:
    """Return the problems of a form; `parse` refuses one with an error."""
    components = (form.root, *form.walk())
    names = plan.variables(form)
    return [
        *_form(form),
        *(finding for component in components for finding in _component(component, names)),
        *_lists(form.root, None),
    ]


def _finding(component: model.Component, severity: Severity, rule: str, msgid: str, **params: Any) -> Finding:
    return Finding(component.id, severity, rule, Message(msgid, params))


def _form(form: model.Form) -> Iterator[Finding]:
    if form.execution_platform != "Camunda Cloud":
        yield _finding(
            form.root,
            "warning",
            "platform",
            _('The form should carry executionPlatform "Camunda Cloud", so that the Camunda Modeler opens it.'),
        )
    if not form.components:
        yield _finding(form.root, "warning", "empty", _("The form has no components."))


def _component(component: model.Component, names: Set[str]) -> Iterator[Finding]:
    yield from _expressions(component, names)
    yield from _properties(component)
    for name in component.unknown:
        yield _finding(
            component, "warning", "unknown-attribute", _('The attribute "%(name)s" is not known.'), name=name
        )
    if component.type in model.KEYED - {"expression"}:
        yield from _input(component)


def _expressions(component: model.Component, names: Set[str]) -> Iterator[Finding]:
    for where, source in _sources(component):
        try:
            feel.parse_check(source[1:], names)
        except feel.FeelSyntaxError as wrong:
            yield _finding(
                component,
                "error",
                "feel",
                _('The expression of "%(where)s" is not FEEL: %(fault)s'),
                where=where,
                fault=Message(str(wrong), translations={"zh": wrong.message("zh")}),
            )


def _sources(component: model.Component) -> Iterator[tuple[str, str]]:
    limits = component.limits
    candidates = {
        "conditional.hide": component.hide,
        "readonly": component.readonly,
        "validate.min": limits.min,
        "validate.max": limits.max,
        "validate.minLength": limits.min_length,
        "validate.maxLength": limits.max_length,
        **{
            name: component.attributes.get(name)
            for name in ("expression", "valuesExpression", "columnsExpression", "dataSource", "multiple")
        },
        **{f"rule.{rule.id}": rule.condition for rule in component.rules},
        "prefill": component.properties.get("prefill"),
    }
    for where, value in candidates.items():
        if isinstance(value, str) and attributes.is_feel(value):
            yield where, value


def _properties(component: model.Component) -> Iterator[Finding]:
    for name in component.validators:
        if name not in validators.known():
            yield _finding(
                component,
                "error",
                "validator",
                _('There is no check "%(name)s". There are: %(known)s.'),
                name=name,
                known=", ".join(sorted(validators.known())),
            )
        elif component.type not in ("textfield", "textarea"):
            yield _finding(component, "error", "validator", _('The check "%(name)s" is for text fields.'), name=name)
    for name in ("minRows", "maxRows"):
        text = component.properties.get(name)
        if text is not None and (component.type != "dynamiclist" or not text.isdigit() or len(text) > 5):
            yield _finding(
                component, "error", "rows", _('"%(name)s" must be a whole number, and belongs to a list.'), name=name
            )
    if not attributes.is_feel(component.properties.get("prefill", "=null")):
        yield _finding(component, "error", "prefill", _('"prefill" must be an expression that begins with "=".'))
    for name in component.properties:
        if name not in properties.KNOWN and not name.startswith("rule."):
            yield _finding(
                component, "warning", "unknown-property", _('The property "%(name)s" means nothing here.'), name=name
            )


def _input(component: model.Component) -> Iterator[Finding]:
    if not component.label:
        yield _finding(component, "warning", "label", _("The component has no label."))
    if component.limits.required and (component.readonly is True or component.disabled):
        yield _finding(
            component,
            "warning",
            "readonly-required",
            _("The component is required, but nobody can fill it in; the requirement is not judged."),
        )
    if component.type in model.CHOICES:
        yield from _choice(component)


def _choice(component: model.Component) -> Iterator[Finding]:
    sources = [name for name in ("values", "valuesKey", "valuesExpression") if component.attributes.get(name)]
    if len(sources) != 1:
        yield _finding(
            component,
            "error",
            "options",
            _("The component needs its options from exactly one of values, valuesKey and valuesExpression."),
        )
    values = [
        str(option.get("value")) if isinstance(option, dict) else str(option)
        for option in component.attributes.get("values", ())
    ]
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield _finding(component, "error", "options", _('Two options have the value "%(value)s".'), value=value)


def _lists(component: model.Component, around: model.Component | None) -> Iterator[Finding]:
    """Rows that may be added or removed lose track of what the process knows of them."""
    inside = component if component.type == "dynamiclist" else around
    if component.type == "dynamiclist":
        yield from _row_key(component)
    elif (
        inside is not None
        and inside.attributes.get("allowAddRemove") is not False
        and (component.readonly is not False and "rowKey" not in inside.properties)
    ):
        yield _finding(
            component,
            "warning",
            "readonly-row",
            _("A readonly column needs rows that cannot be added or removed, or a rowKey."),
        )
    for child in component.components:
        yield from _lists(child, inside)


def _row_key(component: model.Component) -> Iterator[Finding]:
    key = component.properties.get("rowKey")
    columns = {child.data[-1] for child in component.components if child.data}
    if key is not None and key not in columns:
        yield _finding(component, "error", "row-key", _('The rowKey "%(key)s" is not a column of the list.'), key=key)
