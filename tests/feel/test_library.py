"""The library stands alone, and its documents are true."""

import ast
import re
import sys
import threading
from pathlib import Path

from service import feel
from service.feel import reference

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "service" / "feel"


def test_it_depends_on_the_standard_library_only():
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            )
            for name in names:
                assert (
                    name.startswith("service.feel")
                    or name == "service.feel"
                    or (name.split(".")[0] in sys.stdlib_module_names)
                ), f"{path.name} imports {name}"


def test_the_reference_is_written_from_the_code():
    assert (ROOT / "docs" / "feel" / "functions.md").read_text().strip() == reference.markdown().strip()


def test_the_readme_names_what_the_package_offers():
    readme = (FOLDER / "README.md").read_text()
    named = set(re.findall(r"`(\w+)[(`]", readme))
    assert {name for name in feel.__all__ if name[0].islower()} - {"tokens_of"} <= named
    assert all(hasattr(feel, name) for name in feel.__all__)


def test_several_threads_may_share_a_compiled_expression():
    compiled = feel.compile("sum(for i in 1..n return i * {f: function(x) x + n, r: f(i)}.r)")
    expected = {n: compiled.evaluate({"n": n}) for n in range(1, 30)}
    wrong = []

    def work(n):
        for _ in range(20):
            if compiled.evaluate({"n": n}) != expected[n]:
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_tokens_for_an_editor():
    assert feel.tokens_of('a + "b"') == [("name", 0, 1), ("symbol", 2, 3), ("string", 4, 7)]
