"""Files given with a task's answers: sent from the form, kept once, given back only to who may see the task."""

import json

import pytest
import sqlalchemy as sqla

from service import db, errors
from service.identity import people
from service.workflow import attachments, models
from tests.web import drawings
from tests.web.conftest import deploy, start

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
FORM = {
    "type": "default",
    "id": "check",
    "schemaVersion": 18,
    "components": [{"type": "filepicker", "id": "Field_photos", "key": "photos", "label": "照片", "multiple": True}],
}


@pytest.fixture
def key(county):
    """The key of an open task whose form takes photos."""
    deploy({**drawings.files(), "check.form": json.dumps(FORM).encode()})
    start("checking")
    return db.sa.session.scalar(sqla.select(models.UserTask.key))


def _save(key, *files, by="bob", id="files::1"):
    uploads = [attachments.Upload(name, content) for name, content in files]
    attachments.save(key, id, uploads, by=people.find(by))


def test_a_photo_goes_with_the_answers_and_is_given_back(as_, key):
    bob = as_("bob")
    bob.open(f"/tasks/{key}")
    bob.page.locator("#task[data-ready=true]").wait_for()
    photo = {"name": "近景.png", "mimeType": "image/png", "buffer": PNG}
    bob.page.locator("input[type=file]").set_input_files([photo])
    bob.page.get_by_role("button", name="Complete").click()
    with bob.page.expect_download() as got:
        bob.page.get_by_role("link", name="近景.png").click()
    assert got.value.suggested_filename == "近景.png"
    assert got.value.path().read_bytes() == PNG
    held = db.sa.session.scalars(sqla.select(models.Attachment)).one()
    answers = db.sa.session.scalars(sqla.select(models.Variable.value).filter_by(name="photos")).all()
    assert held.id in answers
    address = f"/tasks/{key}/files/{held.id}/0"
    assert as_("charlie").open(address).status == 404
    assert as_().context.request.get(f"{bob.address}{address}", max_redirects=0).status == 302


def test_the_same_content_is_kept_once_and_a_new_choice_replaces_the_old(key):
    _save(key, ("a.png", PNG), ("b.png", PNG))
    _save(key, ("c.png", PNG))
    assert [file.name for file in attachments.of(key, by=people.find("bob"))] == ["c.png"]
    assert db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(models.Blob)) == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.exe", b"MZ", "is not accepted"),
        ("a.png", b"<script>", "is not what its ending says"),
        ("a.svg", b"<svg", "is not accepted"),
        ("a.pdf", b"%PDF-" + bytes(attachments.LARGEST), "is larger than 10 MB"),
    ],
)
def test_what_is_not_accepted_is_refused_with_the_reason(key, name, content, told):
    with pytest.raises(errors.Unprocessable, match=told):
        _save(key, (name, content))
    assert attachments.of(key, by=people.find("bob")) == []


def test_a_name_cannot_lead_anywhere(key):
    _save(key, ("../../etc/pass\nwd.png", PNG))
    (file,) = attachments.of(key, by=people.find("bob"))
    assert file.name == "_.._etc_pass_wd.png"


def test_only_who_may_do_the_task_gives_files(key):
    with pytest.raises(errors.NotFound):
        _save(key, ("a.png", PNG), by="charlie")
    with pytest.raises(errors.Forbidden):
        _save(key, ("a.png", PNG), by="alice")
    with pytest.raises(errors.Invalid):
        _save(key, ("a.png", PNG), id="../x")


def test_the_files_of_a_task_together_have_a_limit_and_files_replaced_do_not_count(key, monkeypatch):
    monkeypatch.setattr(attachments, "LARGEST_IN_ALL", 3 * len(PNG))
    _save(key, ("a.png", PNG), ("b.png", PNG))
    _save(key, ("a.png", PNG), ("b.png", PNG))
    _save(key, ("c.png", PNG), id="files::2")
    with pytest.raises(errors.Unprocessable, match="together"):
        _save(key, ("d.png", PNG), id="files::3")
    assert {each.name for each in attachments.of(key, by=people.find("bob"))} == {"a.png", "b.png", "c.png"}
