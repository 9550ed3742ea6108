"""Multipart bodies that are broken, oversized or name their files to do harm."""

import random

import pytest

from tests.api.conftest import ONE_TASK
from tests.engine import bpmn
from tests.hostile.conftest import refusal

# werkzeug leaves the spool of a part that never ends to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

GOOD = bpmn.xml(ONE_TASK, process_id="one")
END = b"--X--\r\n"


def part(name: bytes, data: bytes = GOOD, more: bytes = b"", field: bytes = b"resources") -> bytes:
    about = b'--X\r\nContent-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"\r\n'
    return about + more + b"\r\n" + data + b"\r\n"


BODIES = {
    "no end": part(b"a.bpmn"),
    "half of a header": part(b"a.bpmn")[:60],
    "nothing": b"",
    "no disposition": b"--X\r\n\r\nabc\r\n" + END,
    "another boundary": part(b"a.bpmn").replace(b"--X", b"--Y") + END,
    "another field": part(b"a.bpmn", field=b"files") + END,
    "a field that is no file": b'--X\r\nContent-Disposition: form-data; name="resources"\r\n\r\nabc\r\n' + END,
    "a file twice": part(b"a.bpmn") + part(b"a.bpmn") + END,
    "a process twice": part(b"a.bpmn") + part(b"b.bpmn") + END,
    "another tenant": part(b"a.bpmn") + b'--X\r\nContent-Disposition: form-data; name="tenantId"\r\n\r\nx\r\n' + END,
    "5,000 files": b"".join(part(b"a%d.bpmn" % number, b"x") for number in range(5_000)) + END,
    "201 files": b"".join(part(b"a%d.bpmn" % number, b"x") for number in range(201)) + END,
    "17 MB": part(b"a.bpmn", b"x" * 17_000_000) + END,
    "compressed": b"\x1f\x8b" * 100,
}
NAMES = {
    "a way out": b"../../etc/passwd.bpmn",
    "an absolute path": b"/etc/x.bpmn",
    "a path of Windows": b"..\\\\..\\\\x.bpmn",
    "a folder": b"a/b.bpmn",
    "NUL": b"a\x00.bpmn",
    "a line break": b"a\r\nX: y.bpmn",
    "bytes that are no UTF-8": b"\xff\xfe.bpmn",
    "only an ending": b".bpmn",
    "blanks": b"   .bpmn",
    "a turned ending": "a\u202enmpb.bpmn".encode(),
    "a long name": "".join(random.Random(3).choices("一二三四五六七八九十", k=5_000)).encode() + b".bpmn",
    "another ending": b"a.exe",
    "an ending behind": b"a.bpmn.exe",
    "no name": b"",
}


def send(caller, body):
    return caller.post("/deployments", data=body, content_type="multipart/form-data; boundary=X")


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_upload_is_refused_and_nothing_changes(admin, untouched, what):
    with untouched():
        refusal(send(admin, BODIES[what]), 400, 413)


@pytest.mark.parametrize("what", NAMES)
def test_a_harmful_file_name_is_refused(admin, untouched, what):
    with untouched():
        refusal(send(admin, part(NAMES[what]) + END), 400)


def test_a_name_in_the_extended_notation_is_judged_too(admin, untouched):
    named = part(b"?").replace(b'filename="?"', b"filename*=UTF-8''%e4%b8%ad%00.bpmn")
    with untouched():
        refusal(send(admin, named + END), 400)


def test_a_chinese_name_is_kept(admin):
    assert send(admin, part("识别.bpmn".encode()) + END).status_code == 200
    assert [each["resourceName"] for each in admin.search("resources")] == ["识别.bpmn"]


def test_headers_inside_a_part_do_no_harm(admin):
    more = b"".join(b"X%d: y\r\n" % number for number in range(20_000)) + b"Content-Transfer-Encoding: base64\r\n"
    assert send(admin, part(b"a.bpmn", more=more) + END).status_code in (200, 400, 413)
    assert admin.get("/topology").status_code == 200
