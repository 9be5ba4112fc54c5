/* Where the reader is: the contents as a drawer, the paragraph in the header, the progress below
   it. */
"use strict";
(() => {
  const { one, all, on, whenReady, actAsButton } = window.speechsite;
  const { paragraphs, number, isAbove, current } = window.speechsite;

  /* The contents as a drawer: without a script they open as the page's :target. */
  function drawer() {
    const contents = one("#nav");
    const menu = one(".menu");
    const close = one(".contents-close");
    if (!contents || !menu) return;

    function open(yes) {
      contents.classList.toggle("open", yes);
      menu.setAttribute("aria-expanded", yes);
    }

    open(false);
    actAsButton(menu, () => {
      open(true);
      close.focus();
    });
    actAsButton(close, () => {
      open(false);
      menu.focus();
    });
    on(contents, "click", (event) => {
      if (event.target.hash) open(false);
    });
    ["pointerdown", "focusin"].forEach((type) => on(document, type, (event) => {
      if (!contents.contains(event.target)) open(false);
    }));
    on(document, "keydown", (event) => {
      if (event.key !== "Escape" || !contents.classList.contains("open")) return;
      open(false);
      menu.focus();
    });
    on(window, "pagehide", () => open(false)); // so that Back shows the page without it
  }

  /* Follows the reader: position, progress, and the point in the contents. */
  function follow() {
    const position = one(".position");
    const progress = one(".progress");
    const speech = one(".speech");
    const points = all("#nav .points a").map((link) => [link, document.getElementById(idOf(link))]);
    const present = points.filter((point) => point[1]);
    let waiting = false;

    function update() {
      waiting = false;
      const length = document.documentElement.scrollHeight - innerHeight;
      const share = length > 0 ? Math.min(1, scrollY / length) : 0;
      progress.style.transform = "scaleX(" + share + ")";
      if (paragraphs().length) {
        position.textContent = "第 " + number(current()) + " 段，共 " + speech.dataset.total + " 段";
      }
      const here = present.filter((point) => isAbove(point[1])).pop();
      present.forEach((point) => point[0].removeAttribute("aria-current"));
      if (here) here[0].setAttribute("aria-current", "location");
    }

    function soon() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(update);
    }

    on(window, "scroll", soon, { passive: true });
    on(window, "resize", soon);
    update();
  }

  const idOf = (link) => decodeURIComponent(link.hash.slice(1));

  whenReady(drawer);
  whenReady(follow);
})();
