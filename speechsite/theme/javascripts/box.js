/* The search box: asks the matcher for what stands in it, and lists the answers as lines,
   grouped by page.

   Without a script its opener is a link to the whole text. The contract of its attributes,
   data-search=…, is in DESIGN: box, open, results, count. */
"use strict";
(() => {
  const { one, all, on, make, whenReady, actAsButton, matching } = window.speechsite;
  const PAUSE = 300; // ms without a key until the count is said: once an answer, not once a key
  const LONG = 12; // what is found is longer: it takes the line for itself
  const COMPOSING = 229; // keyCode of a key that an input method keeps; Safari says nothing else

  /* How an answer was found, if not as typed. */
  const HOW = {
    exact: "",
    loose: "不计标点：",
    pinyin: "按拼音：",
    sound: "没有完全相同的字句；读音相同的有：",
    near: "没有完全相同的字句；相近的有：",
  };
  const LABEL = { loose: "不计标点", pinyin: "按拼音", sound: "读音相同", near: "相近" };

  /* Returns what is said of an answer: 讲话 18 段 48 处，词语 3 条. */
  function told(answer) {
    if (answer.how === "none" && answer.paragraph) return "前往" + answer.paragraph.lines[0].where;
    if (answer.how === "none") return "没有找到“" + answer.query.trim() + "”。可以少输几个字，或换个说法。";
    const { how, count, further } = answer;
    const more = further ? "；" + LABEL[further.how] + "的有：" + counts(further.count) : "";
    return HOW[how] + counts(count) + more;
  }

  function counts({ paragraphs, places, headings, notes, others }) {
    const parts = [];
    if (places) parts.push("讲话 " + (paragraphs ? paragraphs + " 段 " : "") + places + " 处");
    others.forEach(([title, count, unit]) => parts.push(title + " " + count + " " + unit));
    if (headings) parts.push("标题 " + headings + " 处");
    if (notes) parts.push("编者的话 " + notes + " 处");
    return parts.join("，");
  }

  function addLine(list, line) {
    const link = make(make(list, "li", "", ""), "a", line.spoken ? "" : "speech-editors", "");
    if (line.found.length > LONG) link.classList.add("speech-long");
    link.setAttribute("href", root + line.href);
    make(link, "span", "speech-where", line.where);
    const words = make(link, "span", "speech-words", "");
    if (line.found) {
      make(words, "span", "speech-before", line.before);
      make(words, "mark", "", line.found);
    }
    make(words, "span", "speech-after", line.after);
  }

  /* The addresses of the index count from the site's first folder, in which the matcher's folder
     is: "" or "../". */
  let root;

  whenReady(() => {
    const form = one("[data-search=form]");
    const box = one("[data-search=box]");
    const opener = one("[data-search=open]");
    const results = one("[data-search=results]");
    const status = one("[data-search=count]");
    const help = one("[data-search=help]");
    const more = one("[data-search=more]");
    if (!form || !box) return;
    root = form.dataset.assetMatcher.split("javascripts/")[0];
    let shown = null; // the answer that is listed
    let leaps = false; // Enter was pressed before there was an answer
    let saying;

    const isOpen = () => form.classList.contains("open");
    const answers = () => all("a", results);

    function open() {
      form.classList.add("open");
      opener.setAttribute("aria-expanded", "true");
    }

    function close() {
      form.classList.remove("open");
      opener.setAttribute("aria-expanded", "false");
    }

    function enter() {
      open();
      box.focus();
      box.select();
    }

    function leave() {
      const back = opener.getClientRects().length ? opener : box;
      close();
      back.focus();
      close(); // the box itself opens when it is entered
    }

    function say(text) {
      clearTimeout(saying);
      status.setAttribute("aria-busy", "true");
      saying = setTimeout(() => {
        status.textContent = text;
        status.setAttribute("aria-busy", "false");
      }, PAUSE);
    }

    function fail() {
      say("搜索用不了：没有取到索引。请刷新本页，或在全文页上用浏览器的“查找”。");
    }

    function request() {
      leaps = false;
      if (!isOpen()) open();
      if (box.value.trim()) {
        if (!status.textContent) say("搜索准备中");
        results.setAttribute("aria-busy", "true");
        ask(box.value, 0);
      } else {
        list(null);
        say("");
        results.setAttribute("aria-busy", "false");
      }
    }

    /* Lists an answer, or what more of it was asked for. */
    function show(answer) {
      if (answer.query !== box.value) return;
      results.setAttribute("aria-busy", "false");
      if (answer.from && shown && shown.query === answer.query) {
        const before = answers().length;
        addGroups(answer);
        if (answers()[before]) answers()[before].focus();
        return;
      }
      list(answer);
      say(told(answer));
      if (leaps && answers().length) answers()[0].click();
    }

    function list(answer) {
      shown = answer;
      results.textContent = "";
      more.hidden = true;
      help.hidden = Boolean(answer && (answer.how !== "none" || answer.paragraph));
      if (answer) addGroups(answer);
    }

    function addGroups(answer) {
      if (answer.paragraph) addGroup(answer.paragraph, "exact");
      answer.groups.forEach((group) => addGroup(group, answer.how));
      const { further } = answer;
      if (further) further.groups.forEach((group) => addGroup(group, further.how));
      more.hidden = !answer.next;
      more.dataset.from = answer.next;
    }

    /* Adds the lines of a page, to the last list where it goes on, else as a new one. */
    function addGroup({ title, lines }, how) {
      const name = [title, LABEL[how]].filter(Boolean).join(" · ");
      const last = results.lastElementChild;
      const goesOn = last && last.firstElementChild.textContent === name;
      const list = goesOn ? last.lastElementChild : addList(name, how);
      lines.forEach((line) => addLine(list, line));
    }

    function addList(name, how) {
      const part = make(results, "div", "speech-answers", "");
      const title = make(part, "p", "", name);
      const list = make(part, "ul", "", "");
      part.setAttribute("data-how", how);
      title.id = "speech-answers-" + results.children.length;
      list.setAttribute("aria-labelledby", title.id);
      return list;
    }

    function leap() {
      if (shown && shown.query === box.value && answers().length) answers()[0].click();
      else leaps = true;
    }

    /* Up and down go through the box and its answers. */
    function step(by) {
      const stops = [box].concat(answers());
      const next = stops.indexOf(document.activeElement) + by;
      if (stops[next]) stops[next].focus();
    }

    if (opener.tagName === "A") actAsButton(opener, enter);
    else on(opener, "click", enter);
    opener.setAttribute("aria-expanded", "false");
    on(box, "focus", open);
    on(box, "input", request);
    on(form, "submit", (event) => {
      event.preventDefault();
      leap();
    });
    on(one("[data-search=close]"), "click", leave);
    on(more, "click", () => {
      results.setAttribute("aria-busy", "true");
      ask(box.value, Number(more.dataset.from));
    });
    on(form, "keydown", (event) => {
      if (event.isComposing || event.keyCode === COMPOSING) return;
      const act = {
        ArrowDown: () => step(1),
        ArrowUp: () => step(-1),
        Escape: leave,
        Enter: event.target === box && leap,
      }[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
    on(results, "click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      close();
      if (link.href !== location.href) return;
      // The browser would only go to the paragraph, and tell nobody.
      event.preventDefault();
      document.dispatchEvent(new Event("speech:shown"));
    });
    ["pointerdown", "focusin"].forEach((type) => on(document, type, (event) => {
      if (isOpen() && !form.contains(event.target) && event.target !== opener) close();
    }));
    on(document, "keydown", (event) => {
      const { target } = event;
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      enter();
    });
    on(window, "pagehide", close);

    const ask = matching(show, fail);
    if (box.value) request(); // typed before the scripts were there
  });
})();
