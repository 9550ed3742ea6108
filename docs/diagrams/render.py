"""Draws the diagrams of ``processes/`` as the pictures beside this file: ``python docs/diagrams/render.py [FILE...]``.

Needs a Chromium (``CHROMIUM`` names one), fonts with Chinese characters, and ``make node-tools``.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VIEWER = ROOT / "tests/processes/bpmnlint/node_modules/bpmn-js/dist/bpmn-navigated-viewer.production.min.js"
FONT = "'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft YaHei', sans-serif"
CANVAS = '<meta charset="utf-8"><div id="canvas" style="width: 6000px; height: 4000px"></div>'
EXPORT = """async ([xml, font]) => {
  const textRenderer = { defaultStyle: { fontFamily: font } };
  const viewer = new BpmnJS({ container: '#canvas', textRenderer });
  await viewer.importXML(xml);
  return (await viewer.saveSVG()).svg;
}"""
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def svg(page: Page, xml: str) -> str:
    """The diagram as the bpmn.io viewer draws it."""
    page.set_content(CANVAS)
    page.add_script_tag(path=VIEWER)
    text: str = page.evaluate(EXPORT, [xml, FONT])
    return text[text.index("<svg") :]


def picture(page: Page, drawing: str, target: Path) -> None:
    """Write an SVG as a PNG of its own size."""
    page.set_content(f'<body style="margin: 0; background: white">{drawing}</body>')
    box = page.locator("svg").bounding_box()
    assert box is not None
    page.set_viewport_size({"width": int(box["width"]) + 1, "height": int(box["height"]) + 1})
    page.screenshot(path=target)


def main(files: list[Path]) -> None:
    """Draw each file into ``docs/diagrams/<name>.png``."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not VIEWER.exists():
        raise SystemExit(f"{VIEWER} is missing: run `make node-tools` once")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        for file in files:
            picture(page, svg(page, file.read_text("utf-8")), HERE / f"{file.stem}.png")
        browser.close()


if __name__ == "__main__":
    main([Path(f) for f in sys.argv[1:]] or sorted((ROOT / "processes").glob("*.bpmn")))
