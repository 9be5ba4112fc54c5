/* What the reader's aids share: finding and making elements, saying, and the words of a
   selection.

   Loaded before the others, after early.js, whose `recall` and `remember` it offers too. Each of
   the others is a file and a concern, and works (or says why not) when another fails. ES2015,
   floor Chromium 80; needs no storage, no network; without it every link still leads somewhere. */
"use strict";
window.speechsite = Object.assign(window.speechsite || {}, (() => {
  const one = (selector, place) => (place || document).querySelector(selector);
  const all = (selector, place) => Array.from((place || document).querySelectorAll(selector));
  const on = (target, type, act, options) => target.addEventListener(type, act, options);

  /* Adds an element to `parent`. */
  function make(parent, tag, className, textContent) {
    const element = Object.assign(document.createElement(tag), { className, textContent });
    return parent.appendChild(element);
  }

  /* Adds a button that leaves the reader's selection as it is. */
  function makeButton(parent, text, act) {
    const button = make(parent, "button", "tool", text);
    button.type = "button";
    on(button, "pointerdown", (event) => event.preventDefault());
    on(button, "click", act);
    return button;
  }

  /* Runs one feature once the page is there; its failure is reported and stops no other. */
  function whenReady(feature) {
    if (document.readyState === "loading") on(document, "DOMContentLoaded", feature);
    else feature();
  }

  /* Makes a link that a script lets act a button for the keyboard and for screen readers, too. */
  function actAsButton(link, act) {
    link.setAttribute("role", "button");
    on(link, "click", (event) => {
      event.preventDefault();
      act();
    });
    on(link, "keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      act();
    });
  }

  /* Says something aloud and, for six seconds, above the dock: below the box `near`, where there
     is room. */
  let silence;
  function say(text, near) {
    const status = one("p.said") || make(one("#content"), "p", "said", "");
    status.setAttribute("role", "status");
    status.textContent = text;
    const dock = one(".dock");
    const floor = innerHeight - (dock ? dock.offsetHeight : 0);
    const lowest = floor - status.offsetHeight - 8;
    const wanted = near ? Math.max(60, near.bottom + 8) : lowest; // px: 60 is below the header
    status.style.top = Math.min(wanted, lowest) + "px";
    clearTimeout(silence);
    silence = setTimeout(() => { status.textContent = ""; }, 6000);
  }

  /* A hidden row of the dock, which stands at the window's foot; each feature has its own and
     shows it. */
  function row(label) {
    const dock = one(".dock") || make(one("#content"), "div", "dock", "");
    const place = make(dock, "div", "speech-row", "");
    place.hidden = true;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", label);
    return place;
  }

  /* The site's folder, and where this speech's things are kept: another on the same host has its
     own. */
  const root = () => new URL(document.body.dataset.root || ".", location.href);
  const keyOf = (name) => name + "|" + document.body.dataset.speech + "|" + root().pathname;

  /* The speech on this page. */
  const paragraphs = () => all(".speech p[id]");
  const number = (paragraph) => paragraph.id.slice(1);

  /* Whether an element begins above a third of the window: what begins last above it is where
     the reader is. */
  const isAbove = (element) => element.getBoundingClientRect().top <= innerHeight / 3;

  function current() {
    const above = paragraphs().filter(isAbove);
    return above.length ? above[above.length - 1] : paragraphs()[0];
  }

  /* The words of a copied piece of a page as they are read: without what a correction took away. */
  function wordsOf(node) {
    all("del", node).forEach((old) => old.remove());
    return node.textContent;
  }
  const corrected = (paragraph) => wordsOf(paragraph.cloneNode(true));

  /* What is selected of the speech: [[paragraph, its selected words, how many characters before
     them], …]. */
  function selected() {
    const selection = getSelection();
    const parts = [];
    if (!selection.rangeCount || selection.isCollapsed) return parts;
    const range = selection.getRangeAt(0);
    paragraphs().filter((paragraph) => range.intersectsNode(paragraph)).forEach((paragraph) => {
      const part = document.createRange();
      part.selectNodeContents(paragraph);
      const { startContainer, startOffset, endContainer, endOffset } = range;
      if (paragraph.contains(startContainer)) part.setStart(startContainer, startOffset);
      if (paragraph.contains(endContainer)) part.setEnd(endContainer, endOffset);
      const before = document.createRange();
      before.setStart(paragraph, 0);
      before.setEnd(part.startContainer, part.startOffset);
      const text = wordsOf(part.cloneContents());
      if (text.trim()) parts.push([paragraph, text, wordsOf(before.cloneContents()).length]);
    });
    return parts;
  }

  return {
    one, all, on, make, makeButton, whenReady, actAsButton, say, row, root, keyOf,
    paragraphs, number, isAbove, current, wordsOf, corrected, selected,
  };
})());
