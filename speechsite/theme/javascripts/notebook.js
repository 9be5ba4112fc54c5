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

  /* What is kept: [{made, parts: [{number, words, before, after, nth}], own}, …]; `made` is when, in ms. */
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
  function placesIn(text, words) {
    const places = [];
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) places.push(at);
    return places;
  }
  function anchor(paragraph, words, start) {
    const text = textOf(paragraph);
    const end = start + 1 + words.length;
    return {
      number: number(paragraph),
      words,
      before: text.slice(0, start + 1).slice(-CONTEXT),
      after: text.slice(end, end + CONTEXT),
      nth: placesIn(text, words).indexOf(start + 1),
    };
  }

  /* How many characters two texts share from their start, or from their end. */
  function shared(one, other, fromEnd) {
    const at = (text, count) => text[fromEnd ? text.length - 1 - count : count];
    let count = 0;
    while (count < one.length && at(one, count) === at(other, count)) count++;
    return count;
  }

  /* Returns where a part stands in `texts`, [[paragraph, text], …]: {paragraph, start, end, moved}, or undefined.
     Both sides as they were are enough; one side too, in the same paragraph or where `texts` is the `whole` speech. */
  function find(part, texts, whole) {
    const found = [];
    texts.forEach(([paragraph, text]) => placesIn(text, part.words).forEach((at, nth) => {
      const end = at + part.words.length;
      const left = shared(part.before, text.slice(0, at), true);
      const right = shared(part.after, text.slice(end));
      found.push({
        paragraph,
        start: at - 1,
        end: end - 1,
        agreeing: left + right,
        sides: (left === part.before.length) + (right === part.after.length),
        far: Math.abs(number(paragraph) - part.number),
        turn: Math.abs(nth - part.nth),
      });
    }));
    found.sort((a, b) => b.agreeing - a.agreeing || a.far - b.far || a.turn - b.turn);
    const best = found[0];
    if (!best) return undefined;
    const near = best.sides === 1 && (whole || best.far === 0);
    return best.sides === 2 || near || (whole && found.length === 1) ? best : undefined;
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
    on(field, "change", () => {
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
      editor.hidden = true;
    }
    function edit(excerpt) {
      editor.textContent = "";
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
      getSelection().removeAllRanges();
      draw();
      edit(excerpt);
      say("已划线，记入摘录");
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

  /* On the notebook's page: the list, in the speech's order. The template in `list` holds the whole speech. */
  function showList(list) {
    const template = one("template", list);
    const paragraphsThere = all("p", template.content);
    const texts = paragraphsThere.map((paragraph) => [paragraph, textOf(paragraph)]);
    const rank = ({ paragraph, start }) => paragraphsThere.indexOf(paragraph) * 1e6 + start;
    const title = document.body.dataset.speech;

    /* An excerpt's words, a line a paragraph, then where they stand. */
    const parts = (excerpt, places) => excerpt.parts.map(({ words }, index) => [places[index].paragraph, words]);
    function textFor([excerpt, places]) {
      const own = excerpt.own ? "\n我的话：" + excerpt.own : "";
      const lines = excerpt.parts.map(({ words }) => words);
      return lines.concat(places.every(Boolean) ? source(parts(excerpt, places)) : "（现在的讲话里对不上）").join("\n") + own;
    }

    function remove(excerpt) {
      if (excerpt.own && !confirm("连同自己写的话一起删去？")) return;
      if (!save(without(excerpt))) return;
      draw();
      list.focus();
      say("已删去");
    }

    function entry(parent, [excerpt, places]) {
      const item = make(parent, "li", "", "");
      const quotation = make(item, "blockquote", "", "");
      excerpt.parts.forEach(({ words }) => make(quotation, "p", "", words));
      const tools = make(item, "div", "speech-excerpt__tools", "");
      const place = places.every(Boolean) && places[0];
      if (place) {
        const { page, theme } = place.paragraph.parentNode.dataset;
        const link = make(tools, "a", "", theme + "，第 " + number(place.paragraph) + " 段");
        link.href = new URL(page + "#" + place.paragraph.id, root());
        makeButton(tools, "复制（附出处）", () => site.copy(parts(excerpt, places), item.getBoundingClientRect()));
      }
      makeButton(tools, "删去", () => remove(excerpt));
      const field = ownWords(item, "textarea", excerpt);
      const printed = make(item, "p", "speech-own--printed", field.value);
      on(field, "change", () => { printed.textContent = excerpt.own; });
    }

    function section(name, entries) {
      if (!entries.length) return;
      if (name) make(list, "p", "speech-hint", name);
      const items = make(list, "ol", "speech-excerpts", "");
      entries.forEach((pair) => entry(items, pair));
    }

    function download(entries) {
      const text = ["《" + title + "》摘录"].concat(entries.map(textFor)).join("\n\n") + "\n";
      const file = new Blob(["\ufeff" + text.replace(/\n/g, "\r\n")], { type: "text/plain" });
      const link = make(list, "a", "", "");
      link.href = URL.createObjectURL(file);
      link.download = title + " 摘录.txt";
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    }

    function draw() {
      const located = locate(texts, true);
      const fits = ([, places]) => places.every(Boolean);
      const fitting = located.filter(fits).sort((a, b) => rank(a[1][0]) - rank(b[1][0]));
      const lost = located.filter((pair) => !fits(pair));
      list.textContent = "";
      list.appendChild(template);
      if (!remember(KEY() + "|tried", "1")) {
        make(list, "p", "", "这个浏览器现在不让网页保存内容，划的线留不下来。");
      } else if (!located.length) {
        make(list, "p", "", "还没有摘录。读讲话时选中文字，再按“划线”，就记在这里。");
      } else {
        const tools = make(list, "div", "tools", "");
        makeButton(tools, "打印", () => print());
        makeButton(tools, "存为文本文件", () => download(fitting.concat(lost)));
      }
      section("", fitting);
      section("下面 " + lost.length + " 条的文字，在现在的讲话里对不上了，照原样留着：", lost);
    }

    list.tabIndex = -1;
    draw();
    on(window, "storage", () => { if (!list.contains(document.activeElement)) draw(); });
  }

  whenReady(() => {
    const list = one("[data-fill=notebook]");
    if (list && one("template", list)) showList(list);
    else if (paragraphs().length) underline();
  });
})();
