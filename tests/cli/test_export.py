"""`lika export`: what is deployed as files, and instances for the archive."""

import json
from pathlib import Path

import sqlalchemy as sqla

from service import db, identity
from service.db import values
from service.identity import SYSTEM
from service.workflow import instances, models, tasks
from tests.cli.conftest import Lika


def deploy(lika: Lika, desk: Path) -> str:
    done = lika("deploy", desk)
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip(".\n").rpartition(" ")[2]


def test_a_release_comes_back_as_the_files_it_was_made_of(lika: Lika, desk: Path, tmp_path: Path) -> None:
    release = deploy(lika, desk)
    first = (desk / "visit.bpmn").read_text()
    (desk / "visit.bpmn").write_text(first.replace("走访农户", "入户走访"))
    deploy(lika, desk)

    newest, older = tmp_path / "newest", tmp_path / "older"
    assert lika("export", "release", "--to", newest).stdout == f"{newest}/visit.bpmn\n{newest}/visit.form\n"
    assert lika("export", "release", release, "--to", older).returncode == 0
    assert "入户走访" in (newest / "visit.bpmn").read_text()
    assert (older / "visit.bpmn").read_text() == first
    assert sorted(path.name for path in newest.iterdir()) == ["visit.bpmn", "visit.form"]

    old = lika("export", "definition", "visit", "--version", "1", "--to", newest)
    assert old.returncode == 1
    assert "would be replaced" in old.stderr
    assert "入户走访" in (newest / "visit.bpmn").read_text()
    assert lika("export", "definition", "visit", "--version", "1", "--to", newest, "--force").returncode == 0
    assert (newest / "visit.bpmn").read_text() == first


def test_what_is_not_there_is_said_and_nothing_written(lika: Lika, desk: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    assert "Nothing has been deployed yet" in lika("export", "release", "--to", nothing).stderr
    deploy(lika, desk)
    assert "There is no release 7" in lika("export", "release", "7", "--to", nothing).stderr
    assert "There is no version 9 of visit" in lika("export", "definition", "visit", "--version", "9").stderr
    assert "There is no process instance 5" in lika("export", "instance", "5", "--to", nothing / "x").stderr
    assert not nothing.exists()


def test_an_instance_comes_with_its_history_and_without_private_numbers(lika: Lika, desk: Path, tmp_path: Path) -> None:
    deploy(lika, desk)
    county = identity.units.add("4502", "县", "county")
    number, account = "45029919700101100X", "6217000000000000123"
    told = {"words": f"身份证{number}，账号{account}，电话19900000001", "people": [{"cert_no": number}], "amount": 2736}
    started = instances.create("visit", told, by=SYSTEM, unit=county.code)
    (task,) = tasks_of(started.key)
    tasks.complete(task, {"words": "已走访，电话19900000001"}, by=SYSTEM)

    file = tmp_path / "archive.json"
    done = lika("export", "instance", started.key, "--to", file)
    assert done.returncode == 0, done.stderr
    text = file.read_text()
    assert [number in text, account in text, "19900000001" in text] == [False, False, False]
    told_instance = json.loads(text)["instance"]
    assert told_instance["state"] == "COMPLETED"
    assert told_instance["unit"] == {"code": "4502", "name": "县"}
    assert [element["element_id"] for element in told_instance["elements"]][-1] == "End_Visited"
    assert [task["completed_by"] for task in told_instance["user_tasks"]] == ["system"]
    variables = {each["name"]: each["value"] for each in told_instance["variables"]}
    assert (variables["people"], variables["amount"]) == ([{"cert_no": "450299********100X"}], 2736)

    whole = lika("export", "instance", started.key, "--to", file, "--private")
    assert whole.returncode == 1  # the file is there and differs
    assert lika("export", "instance", started.key, "--to", file, "--private", "--force").returncode == 0
    found = values.loads(file.read_bytes())["instance"]["variables"]
    assert "电话19900000001" in next(each["value"] for each in found if each["name"] == "words")


def tasks_of(instance_key: int) -> list[int]:
    query = sqla.select(models.UserTask.key).where(models.UserTask.instance_key == instance_key)
    return list(db.sa.session.scalars(query))
