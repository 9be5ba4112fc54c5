"""A window of WebKitGTK that WebKitWebDriver drives, run by Debian's Python, which has bindings.

Debian's MiniBrowser would do but for three things: its window is never as narrow as a phone's, it
prints nothing without a dialog, and what goes wrong on a page is told to nobody. Here a page that
WebDriver holds asks by `webkit.messageHandlers.window.postMessage(JSON)`; `heard` knows the keys.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, Gtk, WebKit2  # noqa: E402  (the versions must be said first)

MARGIN_MM = 10
CONSOLE = Path(sys.argv.pop(1))  # gets a line for each complaint of a page
# Automation keeps the console to itself, so each page tells its troubles from its first moment on.
WATCH = """(() => {
  const { window: told } = webkit.messageHandlers;
  const tell = (complaint) => told.postMessage(JSON.stringify({ complaint }));
  addEventListener("securitypolicyviolation", (event) => {
    tell("refused: " + event.effectiveDirective + " " + event.blockedURI);
  });
  addEventListener("error", (event) => {
    const source = event.target.src || event.target.href;
    tell(event.message || "not loaded: " + source);
  }, true);
  addEventListener("unhandledrejection", (event) => tell("rejected: " + event.reason));
  const error = console.error;
  console.error = (...said) => { tell(said.join(" ")); error.apply(console, said); };
})();"""


def printed(view: WebKit2.WebView, file: str, paper: str, landscape: bool, scale: float) -> None:
    """Prints the page into a file, as the dialog would with these choices; scale in per cent."""
    setup = Gtk.PageSetup()
    setup.set_paper_size(Gtk.PaperSize.new(f"iso_{paper.lower()}"))
    orientation = Gtk.PageOrientation
    setup.set_orientation(orientation.LANDSCAPE if landscape else orientation.PORTRAIT)
    setup.set_top_margin(MARGIN_MM, Gtk.Unit.MM)
    setup.set_bottom_margin(MARGIN_MM, Gtk.Unit.MM)
    setup.set_left_margin(MARGIN_MM, Gtk.Unit.MM)
    setup.set_right_margin(MARGIN_MM, Gtk.Unit.MM)
    settings = Gtk.PrintSettings()
    settings.set_printer("Print to File")
    settings.set(Gtk.PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf")
    settings.set(Gtk.PRINT_SETTINGS_OUTPUT_URI, f"file://{file}.part")
    settings.set_scale(scale)
    operation = WebKit2.PrintOperation.new(view)
    operation.set_page_setup(setup)
    operation.set_print_settings(settings)
    operation.connect("finished", lambda _: Path(f"{file}.part").rename(file))
    operation.print_()


def heard(window: Gtk.Window, view: WebKit2.WebView, wish: dict[str, Any]) -> None:
    """Does what a page asks for: complaint, print, size or dark."""
    if "complaint" in wish:
        with CONSOLE.open("a", encoding="utf-8") as console:
            print(json.dumps(wish["complaint"]), file=console)
    if "print" in wish:
        printed(view, **wish["print"])
    if "size" in wish:
        window.resize(*wish["size"])
    if "dark" in wish:
        Gtk.Settings.get_default().props.gtk_application_prefer_dark_theme = wish["dark"]


def new_view(context: WebKit2.WebContext) -> WebKit2.WebView:
    """Opens a window with one page that automation holds."""
    manager = WebKit2.UserContentManager()
    frames = WebKit2.UserContentInjectedFrames.TOP_FRAME
    start = WebKit2.UserScriptInjectionTime.START
    manager.add_script(WebKit2.UserScript(WATCH, frames, start, None, None))
    view = WebKit2.WebView(
        web_context=context,
        user_content_manager=manager,
        is_controlled_by_automation=True,
    )
    window = Gtk.Window(default_width=1280, default_height=800)
    window.add(view)
    manager.connect(
        "script-message-received::window",
        lambda _, message: heard(window, view, json.loads(message.get_js_value().to_string())),
    )
    manager.register_script_message_handler("window")
    window.show_all()
    view.grab_focus()
    window.get_window().focus(Gdk.CURRENT_TIME)  # there is no window manager that would give it
    return view


def automated(context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
    """Answers WebKitWebDriver: who we are, and a page when it asks for one."""
    information = WebKit2.ApplicationInfo()
    information.set_name("WebKitGTK")
    information.set_version(
        WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
    )
    session.set_application_info(information)
    session.connect("create-web-view", lambda _: new_view(context))


if __name__ == "__main__":
    context = WebKit2.WebContext.new_ephemeral()
    context.set_automation_allowed(True)
    context.connect("automation-started", automated)
    Gtk.main()
