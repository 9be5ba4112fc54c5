"""Takes the pictures to look at after a change to the site's look, into .screenshots/.

python bench/screenshots.py [SITE]      (default: site/; needs the dev requirements and chromium)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from PIL import Image, ImageOps  # noqa: E402
from playwright.sync_api import BrowserContext, Page, sync_playwright  # noqa: E402

from bench import CHROMIUM, FLAGS, served  # noqa: E402 (the project is not installed, its folder is put on the path)
from speechsite.words import read_speech  # noqa: E402

DEVICES = {
    "wide": (1920, 1080),
    "desktop": (1280, 900),
    "tablet": (820, 1180),
    "phone": (390, 844),
    "small": (320, 640),
}
README_PICTURE = Path(__file__).parent / "pictures.png"
SIZES, GAP = ((640, 480), (222, 480), (640, 480)), 8  # pixels
PAGES = ("index", "full", "glossary", "handouts", "about", "404")


def main() -> None:
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    folder = ROOT / ".screenshots"
    folder.mkdir(exist_ok=True)
    speech = read_speech(ROOT / "mkdocs.yml")
    theme = max(speech.themes, key=lambda theme: len(theme.paragraphs))
    phrase = theme.paragraphs[-1].corrected[2:8]
    states = {
        "search": partial(search, phrase=phrase),
        "contents": open_contents,
        "note": open_note,
        "dock": select,
    }
    server = served(site)

    def look(
        name: str, context: BrowserContext, file: str, state: Callable[[Page], None] | None = None
    ) -> None:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/{file}.html", wait_until="networkidle")
        if state:
            state(page)
        whole = not state and file != "full"
        page.screenshot(path=folder / f"{name}.png", full_page=whole, animations="disabled")
        page.close()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for device, (width, height) in DEVICES.items():
            size = {"width": width, "height": height}
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport=size, color_scheme=scheme)
                for file in (*PAGES, *(theme.slug for theme in speech.themes)):
                    look(f"{file}-{device}-{scheme}", context, file)
                for name, state in states.items():
                    look(f"{name}-{device}-{scheme}", context, theme.slug, state)
            look(
                f"no-script-{device}",
                browser.new_context(viewport=size, java_script_enabled=False),
                theme.slug,
            )
            look(
                f"forced-colours-{device}",
                browser.new_context(viewport=size, forced_colors="active"),
                theme.slug,
            )
            for text in ("large", "larger"):
                context = browser.new_context(viewport=size)
                context.add_init_script(f"localStorage.setItem('speech.size', '{text}')")
                look(f"{text}-{device}", context, theme.slug)
        browser.close()
    server.shutdown()
    contact_sheet(
        [
            folder / f"{name}-light.png"
            for name in (f"{theme.slug}-desktop", "index-phone", "search-desktop")
        ]
    )
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder.name}/")


def contact_sheet(pictures: list[Path]) -> None:
    """Writes README's picture: the upper parts of some, side by side, in a few colours."""
    upper = [
        ImageOps.fit(Image.open(path).convert("RGB"), size, centering=(0.5, 0))
        for path, size in zip(pictures, SIZES, strict=True)
    ]
    sheet = Image.new(
        "RGB", (sum(picture.width + GAP for picture in upper) - GAP, SIZES[0][1]), "silver"
    )
    for number, picture in enumerate(upper):
        sheet.paste(picture, (sum(before.width + GAP for before in upper[:number]), 0))
    sheet.quantize(64, method=Image.Quantize.MAXCOVERAGE).save(README_PICTURE, optimize=True)


def search(page: Page, phrase: str) -> None:
    """Opens the search and waits for its answer."""
    page.keyboard.press("/")
    page.locator("[data-search=box]").fill(phrase)
    page.wait_for_selector("[data-search=results] mark")


def open_contents(page: Page) -> None:
    if page.locator(".menu").is_visible():
        page.locator(".menu").click()


def open_note(page: Page) -> None:
    page.locator(".speech a[aria-describedby]").first.focus()


def select(page: Page) -> None:
    page.locator(".speech p").nth(1).click(click_count=3, position={"x": 100, "y": 14})
    page.locator(".dock button").first.wait_for()


if __name__ == "__main__":
    main()
