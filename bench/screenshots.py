"""Takes the pictures to look at after a change to the site's look, into .screenshots/.

python bench/screenshots.py [SITE]      (default: site/; needs the dev requirements and chromium)
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from bench import CHROMIUM, FLAGS, served  # noqa: E402 (the project is not installed, its folder is put on the path)
from speechsite.speech import read_speech  # noqa: E402

DEVICES = {"desktop": (1280, 900), "phone": (390, 844), "small": (320, 640)}  # CSS pixels
PAGES = ("index", "full", "glossary", "handouts", "about")


def main() -> None:
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    folder = ROOT / ".screenshots"
    folder.mkdir(exist_ok=True)
    speech = read_speech(ROOT / "mkdocs.yml")
    theme = max(speech.themes, key=lambda theme: len(theme.paragraphs))
    phrase = theme.paragraphs[-1].corrected[2:8]
    server = served(site)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for device, (width, height) in DEVICES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                for name in (*PAGES, theme.slug):
                    page.goto(f"http://127.0.0.1:{server.server_port}/{name}.html", wait_until="networkidle")
                    page.screenshot(path=folder / f"{name}-{device}-{scheme}.png", full_page=name != "full")
                search(page, phrase)
                page.screenshot(path=folder / f"search-{device}-{scheme}.png")
                context.close()
        browser.close()
    server.shutdown()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder.name}/")


def search(page: Page, phrase: str) -> None:
    """Opens the search and waits for its answer."""
    page.keyboard.press("/")
    page.locator("[data-md-component=search-query]").fill(phrase)
    page.wait_for_selector(".md-search-result mark")


if __name__ == "__main__":
    main()
