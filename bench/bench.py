"""Measures us against three engines, in one run on one machine, and prints tables of ratios.

    python bench/bench.py                    everything (half an hour; needs Chromium)
    python bench/bench.py --rounds 9 --queries 150 --seed 7 --sizes 1 10 100
    python bench/bench.py --readme           also writes the tables into bench/README.md

Times are medians of interleaved rounds, given as ratios to Material + jieba's: shared machines are
too noisy for seconds. Sizes are what a browser asks for until the duties page answers a query, each
file gzipped. The second table is our own cost on a longer talk: this one's text again and again,
made a project by `new`.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from lxml import html  # noqa: E402 (the project is not installed, its folder is put on the path)
from peers import PEERS, ask_ours, install  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from speechsite.pages.policy import POLICY  # noqa: E402
from speechsite.words import TRANSCRIPT, Speech, read_speech, text_of  # noqa: E402

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
OURS, OURS_SITE = "ours: site, search, handouts", "ours: site and search"
SITE_ALONE = """
import sys, build_site
build_site.print_handouts = lambda *_: None
build_site.html_of = lambda _: "<ul></ul>"
sys.exit(build_site.main(sys.argv[1:]))
"""
README = Path(__file__).with_name("README.md")
# Pages of every engine that have all the words again, or none of their own.
REPEATING = {"full.html", "notebook.html", "404.html", "search.html"}
README_MARKS = "<!-- bench -->", "<!-- /bench -->"


@dataclass(slots=True)
class Row:
    """What was measured of one engine."""

    name: str
    seconds: list[float] = field(default_factory=list)
    cold: tuple[int, int] = (0, 0)  # requests, gzipped bytes
    shipped: tuple[int, int] = (0, 0)  # files, bytes
    found: float = 0.0
    precise: float = 0.0
    first: float = 0.0
    nonsense: float = 0.0  # share of nonsense strings that are answered
    from_file: bool = False
    under_policy: bool = False


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder, with the strict policy as a header where `policy` is set."""

    policy = ""

    def end_headers(self) -> None:
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


def served(folder: Path, policy: str = "") -> ThreadingHTTPServer:
    handler = functools.partial(
        type("Served", (Handler,), {"policy": policy}), directory=str(folder)
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def timed(command: list[str], cwd: Path, path: Path | None = None) -> float:
    """Returns the seconds of a whole process; raises CalledProcessError where it fails."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    if path:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def texts(site: Path) -> dict[str, str]:
    """Returns what each page says, without white space: the truth for search results."""
    pages = {}
    for page in site.glob("*.html"):
        document = html.document_fromstring(page.read_text(encoding="utf-8"))
        parts = document.xpath(
            "//article//text()[not(ancestor::del or ancestor::script or ancestor::style)]"
        )
        pages[page.name] = "".join("".join(parts).split())
    return pages


def queries(speech: Speech, count: int, chance: random.Random) -> list[str]:
    """Returns random substrings of the speech, 2 to 6 characters, no punctuation, none twice."""
    runs = [
        run for p in speech.paragraphs for run in re.findall(r"[\u4e00-\u9fff]{2,}", p.corrected)
    ]
    weights, chosen = [len(run) for run in runs], set()
    while len(chosen) < count:
        run = chance.choices(runs, weights)[0]
        length = min(len(run), chance.randint(2, 6))
        start = chance.randrange(len(run) - length + 1)
        chosen.add(run[start : start + length])
    return sorted(chosen)


def nonsense(speech: Speech, count: int, chance: random.Random) -> list[str]:
    """Returns strings of the speech's characters that occur nowhere in it."""
    text = "".join(p.corrected for p in speech.paragraphs)
    letters = re.findall(r"[\u4e00-\u9fff]", text)
    made = ("".join(chance.choices(letters, k=4)) for _ in iter(int, 1))
    strings = (string for string in made if not any(string[i : i + 2] in text for i in range(3)))
    return [next(strings) for _ in range(count)]


def measure_search(
    browser: Browser, row: Row, site: Path, ask, wanted: list[str], wrong: list[str]
) -> None:
    server = served(site)
    page = browser.new_context().new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/duties.html")
    pages = {name: text for name, text in texts(site).items() if name not in REPEATING}
    found = listed = right = single = first = 0
    for query in wanted:
        truth = {name for name, text in pages.items() if query in text}
        answer = [name for name in ask(page, query) if name in pages or name.endswith(".html")]
        found += bool(truth & set(answer))
        listed, right = listed + len(answer), right + len(truth & set(answer))
        if len(truth) == 1:
            single, first = single + 1, first + (answer[:1] == list(truth))
    row.found, row.precise = found / len(wanted), right / max(1, listed)
    row.first = first / max(1, single)
    row.nonsense = sum(bool(ask(page, query)) for query in wrong) / len(wrong)
    page.context.close()
    server.shutdown()


def measure_load(browser: Browser, row: Row, site: Path, ask, query: str) -> None:
    """Counts what is asked for from an empty cache until the duties page answers a query."""
    server = served(site)
    page = browser.new_context().new_page()
    paths: list[str] = []
    page.context.on("request", lambda request: paths.append(request.url))
    page.goto(f"http://127.0.0.1:{server.server_port}/duties.html", wait_until="networkidle")
    ask(page, query)
    page.wait_for_load_state("networkidle")
    names = {
        url.split("/", 3)[3].split("?")[0].split("#")[0] for url in paths if url.startswith("http")
    }
    files = [site / name for name in sorted(names) if (site / name).is_file()]
    row.cold = len(files), sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)
    page.context.close()
    server.shutdown()
    shipped = [path for path in site.rglob("*") if path.is_file() and "handouts" not in path.parts]
    row.shipped = len(shipped), sum(path.stat().st_size for path in shipped)


