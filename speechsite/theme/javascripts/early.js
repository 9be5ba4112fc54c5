/* What must be known before the first line is drawn: the reader's size of text and colours.

   The only script that is not deferred, and therefore small. It listens on the document, so that
   the switches work as soon as they are seen, however long the other scripts take. ES2015, floor
   Chromium 80. */
"use strict";
(() => {
  const root = document.documentElement;
  const SIZES = /^(large|larger)$/;
  const DARK = "(prefers-color-scheme: dark)";
  const chosen = {}; // where the browser keeps nothing, a choice lasts as long as the page

  function recall(key) {
    try {
      return localStorage.getItem("speech." + key);
    } catch (blocked) {
      return null;
    }
  }

  /* Returns whether the text could be kept. */
  function remember(key, text) {
    try {
      localStorage.setItem("speech." + key, text);
      return true;
    } catch (blocked) {
      return false;
    }
  }

  const choice = (key) => recall(key) || chosen[key];

  function choose(key, value) {
    chosen[key] = value;
    remember(key, value);
    show();
  }

  function isDark() {
    const colours = choice("colours");
    if (colours) return colours === "dark";
    return typeof matchMedia === "function" && matchMedia(DARK).matches;
  }

  /* Puts the choices on <html>, and says on the switches what they are. */
  function show() {
    const size = SIZES.test(choice("size")) ? choice("size") : "standard";
    root.setAttribute("data-size", size);
    press("data-set-size", (value) => value === size);
    if (root.getAttribute("data-colours") !== "both") return;
    const dark = isDark();
    root.setAttribute("data-md-color-scheme", dark ? "slate" : "default");
    press("data-set-colours", () => dark);
  }

  function press(name, isPressed) {
    document.querySelectorAll("[" + name + "]").forEach((button) => {
      button.setAttribute("aria-pressed", isPressed(button.getAttribute(name)));
    });
  }

  /* Changes the size, and leaves the line that is being read, a third down the window, where it is:
     in the middle of a paragraph before, it is there afterwards. */
  function resize(size) {
    const third = innerHeight / 3;
    const boxOf = (paragraph) => paragraph.getBoundingClientRect();
    const paragraphs = Array.from(document.querySelectorAll(".speech p[id]"));
    const here = paragraphs.find((paragraph) => boxOf(paragraph).bottom > third);
    const before = here && boxOf(here);
    choose("size", size);
    if (!here || !scrollY) return;
    const line = Math.max(third, before.top);
    const after = boxOf(here);
    scrollBy(0, after.top + (line - before.top) * after.height / before.height - line);
  }

  document.addEventListener("click", (event) => {
    const { target } = event;
    const button = target.closest && target.closest("[data-set-size], [data-set-colours]");
    if (!button) return;
    if (button.hasAttribute("data-set-size")) resize(button.getAttribute("data-set-size"));
    else choose("colours", isDark() ? "light" : "dark");
  });
  // The switches are there before the deferred scripts are.
  document.addEventListener("readystatechange", show);
  // Out of the browser's cache of pages: another page may have changed the choice.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) show();
  });
  window.addEventListener("storage", show);
  if (typeof matchMedia === "function") {
    const system = matchMedia(DARK);
    if (system.addEventListener) system.addEventListener("change", show);
    else if (system.addListener) system.addListener(show); // Safari 13 and before
  }

  root.classList.remove("no-js");
  show();
  window.speechsite = { recall, remember };
})();
