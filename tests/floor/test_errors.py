"""Problems say what is wrong, where, and in the reader's language."""

import pickle

import flask
import flask_babel
import pytest

from service import errors


def test_a_problem_reads_as_an_english_sentence_with_its_values():
    problem = errors.NotFound("There is no unit with the code %(code)s.", code="FX09")
    assert str(problem) == "There is no unit with the code FX09."
    assert (problem.status, problem.title, problem.fields) == (404, "Not found", {})


def test_a_percent_sign_without_values_is_only_a_percent_sign():
    assert str(errors.Invalid("More than 20 % is too much.")) == "More than 20 % is too much."


def test_places_are_kept_and_a_problem_can_be_sent_to_another_process():
    problem = errors.Unprocessable("%(n)s answers are wrong.", fields={"members.2.cert_no": ["no"]}, n=1)
    copy = pickle.loads(pickle.dumps(problem))
    assert (str(copy), copy.fields, copy.status) == ("1 answers are wrong.", {"members.2.cert_no": ["no"]}, 422)


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "找不到"), ("en", "Not found")])
def test_a_problem_is_told_in_the_language_of_the_browser(tmp_path, language, title):
    _write_catalogue(tmp_path)
    app = flask.Flask("other")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    flask_babel.Babel(app, locale_selector=lambda: {"zh-CN": "zh_Hans_CN", "en": "en"}[language])
    with app.test_request_context():
        problem = errors.NotFound("There is no %(thing)s.", thing="X")
        assert problem.localized_title() == title
        assert problem.localized() == {"zh-CN": "没有X。", "en": "There is no X."}[language]
        assert str(problem) == "There is no X."


def test_outside_an_application_a_problem_stays_english():
    assert errors.Conflict("Somebody was faster.").localized() == "Somebody was faster."


def _write_catalogue(folder):
    from babel.messages import catalog, mofile

    made = catalog.Catalog(locale="zh_Hans_CN")
    made.add("Not found", "找不到")
    made.add("There is no %(thing)s.", "没有%(thing)s。")
    target = folder / "zh_Hans_CN" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as file:
        mofile.write_mo(file, made)
