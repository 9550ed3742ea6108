"""The command line speaks the user's language: Chinese by default, English on request; help included."""

import pytest

from tests.cli.conftest import Lika


@pytest.mark.parametrize(
    ("arguments", "language", "told"),
    [
        (["--help"], "C.UTF-8", "部署流程图、决策表和表单。"),
        (["--help"], "en_GB.UTF-8", "Deploy diagrams, decision tables and forms."),
        (["--lang", "en", "--help"], "zh_CN.UTF-8", "Deploy diagrams, decision tables and forms."),
        (["deploy", "--help"], "zh_CN.UTF-8", "用于 --url 的接口令牌"),
        (["user", "add", "--help"], "zh_CN.UTF-8", "添加用户。"),
        (["user", "add", "--help"], "en_US.UTF-8", "Add a user."),
        (["lint", "--help"], "zh_CN.UTF-8", "用法： lika lint"),
        (["lint", "--help"], "en_US.UTF-8", "Usage: lika lint"),
        (["--help"], "zh_CN.UTF-8", "命令:"),
        (["up", "--help"], "zh_CN.UTF-8", "显示本说明后退出。"),
    ],
)
def test_help_is_told_in_the_users_language(lika: Lika, arguments: list[str], language: str, told: str) -> None:
    done = lika(*arguments, LANG=language)
    assert done.returncode == 0
    assert told in done.stdout


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        (["deploy"], "lika: 缺少 FILE|DIR...。\n", "lika: FILE|DIR... is missing.\n"),
        (["seed", "--trees"], "lika: 没有选项 --trees。\n", "lika: There is no option --trees.\n"),
        (["lint", "nowhere"], "'nowhere' 不存在。\n", "'nowhere' does not exist.\n"),
        (["seed", "tree-a", "x"], "多余的参数：x\n", "Got unexpected extra argument (x)\n"),
        (["web", "--port", "x"], "不是有效的 integer。\n", "is not a valid integer.\n"),
        (["user", "join", "x", "admin"], "例如 township_clerk@FX\n", "such as township_clerk@FX\n"),
    ],
)
def test_slips_are_told_in_the_users_language(lika: Lika, arguments: list[str], chinese: str, english: str) -> None:
    for language, told in (("zh_CN.UTF-8", chinese), ("en_US.UTF-8", english)):
        done = lika(*arguments, LANG=language)
        assert done.returncode == 2
        assert told in done.stderr
        assert "--help" in done.stderr


def test_a_refusal_is_one_sentence_in_chinese_by_default(process: Lika) -> None:
    done = process("user", "passwd", "nobody", "--password", "long enough 1", LANG="C.UTF-8")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "lika: 没有用户 nobody。\n")


def test_a_database_that_does_not_answer_is_named_without_its_password(lika: Lika) -> None:
    done = lika("user", "token", "x", DATABASE_URL="postgresql://lika:secret@127.0.0.1:1/lika")
    assert done.returncode == 1
    assert done.stderr.startswith("lika: The database 127.0.0.1:1/lika (DATABASE_URL) does not answer: ")
    assert "secret" not in done.stderr
