"""`lika simulate` as people and machines call it."""

import json

import pytest
from click.testing import CliRunner

from service import cli, errors, scenarios

SCALE = "tests/scenarios/household_identification/scale.yaml"


def simulate(*arguments):
    return CliRunner().invoke(cli.lika, ["simulate", *arguments])


def test_a_scenario_that_holds_is_told_as_timeline_and_table():
    done = simulate(SCALE)
    assert done.exit_code == 0, done.output
    assert "审定规模分解 (Task_ApproveScale) completed" in done.stdout
    assert "held" in done.stdout
    assert "2026-06-06" in done.stderr


def test_quiet_is_the_table_alone():
    done = simulate("--quiet", SCALE)
    assert done.exit_code == 0
    assert "held" in done.stdout
    assert "Task_ApproveScale" not in done.output
    assert done.stderr == ""


def test_whether_an_answer_must_be_refused_may_depend_on_the_values():
    duplicate = "tests/scenarios/household_identification/duplicate.yaml"
    done = simulate("--json", "--set", 'second="450299197001020029"', duplicate)
    assert done.exit_code == 0, done.output
    assert {act["what"] for act in json.loads(done.stdout)["scenarios"][0]["timeline"]} == {"started", "completed"}


def test_another_value_that_breaks_an_expectation_ends_with_1_and_tells_all_to_machines():
    done = simulate("--json", "--set", "first_sum=2053", SCALE)
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["passed"] is False
    (scenario,) = told["scenarios"]
    assert "=passed.Task_DecomposeScale = 3 is false" in scenario["failures"]
    assert scenario["elements"]["household_identification"]["Task_ApproveScale"] == 2
    assert {instance["unit"] for instance in scenario["instances"]} >= {"FX", "FX01", "FX08"}
    assert [act["what"] for act in scenario["timeline"]] == ["started"] + 4 * ["completed"]


def test_a_value_that_the_file_does_not_give_is_refused():
    done = simulate("--set", "income=2736", SCALE)
    assert done.exit_code == 2
    assert "gives quota, first_sum, not income" in done.output


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("answers: [{task: 3}]", "answers.0.task", "Must be a text or a list of texts."),
        ("answers: [{answer: {}}]", "answers.0.task", "Missing data"),
        ("answers: [{task: T, after: 1D}]", "answers.0.after", "ISO 8601 duration such as P7D"),
        ("answers: [{task: T, answer: {a: '=1 +'}}]", "answers.0.answer", "is not FEEL"),
        ("answers: [{task: T, who: me}]", "answers.0.who", "Unknown field."),
        ("messages: [{name: m}]", "messages.0.at", "either `at` (an instant) or `after`"),
        ("clock: soon", "clock", "such as 2026-06-01T08:00+08:00"),
        ("expect: {state: DONE}", "expect.state", "ACTIVE, COMPLETED"),
        ("expect: {assert: 'a b c('}", "expect.assert", "is not FEEL"),
        ("files: {a.dmn: none.dmn}", "files.a.dmn", "no such file"),
        ("- 1", "_schema", "Invalid input type"),
    ],
)
def test_a_wrong_file_is_refused_with_place_and_remedy(tmp_path, text, place, remedy):
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(errors.Invalid) as refused:
        scenarios.read(file)
    assert "wrong.yaml" in str(refused.value)
    assert remedy in refused.value.fields[place]


def test_what_is_no_yaml_is_refused_with_its_line(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text("name: a\n  b: c", encoding="utf-8")
    with pytest.raises(errors.Invalid, match=r"(?s)wrong\.yaml.*line 2"):
        scenarios.read(file)


def test_included_files_bring_answers_and_values_that_the_scenario_may_change_and_nothing_else(tmp_path):
    (tmp_path / "shared").mkdir()
    shared = "answers: [{task: B}]\ngiven: {line: 2736, place: {name: FX, persons: 9}}"
    (tmp_path / "shared" / "answers.yaml").write_text(shared, encoding="utf-8")
    file = tmp_path / "scenario.yaml"
    own = "include: [shared/answers.yaml]\nanswers: [{task: A}]\ngiven: {place: {persons: 8}}"
    file.write_text(own, encoding="utf-8")
    read = scenarios.read(file)
    assert [answer.task for answer in read.answers] == [("A",), ("B",)]
    assert read.given == {"line": 2736, "place": {"name": "FX", "persons": 8}}
    assert scenarios.files([tmp_path]) == [file]
    (tmp_path / "shared" / "answers.yaml").write_text("process: B", encoding="utf-8")
    with pytest.raises(errors.Invalid, match=r"answers\.yaml"):
        scenarios.read(file)


def test_a_folder_without_scenarios_is_refused(tmp_path):
    with pytest.raises(errors.Invalid, match="no scenario file"):
        scenarios.files([tmp_path])
