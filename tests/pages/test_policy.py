"""A browser under the strict policy: nothing is refused, no other host is asked, little is loaded."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import ask, serving
from conftest import program, run
from lxml import html
from playwright.sync_api import Browser, Page, expect
from small import change, write

from speechsite.pages.policy import ALIGNMENT, POLICY
from speechsite.words import Speech

ADDRESSES = "links => links.map(link => link.getAttribute('href'))"
WATCH = """
window.refused = []
document.addEventListener("securitypolicyviolation", e => refused.push(`${e.effectiveDirective} ${e.blockedURI}`))
"""


class Watched:
    """A page that remembers every request, every refusal of the policy and every error."""

    def __init__(self, page: Page):
        self.page, self.requests, self.errors = page, [], []
        page.add_init_script(WATCH)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )

    @property
    def refused(self) -> list[str]:
        return self.page.evaluate("refused")

    def foreign(self, base: str) -> list[str]:
        return [url for url in self.requests if not url.startswith((base, "data:"))]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    page = browser.new_page()
    yield Watched(page)
    page.close()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_nothing_is_refused_and_nobody_else_is_asked(
    watched: Watched, site: Path, speech: Speech, scheme: str
) -> None:
    """Every page; on each the search and the colour scheme are used, and it is laid out for print."""
    page, pages = (
        watched.page,
        sorted(path for path in site.glob("*.html") if path.name != "404.html"),
    )
    with serving(site) as address:
        base = address if scheme == "http" else f"{site.as_uri()}/"
        for path in pages:
            page.goto(base + path.name)
            assert ask(page, speech.paragraphs[0].corrected[:2])
            page.keyboard.press("Escape")
            before = page.locator("html").get_attribute("data-md-color-scheme")
            page.locator("[data-set-colours]").click()
            assert page.locator("html").get_attribute("data-md-color-scheme") != before
            page.emulate_media(media="print")
            page.emulate_media(media="screen")
            assert watched.refused == [], path.name
        assert page.pdf().startswith(b"%PDF")
        page.goto(base + "404.html")
        assert watched.refused == []
        assert len(watched.requests) > 3 * len(pages)
        assert (watched.foreign(base), watched.errors) == ([], [])


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_policy_does_refuse(watched: Watched, site: Path, tmp_path: Path, scheme: str) -> None:
    """The negative control: what the policy must refuse is put into a page; from the disk its <meta> is alone."""
    bad = shutil.copytree(site, tmp_path / "bad")
    page = (bad / "index.html").read_text(encoding="utf-8")
    evil = '<script>window.evil = 1</script><p id="styled" style="color: red"></p><img src="http://127.0.0.1:9/x.png">'
    (bad / "index.html").write_text(page.replace("</body>", evil + "</body>"), encoding="utf-8")
    with serving(bad) as address:
        watched.page.goto(address if scheme == "http" else (bad / "index.html").as_uri())
        assert sorted({line.split()[0] for line in watched.refused}) == [
            "img-src",
            "script-src-elem",
            "style-src-attr",
        ]
        assert watched.page.evaluate("window.evil") is None
        assert (
            watched.page.locator("#styled").evaluate("e => getComputedStyle(e).color")
            != "rgb(255, 0, 0)"
        )


def test_a_browser_that_keeps_nothing(
    site: Path, speech: Speech, browser: Browser, tmp_path: Path
) -> None:
    """A profile in which the user has blocked site data: the storage of a page throws at every touch."""
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default/Preferences").write_text(json.dumps(settings), encoding="utf-8")
    path = program("chromium", "chromium-browser", "google-chrome")
    with serving(site) as address:
        context = browser.browser_type.launch_persistent_context(
            tmp_path, executable_path=path, args=["--no-sandbox"]
        )
        watched = Watched(context.new_page())
        watched.page.goto(f"{address}duties.html")
        assert (
            watched.page.evaluate(
                "(() => { try { return localStorage && 1 } catch (error) { return 0 } })()"
            )
            == 0
        )
        assert ask(watched.page, speech.paragraphs[0].corrected[:2])
        watched.page.keyboard.press("Escape")
        watched.page.locator("[data-set-colours]").click()
        expect(watched.page.locator("html")).to_have_attribute("data-md-color-scheme", "slate")
        assert watched.errors == []
        context.close()


def test_a_first_visit_is_light(browser: Browser, site: Path, speech: Speech) -> None:
    """duties.html in a fresh browser, then the search used: requests and their gzipped size."""

    context = browser.new_context()
    watched = Watched(context.new_page())
    with serving(site) as address:
        watched.page.goto(f"{address}duties.html")
        assert ask(watched.page, speech.paragraphs[0].corrected[:2])
        names = {url.removeprefix(address) for url in watched.requests}
        names |= set(watched.page.locator("link[rel=icon]").evaluate_all(ADDRESSES))
    context.close()
    sizes = {name: packed(site / name) for name in names}
    later = {name for name in names if name.startswith(("search/", "javascripts/matcher."))}
    assert len(later) == 2, "text and tools come first, then what the search needs"
    assert sum(sizes[name] for name in names - later) <= 30_000, sizes
    assert len(names) <= 8 and sum(sizes.values()) <= 48_000, sizes


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_whole_site_is_light(site: Path) -> None:
    files = [path for path in site.rglob("*") if path.is_file() and "handouts" not in path.parts]
    assert len(files) <= 30
    assert sum(path.stat().st_size for path in files) <= 500_000


def test_only_what_is_asked_for_is_shipped(site: Path) -> None:
    """Every file is named on a page or in a script, or is a page, a handout, or the index that a script knows."""
    texts = "".join(
        path.read_text(encoding="utf-8") for path in [*site.glob("*.html"), *site.rglob("*.js")]
    )
    for path in site.rglob("*"):
        name = path.relative_to(site).as_posix()
        asked = quote(name) in texts or name in texts
        assert path.is_dir() or name == "404.html" or asked, name
    assert not list(site.glob("sitemap*")) and not list(site.rglob("*.map"))
    assert "sourceMappingURL" not in texts


def test_every_page_has_the_policy_before_anything_that_loads(site: Path) -> None:
    for path in site.glob("*.html"):
        head = html.document_fromstring(path.read_text(encoding="utf-8")).find("head")
        said = [child.get("charset") or child.get("content") for child in head]
        assert said[:2] == ["utf-8", POLICY], path.name


def test_old_browsers_are_asked_for_their_better_half(site: Path) -> None:
    """Browsers with two engines take the modern one, and none reads a page as Explorer 7 did."""
    for path in site.glob("*.html"):
        if path.name != "404.html":
            head = html.document_fromstring(path.read_text(encoding="utf-8")).find("head")
            assert head.xpath("./meta[@name='renderer']/@content") == ["webkit"]
            assert head.xpath("./meta[@http-equiv='X-UA-Compatible']/@content") == ["IE=edge"]


@pytest.mark.parametrize(
    "template", ["{page.content}", "<main><h1>{page.title}</h1>{page.content}</main>"]
)
def test_a_template_without_the_policy_gets_it(small: Path, template: str) -> None:
    text = template.replace("{", "{{ ").replace("}", " }}")
    page = f'<html><head><meta charset="utf-8"><title>x</title></head><body>{text}</body></html>'
    write(small / "own/main.html", page)
    change(small / "mkdocs.yml", "  name: material", "  name: material\n  custom_dir: own")
    result = run("build", "-f", small / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    head = html.parse(small / "site/about.html").find("head")
    assert [meta.get("charset") or meta.get("content") for meta in head][:2] == ["utf-8", POLICY]


@pytest.mark.parametrize(
    ("style", "kind"),
    [
        ("text-align: left;", "left"),
        ("text-align:center", "center"),
        ("color: red; text-align: left", None),
        ("text-align: justify", None),
    ],
)
def test_an_alignment_is_told_from_other_styles(style: str, kind: str | None) -> None:
    match = ALIGNMENT.fullmatch(style)
    assert (match and match[1]) == kind


def test_addresses_are_only_named_where_they_are_known(project: Path, site: Path) -> None:
    assert not any(b'rel="canonical"' in path.read_bytes() for path in site.glob("*.html"))
    config = project / "mkdocs.yml"
    config.write_text(
        f"site_url: http://intranet.example/talk/\n{config.read_text(encoding='utf-8')}",
        encoding="utf-8",
    )
    assert run("build", "-f", config).returncode == 0
    page = html.parse(project / "site/duties.html")
    assert page.xpath("//link[@rel='canonical']/@href") == [
        "http://intranet.example/talk/duties.html"
    ]
    assert html.parse(project / "site/404.html").xpath("//a/@href") == ["/talk/"]
