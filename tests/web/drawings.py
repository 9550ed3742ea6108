"""A small process with a form, as a designer would draw it: check an application, then file it."""

import json
from pathlib import Path

CHECK_FORM = {
    "type": "default",
    "id": "check",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "Field_name", "key": "name", "label": "户主姓名", "validate": {"required": True}},
        {"type": "number", "id": "Field_persons", "key": "persons", "label": "家庭人口", "validate": {"min": 1}},
        {
            "type": "textarea",
            "id": "Field_reason",
            "key": "reason",
            "label": "说明",
            "properties": {
                "rule.short": "=string length(reason) < 20",
                "rule.short.message": "说明太长，请控制在二十字以内。",
                "rule.short.message_en": "The remark is too long.",
            },
        },
    ],
}
FORMS = {"check.form": json.dumps(CHECK_FORM, ensure_ascii=False).encode()}

CHECKING = Path(__file__).with_name("checking.bpmn")


def files() -> dict[str, bytes]:
    """The process `checking` with its form; its first task is due at the end of 23 July 2026."""
    return {CHECKING.name: CHECKING.read_bytes(), **FORMS}
