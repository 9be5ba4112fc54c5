/* Reading on: the place where one was, kept on this machine for this speech, offered and never gone to by itself.

   The title page always offers it; another page does where the visit begins there, unless its address names a place. */
(() => {
  "use strict";
  const { current, keyOf, make, makeButton, number, on, one, paragraphs } = window.speechsite;
  const { recall, remember, root, row, whenReady } = window.speechsite;
  const SETTLED = 500; // ms without scrolling after which one reads
  const BEGUN = 200; // px: above it one has only opened the page

  function isFirstPage() {
    try {
      const seen = sessionStorage.getItem("speech.seen");
      sessionStorage.setItem("speech.seen", "1");
      return !seen;
    } catch (blocked) { return false; }
  }

  whenReady(() => {
    const KEY = keyOf("place");
    const offer = row("接着读");

    function record() {
      const paragraph = current();
      const speech = paragraph.closest(".speech").dataset;
      const ended = number(paragraph) === speech.total;
      const page = location.href.replace(/[?#].*/, "").slice(root().href.length);
      remember(KEY, ended ? "" : page + "#" + paragraph.id + " " + speech.theme);
      offer.hidden = true;
    }
    if (paragraphs().length) {
      let settling;
      on(window, "scroll", () => {
        clearTimeout(settling);
        if (scrollY > BEGUN) settling = setTimeout(record, SETTLED);
      }, { passive: true });
    }

    const [, address, id, theme] = /^(\S+#p(\d+)) (.+)$/.exec(recall(KEY)) || [];
    const begins = isFirstPage() && !location.hash && !location.search;
    if (!address || !(begins || one(".home"))) return;
    const link = make(offer, "a", "tool", "接着读第 " + id + " 段");
    link.href = new URL(address, root());
    make(link, "span", "speech-wide", "（" + theme + "）");
    makeButton(offer, "不用了", () => {
      remember(KEY, "");
      offer.hidden = true;
    });
    offer.hidden = false;
  });
})();
