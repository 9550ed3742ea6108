"""All rules by their name, with their severity: the list that docs/lint.md explains."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from service.engine.lint import (
    dataflow,
    diagram,
    dialect,
    events,
    expressions,
    gateways,
    ids,
    joins,
    naming,
    papers,
    paths,
    people,
    references,
    scopes,
    tables,
    timing,
    work,
)
from service.engine.lint.bundle import Bundle, Chart, Drawing, Paper, Sheet
from service.engine.lint.problem import ERROR, WARNING, Finding, Severity

Subject = TypeVar("Subject")
OneFile = Callable[[Subject, Bundle], Iterator[Finding]]
Across = Callable[[Bundle], Iterator[tuple[str, Finding]]]
Check = TypeVar("Check")


class Rule(NamedTuple, Generic[Check]):
    """How bad it is when the rule is broken, and the function that finds where."""

    severity: Severity
    check: Check


OPENING = ("file-type", "file-size", "xml", "root-element", "form-json")
"""Rules about files that cannot be opened at all (service.engine.lint.judge)."""

IDENTITY: Mapping[str, Rule[OneFile[Drawing]]] = {
    "id-missing": Rule(ERROR, ids.missing_id),
    "id-invalid": Rule(ERROR, ids.invalid_id),
    "id-duplicate": Rule(ERROR, ids.duplicate_id),
}
"""Where one of these is broken, the processes of the file are not judged further: they cannot be read reliably."""

DRAWING: Mapping[str, Rule[OneFile[Drawing]]] = {
    "process-none": Rule(ERROR, scopes.nothing_to_run),
    "process-not-executable": Rule(WARNING, scopes.process_not_executable),
    "element-unsupported": Rule(ERROR, dialect.unsupported_element),
    "element-foreign": Rule(ERROR, dialect.foreign_element),
    "attribute-unknown": Rule(ERROR, dialect.unknown_attribute),
    "extension-unknown": Rule(ERROR, dialect.unknown_extension),
    "extension-attribute": Rule(ERROR, dialect.unknown_extension_attribute),
    "extension-repeated": Rule(ERROR, dialect.repeated_extension),
    "other-engine": Rule(ERROR, dialect.other_engine),
    "other-tool": Rule(WARNING, dialect.other_engine_harmless),
    "platform": Rule(WARNING, dialect.execution_platform),
    "reference-dangling": Rule(ERROR, references.dangling_reference),
    "lane-reference": Rule(ERROR, references.dangling_lane),
    "flow-reference": Rule(WARNING, references.stale_flow_reference),
    "diagram-missing": Rule(WARNING, diagram.not_drawn),
    "diagram-dangling": Rule(WARNING, diagram.drawn_nothing),
}

PROCESS: Mapping[str, Rule[Callable[[Chart], Iterator[Finding]]]] = {
    "flow-crossing": Rule(ERROR, references.crossing_flow),
    "start-missing": Rule(ERROR, scopes.missing_start),
    "start-several": Rule(ERROR, scopes.several_starts),
    "start-trigger": Rule(ERROR, scopes.wrong_start_trigger),
    "start-incoming": Rule(ERROR, scopes.flow_into_start),
    "start-form": Rule(ERROR, people.misplaced_start_form),
    "start-variables": Rule(ERROR, expressions.start_sees_nothing),
    "end-missing": Rule(ERROR, scopes.missing_end),
    "end-outgoing": Rule(ERROR, scopes.flow_out_of_end),
    "event-subprocess": Rule(ERROR, scopes.wired_event_subprocess),
    "unreachable": Rule(ERROR, paths.unreachable),
    "dead-end": Rule(ERROR, paths.dead_end),
    "implicit-split": Rule(WARNING, paths.implicit_split),
    "process-size": Rule(ERROR, paths.too_many_elements),
    "endless-circle": Rule(ERROR, paths.endless_circle),
    "condition-ignored": Rule(ERROR, gateways.condition_ignored),
    "condition-missing": Rule(ERROR, gateways.missing_condition),
    "condition-literal": Rule(ERROR, expressions.literal_condition),
    "default-ignored": Rule(ERROR, gateways.default_ignored),
    "default-missing": Rule(WARNING, gateways.missing_default),
    "event-choice": Rule(ERROR, gateways.wrong_event_choice),
    "gateway-pointless": Rule(WARNING, gateways.pointless_gateway),
    "join-hanging": Rule(WARNING, joins.hanging_join),
    "trigger-several": Rule(ERROR, events.several_triggers),
    "trigger-missing": Rule(ERROR, events.missing_trigger),
    "trigger-same": Rule(ERROR, events.same_trigger),
    "name-missing": Rule(ERROR, events.missing_name),
    "code-missing": Rule(ERROR, events.missing_code),
    "correlation-missing": Rule(ERROR, events.missing_correlation),
    "publication-missing": Rule(ERROR, events.missing_publication),
    "job-misplaced": Rule(ERROR, events.job_without_message),
    "boundary-wrong": Rule(ERROR, events.wrong_boundary),
    "boundary-error": Rule(ERROR, events.error_not_interrupting),
    "boundary-never": Rule(WARNING, events.never_fires),
    "timer-incomplete": Rule(ERROR, timing.incomplete_timer),
    "timer-wrong": Rule(ERROR, timing.wrong_timer),
    "timer-misplaced": Rule(ERROR, timing.misplaced_timer),
    "date-wrong": Rule(ERROR, timing.wrong_date),
    "duration-wrong": Rule(ERROR, timing.wrong_duration),
    "user-task-native": Rule(ERROR, people.not_native),
    "form-missing": Rule(WARNING, people.missing_form),
    "form-unknown": Rule(ERROR, people.unknown_form),
    "candidate-missing": Rule(ERROR, people.nobody_can_do),
    "role-unknown": Rule(ERROR, people.unknown_role),
    "priority-wrong": Rule(ERROR, people.wrong_priority),
    "not-by-unknown": Rule(ERROR, people.wrong_separation),
    "send-back-unknown": Rule(ERROR, people.wrong_way_back),
    "work-missing": Rule(ERROR, work.missing_work),
    "work-incomplete": Rule(ERROR, work.incomplete_work),
    "retries-wrong": Rule(ERROR, work.wrong_retries),
    "handler-unknown": Rule(WARNING, work.unknown_handler),
    "publish-message": Rule(ERROR, work.publish_without_message),
    "process-unknown": Rule(ERROR, work.unknown_process),
    "process-uncallable": Rule(ERROR, work.uncallable_process),
    "decision-unknown": Rule(ERROR, work.unknown_decision),
    "loop-incomplete": Rule(ERROR, work.incomplete_loop),
    "variable-name": Rule(ERROR, naming.wrong_variable),
    "variable-function": Rule(WARNING, naming.hides_function),
    "variable-unset": Rule(WARNING, dataflow.unset_variable),
    "output-ignored": Rule(ERROR, naming.output_ignored),
    "property-unknown": Rule(WARNING, naming.unknown_property),
    "roster-incomplete": Rule(ERROR, naming.incomplete_roster),
    "page-unknown": Rule(ERROR, work.unfitting_page),
    "column-unknown": Rule(ERROR, naming.unknown_column),
    "feel-syntax": Rule(ERROR, expressions.wrong_feel),
    "feel-forgotten": Rule(WARNING, dataflow.forgotten_sign),
    "answers-unknown": Rule(WARNING, dataflow.unknown_answers),
}

SHEET: Mapping[str, Rule[OneFile[Sheet]]] = {
    "dmn-id-duplicate": Rule(ERROR, tables.duplicate_id),
    "dmn-no-decision": Rule(ERROR, tables.no_decision),
    "dmn-empty": Rule(ERROR, tables.empty_decision),
    "dmn-circle": Rule(ERROR, tables.circular_decision),
    "dmn-language": Rule(ERROR, tables.other_language),
    "dmn-faulty": Rule(ERROR, tables.faulty_model),
}

PAPER: Mapping[str, Rule[OneFile[Paper]]] = {
    "form-incomplete": Rule(ERROR, papers.incomplete_form),
}

ACROSS: Mapping[str, Rule[Across]] = {
    "process-duplicate": Rule(ERROR, ids.duplicate_process),
    "call-circle": Rule(WARNING, work.call_circle),
    "decision-duplicate": Rule(ERROR, tables.duplicate_decision),
    "form-duplicate": Rule(ERROR, papers.duplicate_form),
}

RULES: Mapping[str, Severity] = {
    **dict.fromkeys(OPENING, ERROR),
    **{
        name: rule.severity
        for rules in (IDENTITY, DRAWING, PROCESS, SHEET, PAPER, ACROSS)
        for name, rule in rules.items()
    },
}
"""The severity of every rule by its name."""
