/* The reader's aids. ES2015; needs no storage, no network; without it every link still leads somewhere. */
(() => { // the whole file, not indented
"use strict";
const root = document.documentElement;
const all = (selector, place) => Array.from((place || document).querySelectorAll(selector));
const one = (selector) => document.querySelector(selector);
const on = (target, type, act, options) => target.addEventListener(type, act, options);

function make(parent, tag, className, textContent) {
  const element = Object.assign(document.createElement(tag), { className, textContent });
  return parent.appendChild(element);
}
function makeButton(parent, text, act) {
  const button = make(parent, "button", "tool", text);
  button.type = "button";
  on(button, "pointerdown", (event) => event.preventDefault()); // keeps the selection
  on(button, "click", act);
  return button;
}

/* Text size: set on <html> before the first line is drawn. */
const SIZE = "speech.size";
function setSize(size) {
  root.setAttribute("data-size", size);
  all("[data-set-size]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.setSize === size));
}
let stored;
try { stored = localStorage.getItem(SIZE); } catch (blocked) { /* as without a choice */ }
setSize(/^larger?$/.test(stored) ? stored : "standard");

on(document, "DOMContentLoaded", () => {
  const article = one("#content");
  const paragraphs = all(".speech p[id]");
  const dock = make(article, "div", "dock", "");
  const note = make(article, "div", "note", "");
  const status = make(article, "p", "said", "");
  dock.hidden = note.hidden = true;
  status.setAttribute("role", "status");

  let silence;
  function say(text) {
    status.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => { status.textContent = ""; }, 6000);
  }

  setSize(root.dataset.size);
  all("[data-set-size]").forEach((button) => on(button, "click", () => {
    const here = paragraphs[current()];
    const top = here && here.getBoundingClientRect().top;
    setSize(button.dataset.setSize);
    try { localStorage.setItem(SIZE, button.dataset.setSize); } catch (blocked) { /* this page only */ }
    if (here && scrollY > 0) scrollBy(0, here.getBoundingClientRect().top - top);
  }));

  const search = one("#__search");
  all(".search-open").forEach((opener) => on(opener, "click", () => {
    search.click();
    one(".md-search__input").focus();
  }));

  /* The contents as a drawer. */
  const contents = one("#nav");
  const menu = one(".menu");
  const close = one(".contents-close");
  function open(yes) {
    contents.classList.toggle("open", yes);
    menu.setAttribute("aria-expanded", yes);
  }
  menu.setAttribute("role", "button");
  open(false);
  on(menu, "click", (event) => {
    event.preventDefault();
    open(true);
    close.focus();
  });
  on(menu, "keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); menu.click(); }
  });
  on(close, "click", (event) => { event.preventDefault(); menu.focus(); });
  on(contents, "click", (event) => { if (event.target.hash) open(false); });

  /* Where the reader is: the last paragraph that begins above a third of the window. */
  const position = one(".position");
  const progress = one(".progress");
  const points = all("#nav .points a").map((link) => [link, document.getElementById(link.hash.slice(1))]);
  const above = (element) => element.getBoundingClientRect().top <= innerHeight / 3;
  const current = () => Math.max(0, paragraphs.filter(above).length - 1);
  function follow() {
    waiting = false;
    const length = root.scrollHeight - innerHeight;
    progress.style.transform = "scaleX(" + (length > 0 ? Math.min(1, scrollY / length) : 0) + ")";
    if (!paragraphs.length) return;
    position.textContent = "第 " + number(paragraphs[current()]) + " 段，共 " + one(".speech").dataset.total + " 段";
    const here = points.filter((point) => above(point[1])).pop();
    points.forEach(([link]) => link.removeAttribute("aria-current"));
    if (here) here[0].setAttribute("aria-current", "location");
  }
  let waiting = false;
  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(follow); } };
  on(window, "scroll", soon, { passive: true });
  on(window, "resize", soon);

  /* Notes on terms and corrections: beside the text where there is room, else in the other half of the window. */
  let noted = null, touched = false, leaving;
  function show(link) {
    const source = document.getElementById(link.getAttribute("aria-describedby"));
    if (!source || noted === link) return;
    hide();
    noted = link;
    note.textContent = "";
    [source.previousElementSibling, source].forEach((part) => {
      part.childNodes.forEach((child) => note.appendChild(child.cloneNode(true)));
    });
    makeButton(note, "关闭", () => { link.focus(); hide(); });
    const box = article.getBoundingClientRect(), top = link.getBoundingClientRect().top;
    const beside = root.clientWidth - box.right > 180;
    note.className = beside ? "note note--beside" : top > innerHeight / 2 ? "note note--above" : "note";
    note.style.top = beside ? top - box.top + "px" : "";
    note.hidden = false;
    link.classList.add("noted");
  }
  function hide() {
    if (noted) noted.classList.remove("noted");
    noted = null;
    note.hidden = true;
  }
  function leave() { // there is time to move onto the note
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      if (!one(".noted:hover, .noted:focus, .note:hover, .note:focus-within")) hide();
    }, 600);
  }
  on(note, "mouseleave", leave);
  all(".speech a[aria-describedby]").forEach((link) => {
    let shown = false;
    on(link, "mouseenter", () => { if (!touched) show(link); });
    on(link, "mouseleave", leave);
    on(link, "focus", () => { if (!touched) show(link); });
    on(link, "pointerdown", (event) => {
      touched = event.pointerType !== "mouse";
      shown = noted === link;
    });
    on(link, "click", (event) => {
      if (touched && !shown) { event.preventDefault(); show(link); }
      touched = false;
    });
  });
  ["pointerdown", "focusin"].forEach((type) => on(document, type, (event) => {
    if (noted && !note.contains(event.target) && !noted.contains(event.target)) hide();
    if (!contents.contains(event.target)) open(false);
  }));

  /* Quoting: the corrected words and nothing else, then where they stand. */
  const number = (paragraph) => paragraph.id.slice(1);
  function wordsOf(node) {
    all("del", node).forEach((old) => old.remove());
    return node.textContent;
  }
  const corrected = (paragraph) => wordsOf(paragraph.cloneNode(true));
  function quoted() {
    const selection = getSelection(), parts = [];
    if (!selection.rangeCount || selection.isCollapsed) return parts;
    const range = selection.getRangeAt(0);
    paragraphs.filter((paragraph) => range.intersectsNode(paragraph)).forEach((paragraph) => {
      const part = document.createRange();
      part.selectNodeContents(paragraph);
      if (paragraph.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
      if (paragraph.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
      const text = wordsOf(part.cloneContents());
      if (text.trim()) parts.push([paragraph, text]);
    });
    return parts;
  }
  function cited(parts) {
    const first = parts[0][0], last = parts[parts.length - 1][0];
    const from = first.closest(".speech").dataset, to = last.closest(".speech").dataset;
    const theme = from.theme === to.theme ? "“" + from.theme + "”部分" : "";
    const span = first === last ? number(first) : number(first) + "—" + number(last);
    const lines = parts.map((part) => part[1]).concat("——摘自《" + from.title + "》" + theme + "第" + span + "段");
    const canonical = one("link[rel=canonical]");
    const page = canonical ? canonical.href : location.href.replace(/[?#].*/, "");
    if (/^https?:/.test(page)) lines.push(page + "#" + first.id);
    return lines.join("\n");
  }
  let pending = null;
  on(document, "copy", (event) => {
    const text = pending || (event.target.tagName !== "INPUT" && quoted().map((part) => part[1]).join("\n"));
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });
  function copy(parts) {
    if (!parts.length) return;
    pending = cited(parts);
    const done = document.execCommand("copy");
    pending = null;
    const where = parts.length > 1 ? "所选各段" : "第 " + number(parts[0][0]) + " 段";
    say(done ? "已复制" + where + "，附有出处" : "浏览器不允许复制，请按 Ctrl+C");
  }
  all(".speech .permalink").forEach((link) => {
    const paragraph = link.parentElement;
    link.title = "复制第 " + number(paragraph) + " 段和出处";
    link.setAttribute("aria-label", link.title);
    on(link, "click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      copy([[paragraph, corrected(paragraph)]]);
      history.replaceState(null, "", link.hash);
    });
  });

  /* The dock, at the window's foot: what can be done with a selection, or the voice's controls. */
  function offer() {
    if (speaking) return;
    const parts = quoted();
    dock.hidden = !parts.length;
    dock.textContent = "";
    if (!parts.length) return;
    makeButton(dock, "复制并注明出处", () => copy(quoted())).title = "Alt+C";
    const phrase = parts[0][1].trim();
    const input = one(".md-search__input");
    if (parts.length === 1 && phrase.length <= 20 && input) {
      makeButton(dock, "讲话中还有哪里", () => {
        if (!search.checked) search.click();
        input.value = phrase;
        input.focus();
        input.dispatchEvent(new Event("keyup"));
      });
    }
  }
  let settling;
  on(document, "selectionchange", () => { clearTimeout(settling); settling = setTimeout(offer, 200); });

  /* Reading aloud, by a Chinese voice of this machine only: others send the words elsewhere. */
  const reader = one("[data-read]");
  const synthesis = window.speechSynthesis;
  let speaking, voice, utterance;
  function findVoice() {
    const voices = synthesis.getVoices().filter((v) => v.localService && /^(zh|cmn)\b/i.test(v.lang));
    voice = voices.find((v) => /CN|Hans/i.test(v.lang)) || voices[0];
    reader.hidden = !voice;
  }
  function read(index) {
    if (speaking) speaking.classList.remove("speaking");
    speaking = paragraphs[index];
    if (!speaking) { stop(); return; }
    speaking.classList.add("speaking");
    const box = speaking.getBoundingClientRect();
    if (box.top < 70 || box.top > innerHeight * 0.6) {
      speaking.scrollIntoView({ block: "center" }); // at once: nothing moves by itself
    }
    const mine = utterance = new SpeechSynthesisUtterance(corrected(speaking));
    mine.voice = voice;
    mine.lang = voice.lang;
    mine.onend = () => { if (utterance === mine) read(index + 1); };
    mine.onerror = () => { if (utterance === mine) stop(); };
    synthesis.speak(mine);
  }
  function stop() {
    utterance = null;
    synthesis.cancel();
    synthesis.resume(); // a paused voice would stay silent the next time
    if (speaking) speaking.classList.remove("speaking");
    speaking = null;
    offer();
  }
  if (reader && synthesis && window.SpeechSynthesisUtterance) {
    findVoice();
    on(synthesis, "voiceschanged", findVoice);
    on(reader, "click", () => {
      const parts = quoted();
      stop();
      read(parts.length ? paragraphs.indexOf(parts[0][0]) : scrollY < 200 ? 0 : current());
      dock.textContent = "";
      dock.hidden = false;
      const pause = makeButton(dock, "暂停", () => {
        const paused = pause.textContent === "继续";
        if (paused) synthesis.resume(); else synthesis.pause();
        pause.textContent = paused ? "暂停" : "继续";
      });
      makeButton(dock, "停止朗读", () => { stop(); reader.focus(); });
      pause.focus();
    });
    on(window, "pagehide", () => synthesis.cancel());
  }

  on(document, "keydown", (event) => {
    if (event.altKey && event.code === "KeyC") copy(quoted());
    if (event.key !== "Escape") return;
    hide();
    if (contents.classList.contains("open")) menu.focus();
    if (speaking) stop();
  });
  follow();
});
})();
