"""Small sites to put in place and publish: two pages and a style sheet, all of one number.

python sites.py FOLDER    puts, publishes and bundles one after another until it is killed
"""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from speechsite import GENERATOR  # noqa: E402 (the project is not installed)

PAGE = f"""<!doctype html><meta charset="utf-8"><meta name="generator" content="{GENERATOR} 0">
<link rel="stylesheet" href="site.{{0:08x}}.css"><p>{{0:06}}</p>
"""
NUMBER = re.compile(r"<p>(\d{6})</p>")
STYLE = re.compile(r'href="(.*?)"')


def fill(folder: Path, number: int) -> Path:
    """Makes the site of that number in a new folder; the style's name goes with its content."""
    folder.mkdir(parents=True)
    (folder / f"site.{number:08x}.css").write_text(f"/* {number:06} */", encoding="utf-8")
    for name in ("index.html", "full.html"):
        (folder / name).write_text(PAGE.format(number), encoding="utf-8")
    return folder


def number_of(site: Path) -> int:
    """Returns the number that the site shows; fails where its parts are not of one number."""
    numbers = set()
    for name in ("index.html", "full.html"):
        text = (site / name).read_text(encoding="utf-8")
        number = NUMBER.search(text)[1]
        style = site / STYLE.search(text)[1]
        assert style.read_text(encoding="utf-8") == f"/* {number} */", (name, number)
        numbers.add(int(number))
    assert len(numbers) == 1, numbers
    return numbers.pop()


def main(folder: Path) -> None:
    from speechsite.delivery.bundle import write_bundle
    from speechsite.delivery.place import replacing
    from speechsite.delivery.publish import publish
    from speechsite.words import read_speech

    speech = read_speech(ROOT / "mkdocs.yml")
    for number in itertools.count(1):
        with replacing(folder / "site") as new:
            fill(new, number)
        publish(folder / "site", speech, folder / "server")
        write_bundle(folder / "site", speech, folder / "dist/small.zip")
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
