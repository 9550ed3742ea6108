"""Reads a `.form` file into the frozen model, and refuses what form-js or the server could not honour.

All faults of a file are reported at once: `errors.Invalid.fields` maps a component's id to sentences.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service import errors
from service.errors import _
from service.forms import attributes, linting, model, patterns, properties, reader
from service.forms.messages import Message

SCHEMA_VERSIONS = range(1, 20)
MAX_COMPONENTS = 1000
MAX_NESTING = 8
"""Groups and lists inside each other."""


def parse(source: bytes) -> model.Form:
    """Read a form that can be used; raises `errors.Invalid` or `errors.TooLarge` with everything that is wrong.

    That includes what `lint` calls an error, so `lint` has only warnings for the form returned.
    """
    document = reader.read(source)
    reading = _Reading()
    root = reading.component({**document, "type": document.get("type", "default")}, "", 0)
    form_id = reading.form_id(document)
    reading.check_version(document)
    reading.check_paths(root, (), {})
    reading.conclude(form_id)
    form = _form(document, form_id, root)
    for finding in linting.lint(form):
        if finding.severity == "error":
            reading.faults.setdefault(finding.element, []).append(finding.message.text(None))
    reading.conclude(form_id)
    return form


def _form(document: Mapping[str, Any], form_id: str, root: model.Component) -> model.Form:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    return model.Form(
        id=form_id,
        schema_version=int(document["schemaVersion"]),
        root=root,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        execution_platform=str(document.get("executionPlatform", "")),
        execution_platform_version=str(document.get("executionPlatformVersion", "")),
        version_tag=str(document.get("versionTag", "")),
    )


@dataclass
class _Reading:
    """The faults met so far, by component id or place, and what must be unique."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    count: int = 0

    def fault(self, where: str, msgid: str, **params: Any) -> None:
        self.faults.setdefault(where, []).append(Message(msgid, params).text(None))

    def conclude(self, form_id: str) -> None:
        if self.faults:
            where, sentences = next(iter(self.faults.items()))
            raise errors.Invalid(
                _("The form %(form)s has %(count)d faults; the first: %(where)s: %(fault)s"),
                fields=self.faults,
                form=form_id,
                count=sum(map(len, self.faults.values())),
                where=where,
                fault=sentences[0],
            )

    def form_id(self, document: Mapping[str, Any]) -> str:
        found = document.get("id")
        if not isinstance(found, str) or not found or len(found) > 200:
            self.fault("form", _("The form needs an id: 1 to 200 characters."))
            return "?"
        return found

    def check_version(self, document: Mapping[str, Any]) -> None:
        if document.get("type", "default") != "default":
            self.fault("form", _('The type of a form is "default".'))
        version = document.get("schemaVersion")
        if not attributes.is_number(version) or version not in SCHEMA_VERSIONS:
            self.fault(
                "form",
                _("The schemaVersion must be a whole number from %(low)d to %(high)d."),
                low=SCHEMA_VERSIONS[0],
                high=SCHEMA_VERSIONS[-1],
            )
        if not isinstance(document.get("components"), list):
            self.fault("form", _("The form needs a list of components."))

    def component(self, raw: Any, place: str, depth: int) -> model.Component:
        """Read one component and all below it."""
        self.count += 1
        if self.count > MAX_COMPONENTS + 1:
            raise errors.TooLarge(_("The form has more than %(limit)d components. Split it."), limit=MAX_COMPONENTS)
        if depth > MAX_NESTING:
            raise errors.TooLarge(
                _("Groups and lists are nested more than %(limit)d deep at %(place)s."), limit=MAX_NESTING, place=place
            )
        if not isinstance(raw, dict):
            self.fault(place, _("A component must be an object."))
            return model.Component("", "text", place)
        where = self._claim_id(raw, place)
        kind = raw.get("type")
        children = self._children(raw, place, where, depth)
        if place and (not isinstance(kind, str) or kind not in attributes.OWN):
            self.fault(
                where,
                _('Components of type "%(type)s" are not known. Known are: %(known)s.'),
                type=kind,
                known=", ".join(sorted(attributes.OWN)),
            )
            return model.Component(where, "text", place, components=children)
        return self._build(raw, str(kind), place, where, children)

    def _claim_id(self, raw: Mapping[str, Any], place: str) -> str:
        if not place:
            return "form"
        found = raw.get("id")
        if not isinstance(found, str) or not found:
            self.fault(place, _("The component needs an id."))
            return place
        if found in self.ids:
            self.fault(found, _("Another component has the same id."))
        self.ids.add(found)
        return found

    def _children(self, raw: Mapping[str, Any], place: str, where: str, depth: int) -> tuple[model.Component, ...]:
        found = raw.get("components")
        holds = not place or raw.get("type") in model.CONTAINERS
        if found is None or not isinstance(found, list):
            if holds and (found is not None or place):
                self.fault(where, _("A group or list needs a list of components."))
            return ()
        if not holds:
            self.fault(where, _("Only a group or a list holds components."))
        prefix = f"{place}." if place else ""
        return tuple(
            self.component(child, f"{prefix}components[{index}]", depth + 1) for index, child in enumerate(found)
        )

    def _build(
        self, raw: Mapping[str, Any], kind: str, place: str, where: str, children: tuple[model.Component, ...]
    ) -> model.Component:
        known = attributes.of(kind) if place else {"properties": attributes.mapping}
        self._check(raw, known, where, "")
        validate = self._section(raw, "validate", attributes.VALIDATE, where)
        conditional = self._section(raw, "conditional", attributes.CONDITIONAL, where)
        texts = self._properties(raw, where)
        rules = properties.rules(texts, lambda msgid, **params: self.fault(where, msgid, **params))
        own = {name: raw[name] for name in attributes.OWN.get(kind, ()) if name in raw}
        if "defaultValue" in raw and place:
            own["defaultValue"] = raw["defaultValue"]
        return model.Component(
            id=where,
            type=kind,
            place=place,
            data=self._data(raw, kind, where),
            label=_label(raw),
            hide=conditional.get("hide"),
            readonly=raw.get("readonly", False),
            disabled=raw.get("disabled") is True,
            limits=self._limits(validate, where),
            rules=rules,
            validators=properties.validators(texts),
            properties=texts,
            attributes=own,
            components=children,
            unknown=tuple(name for name in raw if place and name not in known and name != "components"),
        )

    def _check(self, raw: Mapping[str, Any], known: Mapping[str, attributes.Check], where: str, inside: str) -> None:
        for name, check in known.items():
            wrong = check(raw[name]) if name in raw else None
            if wrong:
                self.fault(where, _('The attribute "%(name)s" %(fault)s.'), name=inside + name, fault=wrong)

    def _section(
        self, raw: Mapping[str, Any], name: str, known: Mapping[str, attributes.Check], where: str
    ) -> Mapping[str, Any]:
        section = raw.get(name)
        if not isinstance(section, dict):
            return {}
        self._check(section, known, where, f"{name}.")
        for extra in section.keys() - known.keys():
            self.fault(where, _('The attribute "%(name)s" is not known; it would be ignored.'), name=f"{name}.{extra}")
        return {key: value for key, value in section.items() if key in known and known[key](value) is None}

    def _properties(self, raw: Mapping[str, Any], where: str) -> Mapping[str, str]:
        found = raw.get("properties")
        if not isinstance(found, dict):
            return {}
        for name, value in found.items():
            if not isinstance(value, str):
                self.fault(where, _('The property "%(name)s" must be a text.'), name=name)
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def _data(self, raw: Mapping[str, Any], kind: str, where: str) -> tuple[str, ...]:
        needed = kind in model.KEYED or kind == "dynamiclist"
        attribute = "key" if kind in model.KEYED else "path"
        found = raw.get(attribute) if needed or kind == "group" else None
        if not found:
            if needed:
                self.fault(where, _('The component needs a "%(name)s", the name of its value.'), name=attribute)
            return ()
        steps = tuple(str(found).split("."))
        if len(str(found)) > 200 or any(not step or step.isdigit() or step.startswith("@") for step in steps):
            self.fault(
                where,
                _('The %(name)s "%(value)s" must be names joined by points, none empty or a number.'),
                name=attribute,
                value=found,
            )
        return steps

    def _limits(self, validate: Mapping[str, Any], where: str) -> model.Limits:
        pattern = validate.get("pattern") or None
        wrong = patterns.fault(pattern) if pattern else None
        if wrong:
            self.fault(where, _("The pattern cannot be used: %(fault)s."), fault=wrong)
        bounds = {name: _bound(validate.get(name)) for name in ("min", "max", "minLength", "maxLength")}
        return model.Limits(
            required=validate.get("required", False),
            min=bounds["min"],
            max=bounds["max"],
            min_length=bounds["minLength"],
            max_length=bounds["maxLength"],
            pattern=None if wrong else pattern,
            pattern_message=validate.get("patternErrorMessage") or None,
            validation_type=validate.get("validationType") or None,
        )

    def check_paths(self, component: model.Component, at: tuple[str, ...], claimed: dict[tuple[str, ...], str]) -> None:
        """Refuse two components that would write the same value, as form-js does."""
        here = at + component.data
        leaf = bool(component.data) and component.type != "group"
        if leaf:
            self._claim_path(component, here, claimed)
        inner: dict[tuple[str, ...], str] = {} if component.type == "dynamiclist" else claimed
        for child in component.components:
            self.check_paths(child, () if component.type == "dynamiclist" else here, inner)

    def _claim_path(
        self, component: model.Component, here: tuple[str, ...], claimed: dict[tuple[str, ...], str]
    ) -> None:
        for taken, owner in claimed.items():
            shorter = min(len(taken), len(here))
            if taken[:shorter] == here[:shorter]:
                self.fault(
                    component.id,
                    _('The value "%(path)s" is already written by the component %(owner)s.'),
                    path=".".join(here),
                    owner=owner,
                )
                return
        claimed[here] = component.id


def _label(raw: Mapping[str, Any]) -> str:
    for name in ("label", "dateLabel", "timeLabel"):
        found = raw.get(name)
        if isinstance(found, str) and found:
            return found
    return ""


def _bound(value: Any) -> Any:
    return value if attributes.is_feel(value) else attributes.decimal(value)
