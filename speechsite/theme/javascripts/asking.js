/* Starts the matcher as soon as somebody comes near the search, also on a slow line, where the
   other scripts take long; who only reads loads nothing of it.

   Over http the matcher is a worker, which loads the index. On file://, where browsers refuse
   workers, both are scripts of the page; also where a worker cannot be had. Not deferred, and
   therefore small; box.js is what one sees of it. */
"use strict";
(() => {
  const addressOf = (relative) => new URL(relative, document.baseURI).href;
  let ask = null; // once the matcher is started
  let hear = () => {}; // told every answer
  let fail = () => {}; // told that there will be none
  let failed = false;

  function loadScript(address) {
    return new Promise((done, refused) => {
      const script = document.createElement("script");
      script.onload = done;
      script.onerror = () => refused(new Error(address));
      script.src = address;
      document.head.appendChild(script);
    });
  }

  function give() {
    failed = true;
    fail();
  }

  function inPage(matcher, index) {
    const ready = loadScript(matcher)
      .then(() => loadScript(index))
      .then(() => window.speechMatcher(window.speechIndex));
    ready.catch(give);
    return (query, from) => ready.then((answer) => {
      hear(Object.assign({ query, from }, answer(query, from)));
    });
  }

  function inWorker(matcher, index) {
    const worker = new Worker(matcher);
    worker.onmessage = ({ data }) => {
      if (!data.ready) hear(data);
    };
    worker.onerror = give;
    worker.postMessage({ index });
    fetch(index).catch(() => {}); // at once: in the cache when the worker comes to ask for it
    return (query, from) => worker.postMessage({ query, from });
  }

  function start() {
    if (ask) return;
    const form = document.querySelector("[data-search=form]");
    const matcher = addressOf(form.getAttribute("data-asset-matcher"));
    const index = addressOf(form.getAttribute("data-asset-index"));
    try {
      ask = location.protocol === "file:" ? inPage(matcher, index) : inWorker(matcher, index);
    } catch (refused) {
      ask = inPage(matcher, index);
    }
  }

  /* Hands the answers to `reply` from now on; returns ask(query, from), whose answer comes
     later. */
  function matching(reply, refused) {
    hear = reply;
    fail = refused;
    if (failed) fail();
    return (query, from) => {
      start();
      ask(query, from);
    };
  }

  function approach({ target }) {
    if (target.closest && target.closest("[data-search]")) start();
  }

  ["pointerover", "focusin", "input"].forEach((type) => {
    document.addEventListener(type, approach);
  });
  Object.assign(window.speechsite, { matching });
})();
