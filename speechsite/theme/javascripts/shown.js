/* The opened page: the phrases that the search found, ?h=…, are marked where #… leads, and
   brought into view. */
"use strict";
(() => {
  const { all, on, whenReady } = window.speechsite;
  const HEADINGS = "h1,h2,h3,h4,h5,h6";
  const BLOCKS = "p,li,td,th,dt,dd,pre,div," + HEADINGS;
  const UNREAD = "del,rt,rp,button,script,style,[hidden],[aria-hidden=true],[role=tooltip],"
    + ".headerlink,.notes dt";
  const MARK = "speech-found";

  function unmark(article) {
    all("." + MARK, article).forEach((mark) => {
      const parent = mark.parentNode;
      while (mark.firstChild) parent.insertBefore(mark.firstChild, mark);
      mark.remove();
      parent.normalize();
    });
  }

  /* Returns the text of a place: `text`, its characters without spaces, a line a block, and
     `at`, [node, offset] of each, null at a line's end. The place is an element, the part below
     a heading, or the whole article. */
  function readText(article, target) {
    const heading = target && target.matches(HEADINGS);
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const at = [];
    let text = "";
    let block;
    let inside = !target;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (heading) {
        const own = element.closest(HEADINGS);
        if (own === target) inside = true;
        else if (own && own.id && inside) break;
      } else if (target) {
        inside = target.contains(node);
      }
      if (!inside || element.closest(UNREAD)) continue;
      if (element.closest(BLOCKS) !== block) {
        block = element.closest(BLOCKS);
        at.push(null);
        text += "\n";
      }
      for (let i = 0; i < node.length; i++) {
        if (!/\S/.test(node.data[i])) continue;
        at.push([node, i]);
        text += node.data[i];
      }
    }
    return { text, at };
  }

  /* Returns where the phrases stand in a text, [from, to] each, in order. A long phrase is given
     by its beginning and its end, on two lines. */
  function findPhrases(text, phrases) {
    const found = [];
    for (const phrase of phrases) {
      const [head, tail] = phrase.split("\n").map((part) => part.replace(/\s/g, ""));
      for (let from = text.indexOf(head); head && from >= 0; from = text.indexOf(head, from + 1)) {
        const end = tail ? text.indexOf(tail, from + head.length) : from;
        const to = end + (tail || head).length;
        if (end >= 0 && !text.slice(from, to).includes("\n")) found.push([from, to]);
      }
    }
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  /* Marks the characters of the places found; a run ends where its text node ends. Goes from the
     back, so that what is before stays where it is. Returns the marks, each with the number of
     its first character. */
  function markAll(at, found) {
    const chosen = new Set();
    for (const [from, to] of found) {
      for (let i = from; i < to; i++) chosen.add(i);
    }
    const marks = [];
    for (let end = at.length; end > 0; end--) {
      if (!chosen.has(end - 1)) continue;
      let start = end - 1;
      while (chosen.has(start - 1) && at[start - 1] && at[start - 1][0] === at[end - 1][0]) start--;
      const range = document.createRange();
      const mark = document.createElement("mark");
      mark.className = MARK;
      range.setStart(at[start][0], at[start][1]);
      range.setEnd(at[end - 1][0], at[end - 1][1] + 1);
      range.surroundContents(mark);
      marks.unshift([start, end, mark]);
      end = start + 1;
    }
    return marks;
  }

  function show() {
    const article = document.getElementById("content");
    const parameters = new URLSearchParams(location.search);
    const phrases = parameters.getAll("h").filter(Boolean);
    if (!article || !phrases.length) return;
    unmark(article);
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const { text, at } = readText(article, target && article.contains(target) ? target : null);
    const found = findPhrases(text, phrases);
    if (!found.length) return;
    const marks = markAll(at, found);
    const meant = found[Number(parameters.get("n") || 1) - 1] || found[0];
    const mark = marks.find((one) => one[1] > meant[0]) || marks[0];
    mark[2].scrollIntoView({ block: "center" });
  }

  whenReady(() => {
    show();
    on(window, "load", show); // the browser goes to #… of its own accord until then
    on(window, "hashchange", show);
    on(document, "speech:shown", show);
  });
})();
