/* Notes on terms and corrections: beside the text where there is room, else in the half of the window where the
   phrase is not.

   Hover and focus show a note, a click or tap pins it, and nobody is sent away: the note's own link leads to the
   glossary. WCAG 1.4.13: the pointer reaches the note in peace, Esc dismisses it, it stays inside the window. */
(() => {
  "use strict";
  const { all, make, makeButton, on, one, whenReady } = window.speechsite;
  const PATIENCE = 800; // ms in which a pointer comes no nearer, after which the note goes
  const REST = 300; // ms on another phrase until its note takes the place
  const ROOM = 180; // px beside the text that a note needs
  const GAP = 20; // px around it

  whenReady(() => {
    const article = one("#content");
    const note = make(article, "div", "speech-note", "");
    note.hidden = true;
    note.tabIndex = -1;
    note.setAttribute("role", "dialog");
    note.setAttribute("aria-label", "编者注");
    let shown = null; // the link whose note is shown
    let pinned = false;
    let waiting; // the timer of what happens next
    let nearest; // px between note and pointer, once the pointer is on its way

    function show(link) {
      const source = document.getElementById(link.getAttribute("aria-describedby"));
      if (!source || shown === link) return;
      hide();
      shown = link;
      note.textContent = "";
      [source.previousElementSibling, source].forEach((part) => {
        part.childNodes.forEach((child) => note.appendChild(child.cloneNode(true)));
      });
      makeButton(note, "关闭", close);
      note.hidden = false;
      link.classList.add("noted");
      place();
    }

    /* Puts the note where it covers no part of its phrase and no edge of the window cuts it. */
    function place() {
      if (!shown) return;
      const column = article.getBoundingClientRect();
      const phrase = shown.getBoundingClientRect();
      const below = innerHeight - phrase.bottom;
      const beside = document.documentElement.clientWidth - column.right > ROOM;
      note.classList.toggle("speech-note--beside", beside);
      note.classList.toggle("speech-note--above", !beside && phrase.top > below);
      note.style.maxHeight = beside ? "" : Math.min(innerHeight / 2, Math.max(phrase.top, below)) + "px";
      const highest = one("header").getBoundingClientRect().bottom + GAP;
      const lowest = innerHeight - note.offsetHeight - GAP;
      note.style.left = beside ? column.right + GAP + "px" : "";
      note.style.top = beside ? Math.max(highest, Math.min(phrase.top, lowest)) + "px" : "";
    }

    function hide() {
      clearTimeout(waiting);
      if (shown) shown.classList.remove("noted");
      shown = null;
      pinned = false;
      note.hidden = true;
    }

    /* Hides the note and gives the focus back to its phrase, if the note had it. */
    function close() {
      if (note.contains(document.activeElement)) shown.focus();
      hide();
    }

    const isWanted = () => pinned || document.activeElement === shown || note.contains(document.activeElement);

    function wait() {
      clearTimeout(waiting);
      waiting = setTimeout(() => { if (!isWanted()) hide(); }, PATIENCE);
    }

    function leave() {
      nearest = Infinity;
      wait();
    }

    function approach(event) {
      if (!shown || note.contains(event.target) || shown.contains(event.target)) return;
      const box = note.getBoundingClientRect();
      const across = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
      const down = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
      const distance = Math.hypot(across, down);
      if (distance < nearest) wait();
      nearest = Math.min(nearest, distance);
    }

    on(document, "mousemove", approach, { passive: true });
    on(note, "mouseenter", () => clearTimeout(waiting));
    on(note, "mouseleave", leave);
    on(window, "resize", place);

    all(".speech a[aria-describedby]").forEach((link) => {
      on(link, "mouseenter", () => {
        clearTimeout(waiting);
        if (!shown) show(link);
        else if (!pinned) waiting = setTimeout(() => show(link), REST);
      });
      on(link, "mouseleave", leave);
      on(link, "blur", leave);
      on(link, "focus", () => show(link));
      on(link, "click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (pinned && shown === link) {
          hide();
          return;
        }
        show(link);
        pinned = true;
        if (!event.detail) note.focus(); // by the keyboard
      });
    });

    /* From the note Tab goes on where the phrase stands, not at the page's end. */
    on(note, "keydown", (event) => {
      if (event.key !== "Tab") return;
      const stops = all("a, button", note);
      const back = event.shiftKey && (document.activeElement === note || document.activeElement === stops[0]);
      if (back) event.preventDefault();
      if (back || document.activeElement === stops[stops.length - 1]) shown.focus();
    });

    ["pointerdown", "focusin"].forEach((type) => on(document, type, (event) => {
      if (shown && !note.contains(event.target) && !shown.contains(event.target)) hide();
    }));
    on(document, "keydown", (event) => { if (event.key === "Escape" && shown) close(); });
  });
})();
