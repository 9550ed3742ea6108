"""Each reader gets one's own language; Chinese where nobody says."""

import subprocess
import sys
from typing import Any

import flask
import pytest

from service import engine, errors, i18n


@pytest.mark.parametrize(
    ("headers", "locale"),
    [
        ({}, "zh_Hans_CN"),
        ({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh_Hans_CN"),
        ({"Accept-Language": "en-US,en;q=0.9"}, "en"),
        ({"Accept-Language": "fr"}, "zh_Hans_CN"),
        ({"Accept-Language": "en", "Cookie": "lang=zh"}, "zh_Hans_CN"),
        ({"Accept-Language": "zh", "Cookie": "lang=en"}, "en"),
        ({"Cookie": "lang=../../etc"}, "zh_Hans_CN"),
    ],
)
def test_a_choice_wins_over_the_browser_and_chinese_is_the_default(
    application: flask.Flask, headers: dict[str, str], locale: str
) -> None:
    with application.test_request_context(headers=headers):
        assert i18n.preferred_locale() == locale


def test_a_choice_of_the_session_wins_over_everything(application: flask.Flask) -> None:
    with application.test_request_context(headers={"Cookie": "lang=zh"}):
        flask.session["lang"] = "en"
        assert i18n.current_locale() == "en"


def test_a_command_speaks_its_language_outside_of_requests() -> None:
    i18n.speak("zh")
    assert (i18n.language(), i18n.translate("Not found")) == ("zh", "未找到")
    i18n.speak("en")
    assert (i18n.language(), i18n.translate("Not found")) == ("en", "Not found")


def test_a_process_that_chose_nothing_speaks_chinese() -> None:
    program = "from service import errors; print(errors.NotFound('Not found').localized())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "未找到\n"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "en_GB"}, "en"),
    ],
)
def test_a_shell_says_its_language(environment: dict[str, str], language: str) -> None:
    assert i18n.from_environment(environment) == language


def test_templates_speak_the_readers_language(application: flask.Flask) -> None:
    def page(language: str) -> Any:
        with application.test_request_context(headers={"Accept-Language": language}):
            return flask.render_template_string("{{ _('Not found') }}/{{ _('There is no user %(name)s.', name='甲') }}")

    assert page("zh") == "未找到/没有用户 甲。"
    assert page("en") == "Not found/There is no user 甲."


def test_what_is_stored_for_many_readers_is_told_in_the_installations_language(application: flask.Flask) -> None:
    i18n.speak("zh")
    failure = engine.Failure("JOB_NO_TYPE", "the job type %(text)r is empty", text="=type")
    with application.test_request_context(headers={"Accept-Language": "en"}):
        assert failure.message == "作业类型 '=type' 为空"
        assert errors.record("There is no user %(name)s.", name="甲") == "没有用户 甲。"
    assert failure.told("en") == "the job type '=type' is empty"


def test_a_failure_tells_the_reason_inside_it_in_the_same_language() -> None:
    with pytest.raises(engine.Failure) as raised:
        engine.evaluate("=1 +", {})
    assert raised.value.told("zh").startswith("表达式 '=1 +' 无法求值：此处应为")
    assert raised.value.told("en").startswith("the expression '=1 +' cannot be evaluated: expected")
