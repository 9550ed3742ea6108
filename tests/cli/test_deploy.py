"""`lika deploy`: here and on a running server, all files or none."""

from pathlib import Path

import flask
import sqlalchemy as sqla

from service import db
from service.identity import credentials
from service.workflow import models
from tests.api.serving import listening
from tests.cli.conftest import PASSWORD, Lika, person


def deployments() -> int:
    db.sa.session.rollback()
    return db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(models.Deployment)) or 0


def test_a_folder_is_deployed_and_only_what_changed_gets_a_new_version(lika: Lika, desk: Path) -> None:
    first = lika("deploy", desk)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[:2] == ["process visit version 1 (new)", "form f_visited version 1 (new)"]
    assert first.stdout.splitlines()[2].startswith("Deployed as release ")

    drawing = desk / "visit.bpmn"
    drawing.write_text(drawing.read_text().replace("走访农户", "入户走访"))
    again = lika("deploy", desk)
    assert again.stdout.splitlines()[:2] == ["process visit version 2 (new)", "form f_visited version 1"]


def test_what_lint_refuses_is_told_by_file_and_line_and_nothing_is_deployed(process: Lika, desk: Path) -> None:
    drawing = desk / "visit.bpmn"
    drawing.write_text(drawing.read_text().replace('formId="f_visited"', 'formId="f_visitd"'))
    done = process("deploy", desk)
    assert done.returncode == 1
    assert done.stdout == ""
    told, summary = done.stderr.splitlines()
    assert told.startswith(f"{drawing}:9: error: Task_Visit form-unknown: ")
    assert told.endswith("uses the form f_visitd, which does not exist; did you mean f_visited?")
    assert summary == "lika: The files cannot be deployed; 1 problems were found."
    assert deployments() == 0


def test_a_fault_inside_a_form_is_refused_by_its_line(lika: Lika, desk: Path) -> None:
    form = desk / "visit.form"
    form.write_text(form.read_text().replace('"textfield"', '"textfeld"'))
    done = lika("deploy", desk, "--name", "x", LANG="zh_CN.UTF-8")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{form}:5: 错误: Field_Words form-invalid: ")
    assert "不认识类型为“textfeld”的组件" in done.stderr
    assert deployments() == 0


def test_two_files_of_one_name_are_refused(lika: Lika, desk: Path) -> None:
    other = desk / "other"
    other.mkdir()
    (other / "visit.form").write_text((desk / "visit.form").read_text())
    done = lika("deploy", desk)
    assert done.returncode == 1
    assert "have the same name" in done.stderr


def test_a_running_server_is_deployed_to_with_a_token_or_a_password(lika: Lika, desk: Path, app: flask.Flask) -> None:
    person("dora", "designer")
    token = credentials.create_token("dora", "test")
    with listening(app) as url:
        done = lika("deploy", desk, "--url", url, LIKA_TOKEN=token)
        assert done.stdout.splitlines()[:2] == ["process visit version 1", "form f_visited version 1"], done.stderr

        by_password = lika("deploy", desk, "--url", f"{url}/v2/", "--user", "dora", LIKA_PASSWORD=PASSWORD)
        assert by_password.returncode == 0, by_password.stderr

        (desk / "visit.form").unlink()
        (desk / "visit.bpmn").write_text((desk / "visit.bpmn").read_text().replace("f_visited", "f_gone"))
        refused = lika("--lang", "zh", "deploy", desk, "--url", url, LIKA_TOKEN=token)
        assert refused.returncode == 1
        summary, told = refused.stderr.splitlines()
        assert summary == "lika: 这些文件不能部署；发现 1 个问题。"
        assert told.startswith("  visit.bpmn:9: “走访农户” (Task_Visit) 使用的表单 f_gone 不存在")
    assert deployments() == 2


def test_a_server_refuses_strangers_and_people_without_the_right(lika: Lika, desk: Path, app: flask.Flask) -> None:
    person("carl", "supervisor")
    with listening(app) as url:
        stranger = lika("deploy", desk, "--url", url, "--token", "lika_wrong")
        assert stranger.stderr == "lika: The token is unknown or has expired.\n"
        carl = lika("deploy", desk, "--url", url, "--user", "carl", LIKA_PASSWORD=PASSWORD)
        assert carl.stderr == "lika: carl may not do this (deployment.create).\n"
    nobody_there = lika("deploy", desk, "--url", url, "--token", "lika_any")
    assert nobody_there.stderr.startswith(f"lika: The server at {url} cannot be reached: ")
    nameless = lika("deploy", desk, "--url", url)
    assert nameless.returncode == 2
    assert "LIKA_TOKEN" in nameless.stderr
    unasked = lika("deploy", desk, "--url", url, "--user", "carl")
    assert (unasked.returncode, "set the variable LIKA_PASSWORD" in unasked.stderr) == (2, True)
    assert [stranger.returncode, carl.returncode, nobody_there.returncode, deployments()] == [1, 1, 1, 0]
