/* Copying with the source: a selection, or the paragraph of a number.

   What is copied is the corrected words and nothing else, then a line that says where they stand. The clipboard is
   reached in the way that the browser has, and where it has none the text is shown, selected, to be copied by hand.
   On a selection the dock offers what can be done with it; other features add their buttons to `speechsite.dock`
   when the event `speech:selected` comes (its detail: the parts). */
(() => {
  "use strict";
  const site = window.speechsite;
  const { all, corrected, make, makeButton, number, on, one, row, say, selected, whenReady } = site;
  const SEARCHED = 20; // characters: what is longer is no phrase to look for elsewhere
  const SETTLED = 200; // ms after which a selection is made

  /* Returns where some parts stand: ——摘自《题目》“篇名”部分第5段, from a server with the address. */
  function source(parts) {
    const first = parts[0][0];
    const last = parts[parts.length - 1][0];
    const from = first.closest("[data-theme]").dataset;
    const to = last.closest("[data-theme]").dataset;
    const theme = from.theme === to.theme ? "“" + from.theme + "”部分" : "";
    const span = first === last ? number(first) : number(first) + "—" + number(last);
    const line = "——摘自《" + from.title + "》" + theme + "第" + span + "段";
    const canonical = one("link[rel=canonical]");
    const here = canonical ? canonical.href : location.href.replace(/[?#].*/, "");
    const page = from.page ? new URL(from.page, site.root()).href : here;
    return /^https?:/.test(page) ? line + "\n" + page + "#" + first.id : line;
  }
  const cited = (parts) => parts.map((part) => part[1]).concat(source(parts)).join("\n");

  /* What a key acts on: the selection, else the paragraph that has the focus or that the address names. */
  function atHand() {
    const parts = selected();
    const paragraph = document.activeElement.closest(".speech p[id]") || one(".speech p:target");
    return parts.length || !paragraph ? parts : [[paragraph, corrected(paragraph), 0]];
  }

  /* The box of the selection's last line, beside which it is said what was done with it. */
  function near() {
    const selection = getSelection();
    const boxes = selection.rangeCount ? selection.getRangeAt(0).getClientRects() : [];
    return boxes[boxes.length - 1];
  }

  /* By the copy event, which works without https: true if it came and took the text. */
  let pending = null;
  function copyByEvent(text) {
    const allow = (event) => event.preventDefault(); // WebKit has no copy event without a selection otherwise
    pending = text;
    on(document, "beforecopy", allow);
    document.execCommand("copy");
    document.removeEventListener("beforecopy", allow);
    const taken = pending === null;
    pending = null;
    return taken;
  }
  function write(text) {
    const byEvent = () => copyByEvent(text);
    const clipboard = navigator.clipboard;
    if (!clipboard || !clipboard.writeText) return Promise.resolve(byEvent());
    return clipboard.writeText(text).then(() => true, byEvent);
  }

  whenReady(() => {
    const dock = site.dock = row("所选文字");
    const result = row("复制结果");
    let before; // what had the focus before the text was shown
    function close() {
      if (result.hidden) return;
      result.hidden = true;
      before.focus();
    }
    function showText(text) {
      before = document.activeElement;
      result.textContent = "";
      const label = make(result, "label", "speech-result", "复制结果如下，请按 Ctrl+C");
      const box = make(label, "textarea", "", text);
      box.readOnly = true;
      makeButton(result, "关闭", close);
      result.hidden = false;
      box.focus();
      box.select();
    }

    function copy(parts, place) {
      if (!parts.length) {
        say("请先选中讲话里的文字");
        return;
      }
      const text = cited(parts);
      const what = parts.length > 1 ? "所选各段" : "第 " + number(parts[0][0]) + " 段的文字";
      write(text).then((done) => {
        if (done) say("已复制" + what + "，附有出处", place);
        else showText(text);
      });
    }

    site.copy = copy;

    on(document, "copy", (event) => {
      const field = event.target.closest && event.target.closest("input, textarea");
      const text = pending || (field ? "" : selected().map((part) => part[1]).join("\n"));
      if (!text) return;
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      if (!pending) say("已复制所选文字", near());
      pending = null;
    });

    all(".speech .permalink").forEach((link) => {
      const paragraph = document.getElementById(link.hash.slice(1));
      link.title = "复制这一段（附出处）";
      on(link, "click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        copy([[paragraph, corrected(paragraph), 0]], link.getBoundingClientRect());
        history.replaceState(null, "", link.hash);
      });
    });

    function search(phrase) {
      const opener = one("[data-search=open]");
      const box = one("[data-search=box]");
      if (opener && opener.offsetParent) opener.click();
      box.value = phrase;
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function offer() {
      const parts = selected();
      dock.textContent = "";
      dock.hidden = !parts.length;
      if (!parts.length) return;
      makeButton(dock, "复制（附出处）", () => copy(selected(), near())).title = "Alt+C";
      const phrase = parts[0][1].trim();
      if (parts.length === 1 && phrase.length <= SEARCHED && one("[data-search=box]")) {
        makeButton(dock, "查找其他出处", () => search(phrase));
      }
      document.dispatchEvent(new CustomEvent("speech:selected", { detail: parts }));
    }
    let settling;
    on(document, "selectionchange", () => {
      clearTimeout(settling);
      settling = setTimeout(offer, SETTLED);
    });

    on(document, "keydown", (event) => {
      if (event.altKey && event.code === "KeyC") {
        event.preventDefault();
        copy(atHand(), near());
      }
      if (event.key !== "Escape") return;
      dock.hidden = true;
      close();
    });
  });

  Object.assign(site, { atHand, near, source });
})();