def works(
    browser: Browser, site: Path, ask, query: str, policy: str = "", from_file: bool = False
) -> bool:
    """Says whether search answers there without a violation of the policy."""
    server = served(site, policy)
    page = browser.new_context().new_page()
    violations: list[str] = []
    page.on(
        "console",
        lambda message: (
            violations.append(message.text) if "Content Security" in message.text else None
        ),
    )
    root = site.as_uri() if from_file else f"http://127.0.0.1:{server.server_port}"
    page.set_default_timeout(5_000)
    try:
        page.goto(f"{root}/duties.html")
        return "duties.html" in ask(page, query) and not violations
    except Exception:  # whatever a peer's page does instead of answering: it does not work there
        return False
    finally:
        page.context.close()
        server.shutdown()


def versions() -> str:
    """Returns the pinned versions of what was compared, as they stand in the table."""
    lines = [
        line for engine in PEERS for line in engine.requirements.read_text("utf-8").splitlines()
    ]
    own = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    pins += [pin for pin in own if pin.startswith(("mkdocs==", "mkdocs-material==", "typst=="))]
    return ", ".join(sorted(set(pins)))


def table(rows: list[Row], seed: int, count: int, rounds: int) -> str:
    base = statistics.median(rows[0].seconds)
    lines = [
        "| | build time, ratio | cold load (gzip) | shipped | found | precision "
        "| right page first | nonsense answered | file:// | strict CSP |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ratio = statistics.median(row.seconds) / base
        load = f"{row.cold[1] / 1000:.0f} KB in {row.cold[0]}" if row.cold[0] else "–"
        shipped = (
            f"{row.shipped[1] / 1000:.0f} KB, {row.shipped[0]} files" if row.shipped[0] else "–"
        )
        shares = (
            [f"{value:.0%}" for value in (row.found, row.precise, row.first, row.nonsense)]
            if row.cold[0]
            else ["–"] * 4
        )
        places = (
            ["yes" if value else "no" for value in (row.from_file, row.under_policy)]
            if row.cold[0]
            else ["–"] * 2
        )
        lines.append(
            "| " + " | ".join([row.name, f"{ratio:.2f}", load, shipped, *shares, *places]) + " |"
        )
    asked = f"{count} random phrases of this speech (seed {seed})"
    note = f"{asked}, {rounds} interleaved rounds; {versions()}."
    return "\n".join([*lines, "", note])


def run(rounds: int, count: int, seed: int, cache: Path, sizes: list[int]) -> str:
    """Builds, asks and times every engine, and us on longer talks; returns the tables."""
    speech = read_speech(ROOT / "mkdocs.yml")
    chance = random.Random(seed)
    wanted, wrong = queries(speech, count, chance), nonsense(speech, 20, chance)
    duties = "".join(p.corrected for p in themed(speech, "duties"))
    probe = re.findall(r"[\u4e00-\u9fff]{4}", duties)[0]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        rows = [Row(engine.name) for engine in PEERS] + [Row(OURS_SITE), Row(OURS)]
        commands = []
        for engine in PEERS:
            place = work / engine.requirements.stem
            engine.prepare(place, speech)
            commands.append((list(engine.command), place, install(engine, cache)))
        for name, start in (("alone", ["-c", SITE_ALONE]), ("ours", [str(ROOT / "build_site.py")])):
            command = [sys.executable, *start, "build", "-d", str(work / name)]
            commands.append((command, ROOT, None))
        for _ in range(rounds + 1):  # the first round fills caches and does not count
            for row, (command, cwd, path) in zip(rows, commands, strict=True):
                row.seconds.append(timed(command, cwd, path))
        for row in rows:
            row.seconds.pop(0)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            sites = [
                (rows[i], work / e.requirements.stem / e.output, e.ask) for i, e in enumerate(PEERS)
            ]
            for row, site, ask in [*sites, (rows[-1], work / "ours", ask_ours)]:
                measure_load(browser, row, site, ask, probe)
                measure_search(browser, row, site, ask, wanted, wrong)
                row.from_file = works(browser, site, ask, probe, from_file=True)
                row.under_policy = works(browser, site, ask, probe, policy=POLICY)
            browser.close()
        costs = [cost(speech, times, work) for times in sizes]
    return f"{table(rows, seed, count, rounds)}\n\n{growth(costs)}"


@dataclass(slots=True)
class Cost:
    """What a talk of `times` the text costs: seconds; largest process and index in bytes."""

    times: int
    characters: int
    seconds: dict[str, float]  # by command
    memory: int
    index: int


def measured(command: list[str]) -> tuple[float, int]:
    """Returns the seconds of a command and the memory of its largest process in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def cost(speech: Speech, times: int, folder: Path) -> Cost:
    title, _, text = text_of(speech.files[TRANSCRIPT]).strip().partition("\n")
    talk, project = folder / f"{times}.txt", folder / f"project-{times}"
    talk.write_text("\n".join([title, *[text] * times]), encoding="utf-8")
    commands = {
        "new": ["new", talk, project],
        "check": ["check", "-f", project / "mkdocs.yml"],
        "build": ["build", "-f", project / "mkdocs.yml"],
    }
    seconds, memory = {}, 0
    for name, arguments in commands.items():
        seconds[name], used = measured(
            [sys.executable, str(ROOT / "build_site.py"), *map(str, arguments)]
        )
        memory = max(memory, used)
    (index,) = (project / "site/search").glob("index.*.js")
    return Cost(times, len(text) * times, seconds, memory, index.stat().st_size)


def growth(costs: list[Cost]) -> str:
    """Returns the table of what longer talks cost, as ratios to the shortest; exponents."""
    lines = [
        "| text | new | check | build | largest process | index |",
        "|---|---|---|---|---|---|",
    ]
    first = costs[0].seconds
    for one in costs:
        ratios = (f"{one.seconds[name] / first[name]:.1f}" for name in first)
        sizes = f"{one.memory / 1e6:.0f} MB", f"{one.index / 1000:.0f} KB"
        lines.append(
            "| " + " | ".join([f"{one.times:,} × ({one.characters:,})", *ratios, *sizes]) + " |"
        )
    if len(costs) > 1:
        places = [math.log(one.times) for one in costs]
        slopes = (
            statistics.linear_regression(
                places, [math.log(one.seconds[name]) for one in costs]
            ).slope
            for name in first
        )
        lines.append("| exponent | " + " | ".join([f"{slope:.2f}" for slope in slopes]) + " | | |")
    return "\n".join(lines)


def themed(speech: Speech, slug: str):
    return next(theme.paragraphs for theme in speech.themes if theme.slug == slug)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[1, 10, 100, 1000],
        help="longer talks, times this one",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=ROOT / ".bench",
        help="where the engines' environments are kept",
    )
    parser.add_argument(
        "--readme", action="store_true", help="write the tables into bench/README.md"
    )
    options = parser.parse_args()
    result = run(options.rounds, options.queries, options.seed, options.cache, options.sizes)
    print(result)
    if options.readme:
        start, end = README_MARKS
        before, _, rest = README.read_text(encoding="utf-8").partition(start)
        _, _, after = rest.partition(end)
        README.write_text(f"{before}{start}\n{result}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
