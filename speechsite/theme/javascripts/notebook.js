/* The notebook 摘录: words that a reader underlines, with a few of the reader's own, kept in this browser only.

   An excerpt is anchored by what it says: the words, how they go on to both sides, and the number of the paragraph.
   So it is found again after a rebuild, in a paragraph with another number too, and where the words changed it is
   said that they no longer fit. It is shown without touching the page where the browser can (CSS Custom Highlight
   API), else in <mark>; its words, as everywhere, are the corrected ones. */
(() => {
  "use strict";
  const site = window.speechsite;
  const { all, atHand, keyOf, make, makeButton, number, on, one, paragraphs } = site;
  const { recall, remember, root, row, say, source, whenReady, wordsOf } = site;
  const NAME = "speech-excerpt";
  const CONTEXT = 12; // characters to either side that tell one place from another
  const NOT_WORDS = "del, .permalink, .ref";

  /* What is kept: [{made, parts: [{number, start, words, before, after}], own}, …]; `made` is when, in ms. */
  const KEY = () => keyOf("notebook");
  const isPart = (part) => ["words", "before", "after"].every((name) => typeof part[name] === "string" && part[name]);
  function load() {
    const kept = recall(KEY());
    try {
      const excerpts = JSON.parse(kept || "[]");
      if (excerpts.every(({ parts }) => parts.length && parts.every(isPart))) return excerpts;
    } catch (broken) { /* as whatever else is no notebook */ }
    remember(KEY() + "|unreadable", kept);
    remember(KEY(), "[]");
    say("原来的摘录读不出来，已另存一份；现在从头记起");
    return [];
  }
  function save(excerpts) {
    const kept = remember(KEY(), JSON.stringify(excerpts));
    if (!kept) say("没有存上：浏览器不让网页保存内容，或存储空间已满");
    return kept;
  }
  const without = (gone) => load().filter(({ made }) => made !== gone.made);
  const replace = (changed) => save(load().map((excerpt) => (excerpt.made === changed.made ? changed : excerpt)));

  /* A paragraph's words between two line ends, so that its edges are context too. */
  const textOf = (paragraph) => "\n" + wordsOf(paragraph.cloneNode(true)) + "\n";
  function anchor(paragraph, words, start) {
    const text = textOf(paragraph);
    const end = start + 1 + words.length;
    const before = text.slice(0, start + 1).slice(-CONTEXT);
    return { number: number(paragraph), start, words, before, after: text.slice(end, end + CONTEXT) };
  }

  /* Returns where a part stands in `texts`, [[paragraph, text], …]: {paragraph, start, end, …}, or undefined. That both
     sides are as they were is enough; one side is, in its paragraph or where `texts` is the `whole` speech. */
  function find(part, texts, whole) {
    const found = [];
    texts.forEach(([paragraph, text]) => {
      for (let at = text.indexOf(part.words); at >= 0; at = text.indexOf(part.words, at + 1)) {
        const start = at - 1;
        const end = start + part.words.length;
        const sides = text.endsWith(part.before, at) + text.startsWith(part.after, end + 1);
        const far = Math.abs(number(paragraph) - part.number);
        found.push({ paragraph, start, end, sides, far, shift: Math.abs(start - part.start) });
      }
    });
    found.sort((a, b) => b.sides - a.sides || a.far - b.far || a.shift - b.shift);
    const best = found[0];
    const needed = !whole ? (best && best.far ? 2 : 1) : found.length > 1 ? 1 : 0;
    return best && best.sides >= needed ? best : undefined;
  }

  /* Returns [[excerpt, its places], …]; in the whole speech, anchors that moved are put right for the next time. */
  function locate(texts, whole) {
    const excerpts = load();
    let moved = false;
    const located = excerpts.map((excerpt) => {
      const places = excerpt.parts.map((part, index) => {
        const place = find(part, texts, whole);
        if (place && whole && (place.far || place.sides < 2)) {
          excerpt.parts[index] = anchor(place.paragraph, part.words, place.start);
          moved = true;
        }
        return place;
      });
      return [excerpt, places];
    });
    if (moved) save(excerpts);
    return located;
  }

  /* A field for the reader's own words on an excerpt. */
  function ownWords(parent, tag, excerpt) {
    const field = make(parent, tag, "speech-own", "");
    field.value = excerpt.own || "";
    field.placeholder = "写几句自己的话（可不写）";
    field.setAttribute("aria-label", "自己的话");
    on(field, "input", () => {
      excerpt.own = field.value.trim();
      save(load().map((other) => (other.made === excerpt.made ? excerpt : other)));
    });
    return field;
  }

  /* Ranges over a place's words, one in each text node: what a correction took away stands between them. */
  function rangesOf({ paragraph, start, end }) {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const ranges = [];
    let before = 0;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest(NOT_WORDS)) continue;
      const from = Math.max(start - before, 0);
      const to = Math.min(end - before, node.length);
      before += node.length;
      if (from >= to) continue;
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      ranges.push(range);
    }
    return ranges;
  }

  const canHighlight = () => window.Highlight && window.CSS && CSS.highlights;
  function paint(places) {
    if (canHighlight()) {
      CSS.highlights.set(NAME, new window.Highlight(...[].concat(...places.map(rangesOf))));
      return;
    }
    all("mark." + NAME).forEach((mark) => {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    });
    places.forEach((place) => rangesOf(place).forEach((range) => {
      range.surroundContents(Object.assign(document.createElement("mark"), { className: NAME }));
    }));
  }

  /* How many characters of its paragraph stand before a point of the page: [paragraph, count], or undefined. */
  function spotAt(x, y) {
    const spot = document.caretPositionFromPoint
      ? document.caretPositionFromPoint(x, y)
      : document.caretRangeFromPoint && document.caretRangeFromPoint(x, y);
    const node = spot && (spot.offsetNode || spot.startContainer);
    const paragraph = node && node.parentElement && node.parentElement.closest(".speech p[id]");
    if (!paragraph) return undefined;
    const range = document.createRange();
    range.setStart(paragraph, 0);
    range.setEnd(node, "offset" in spot ? spot.offset : spot.startOffset);
    return [paragraph, wordsOf(range.cloneContents()).length];
  }

  /* On a page of the speech: underlining, and what is underlined. */
  function underline() {
    const editor = row("划线");
    let located = [];
    const places = () => [].concat(...located.map((pair) => pair[1])).filter(Boolean);

    function draw() {
      const texts = paragraphs().map((paragraph) => [paragraph, textOf(paragraph)]);
      located = locate(texts, texts.length === Number(one(".speech").dataset.total));
      paint(places());
    }

    /* Returns the excerpt that has words between two places of a paragraph. */
    function underlined(paragraph, start, end) {
      const touches = (place) => place && place.paragraph === paragraph && place.start < end && start < place.end;
      return (located.find((pair) => pair[1].some(touches)) || [])[0];
    }

    function close() {
      if (editor.contains(document.activeElement)) document.activeElement.blur();
      editor.textContent = "";
      editor.hidden = true;
    }
    function edit(excerpt) {
      close();
      const field = ownWords(editor, "input", excerpt);
      on(field, "keydown", (event) => { if (event.key === "Enter") close(); });
      makeButton(editor, "擦去划线", () => {
        save(without(excerpt));
        draw();
        close();
      });
      const list = document.body.dataset.notebook;
      if (list) make(editor, "a", "tool", "看摘录").href = new URL(list, root());
      makeButton(editor, "完成", close);
      editor.hidden = false;
    }
    function add(parts) {
      if (!parts.length) {
        say("请先选中讲话里的文字");
        return;
      }
      const excerpt = { made: Date.now(), parts: parts.map((part) => anchor(...part)), own: "" };
      if (!save(load().concat(excerpt))) return;
      const place = site.near();
      getSelection().removeAllRanges();
      site.dock.hidden = true;
      draw();
      edit(excerpt);
      say("已划线，记入摘录", place);
    }

    draw();
    on(window, "storage", draw);
    on(window, "pageshow", (event) => { if (event.persisted) draw(); });
    if (canHighlight()) { // a search marks its phrase in the text, and the ranges must follow
      const watch = new MutationObserver(() => paint(places()));
      all(".speech").forEach((speech) => watch.observe(speech, { childList: true, subtree: true }));
    }
    on(document, "speech:selected", ({ detail }) => {
      close();
      makeButton(site.dock, "划线", () => add(atHand())).title = "Alt+U";
      const [paragraph, words, start] = detail[0];
      const excerpt = underlined(paragraph, start, start + words.length);
      if (excerpt) makeButton(site.dock, "已有的划线", () => edit(excerpt));
    });
    on(document, "click", (event) => {
      if (event.target.closest("a, button") || !getSelection().isCollapsed) return;
      const spot = spotAt(event.clientX, event.clientY);
      const excerpt = spot && underlined(spot[0], spot[1] - 1, spot[1] + 1);
      if (excerpt) edit(excerpt);
    });
    on(document, "keydown", (event) => {
      if (event.altKey && event.code === "KeyU") {
        event.preventDefault();
        add(atHand());
      }
      if (event.key === "Escape") close();
    });
  }

  Object.assign(site, { isKept: () => remember(KEY() + "|tried", "1"), locate, ownWords, save, textOf, without });
  whenReady(() => { if (paragraphs().length) underline(); });
})();
