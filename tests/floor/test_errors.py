"""Problems say what is wrong, where, and in the reader's language."""

import pickle

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


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("zh-CN,zh;q=0.9", "未找到", "没有代码为 FX09 的单位。"),
        ("en-GB", "Not found", "There is no unit with the code FX09."),
    ],
)
def test_a_problem_is_told_in_the_language_of_the_browser(application, language, title, sentence):
    with application.test_request_context(headers={"Accept-Language": language}):
        problem = errors.NotFound("There is no unit with the code %(code)s.", code="FX09")
        assert problem.localized_title() == title
        assert problem.localized() == sentence
        assert str(problem) == "There is no unit with the code FX09."


def test_what_no_catalogue_knows_stays_english():
    assert errors.Conflict("Somebody was faster.").localized() == "Somebody was faster."
