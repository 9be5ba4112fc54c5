"""What is joined for loading: the same files on every page, nothing lost that a page uses."""

from __future__ import annotations

import re
from pathlib import Path

from speechsite.lean import join, used

PAGE = """<head><link rel="stylesheet" href="a.css">
<link rel="stylesheet" href="b.css"><script src="size.js"></script></head>
<body class="here"><script src="colours.js"></script><p>text</p>
<script id="__config" type="application/json">{"search": "worker.js"}</script><script src="box.js"></script>
<script src="bundle.js"></script></body>"""


def test_files_are_joined_in_their_order_and_place(tmp_path: Path) -> None:
    for name in ("a.css", "b.css", "size.js", "colours.js", "box.js", "bundle.js", "worker.js"):
        (tmp_path / name).write_text(f"/* {name} */", encoding="utf-8")
    for name in ("index.html", "other.html"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    join(tmp_path)
    page = (tmp_path / "other.html").read_text(encoding="utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded == ["stylesheets/site.css", "javascripts/first.js", "javascripts/early.js", "javascripts/late.js"]
    assert [re.findall(r"/\* (\S+) \*/", (tmp_path / name).read_text()) for name in loaded] == [
        ["a.css", "b.css"],
        ["size.js"],
        ["colours.js"],
        ["box.js", "bundle.js"],
    ]
    assert sorted(path.name for path in tmp_path.glob("*.*s*") if path.suffix != ".html") == ["worker.js"]
    assert page.index("early.js") < page.index("<p>text") < page.index("late.js")


def test_only_rules_that_can_never_apply_are_left_out() -> None:
    css = (
        ".here{a:1}.gone{a:2}.gone,.here .x,p{a:3}:not(.gone){a:4}@media print{.gone{a:5}}@media print{.here{a:6}}"
        "[data-md-color-primary=red] p{a:7}@keyframes k{to{a:8}}:root{--i:url('data:x');--j:url('data:y')}"
        ".here{b:var(--j)}"
    )
    assert used(css, {"here", "x"}.__contains__) == (
        ".here{a:1}.here .x,p{a:3}:not(.gone){a:4}@media print{.here{a:6}}"
        "@keyframes k{to{a:8}}:root{--j:url('data:y')}.here{b:var(--j)}"
    )
