// The search box: what Material's lacks, in the page. Loaded before Material's bundle, so that `Worker` is ours when the
// bundle starts the search. ES2015, floor Chromium 80.
"use strict";
(() => {
  // On file:// browsers refuse workers: the matcher is loaded into the page and answers from there.
  class StandIn extends EventTarget {
    constructor(url) {
      super()
      this.ready = new Promise(done => {
        const script = document.createElement("script")
        script.src = url
        script.onload = done
        document.head.appendChild(script)
      })
    }
    postMessage(message) {
      const reply = data => this.dispatchEvent(new MessageEvent("message", {data}))
      this.ready.then(() => setTimeout(() => window.answerSearch(message, reply)))
    }
  }

  // The page. Material's box listens to keyup alone: commits of an input method, handwriting, paste and voice are
  // `input` events. It counts pages; what we found, and how, is said in its place.
  const box = document.querySelector("[data-md-component=search-query]")
  const meta = document.querySelector(".md-search-result__meta")
  if (box && meta) {
    let note = ""
    const Base = location.protocol === "file:" ? StandIn : Worker
    window.Worker = class extends Base {
      constructor(url) {
        super(url)
        this.addEventListener("message", event => {
          if (event.data.type === 3) note = event.data.data.note
        })
      }
    }
    new MutationObserver(() => {
      if (note && meta.textContent !== note) meta.textContent = note
    }).observe(meta, {childList: true})
    const open = document.querySelector("#__search")
    document.addEventListener("keydown", event => {
      // On a narrow page the box is not shown until it is asked for, and Material cannot put the cursor into it.
      const opener = document.querySelector(".search-open")
      const elsewhere = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable
      if (event.key === "/" && !elsewhere && opener && opener.offsetParent && !open.checked) {
        event.preventDefault()
        opener.click()
      }
    }, true)
    const changed = () => box.dispatchEvent(new KeyboardEvent("keyup"))
    box.addEventListener("input", () => {
      // Dropped, or typed while Material had just closed the box.
      if (box.value && !open.checked) open.click()
      changed()
    })
    box.form.addEventListener("reset", () => setTimeout(changed))
    document.querySelector("[data-md-component=search-result]").addEventListener("click", event => {
      const link = event.target.closest("a")
      if (!link || link.href !== location.href) return
      // The browser would only go to the paragraph, and tell nobody.
      event.preventDefault()
      box.blur()
      showUnlocked()
    })
  }

  // The opened page: the phrases of ?h=, and nothing else, are marked in the paragraph or section that #… names
  // (without one, on the page) and brought into view.
  const HEADINGS = "h1,h2,h3,h4,h5,h6"
  function show() {
    const article = document.querySelector(".md-content article")
    const wanted = new URLSearchParams(location.search).getAll("h").filter(Boolean)
    if (!article || !wanted.length) return
    for (const mark of Array.from(article.querySelectorAll("mark[data-md-highlight]"))) {
      const parent = mark.parentNode
      mark.replaceWith(...Array.from(mark.childNodes))
      parent.normalize()
    }
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    const heading = target && target.matches(HEADINGS)
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT), places = []
    let text = "", block, inside = !target
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement
      if (heading) {
        const own = element.closest(HEADINGS)
        if (own === target) inside = true
        else if (own && own.id && inside) break
      } else if (target) inside = target.contains(node)
      if (!inside || element.closest("del,rt,rp,button,script,style,[hidden],[aria-hidden=true],[role=tooltip],.headerlink")) continue
      const own = element.closest("p,li,td,th,dt,dd,pre,div," + HEADINGS)
      if (own !== block) places.push(null), text += "\n", block = own
      for (let i = 0; i < node.length; i++)
        if (/\S/.test(node.data[i])) places.push([node, i]), text += node.data[i]
    }
    const chosen = new Set()
    for (const phrase of wanted) {
      const [head, tail] = phrase.split("\n").map(part => part.replace(/\s/g, ""))
      for (let at = text.indexOf(head); head && at >= 0; at = text.indexOf(head, at + 1)) {
        const end = tail ? text.indexOf(tail, at + head.length) + tail.length : at + head.length
        if (end > at && !text.slice(at, end).includes("\n")) for (let i = at; i < end; i++) chosen.add(i)
      }
    }
    // From the back, so that the places before stay true; a run ends where the text node ends.
    let first
    for (let end = places.length; end > 0;) {
      if (!chosen.has(end - 1)) { end--; continue }
      let start = end - 1
      while (chosen.has(start - 1) && places[start - 1] && places[start - 1][0] === places[end - 1][0]) start--
      const range = document.createRange(), mark = document.createElement("mark")
      mark.setAttribute("data-md-highlight", "")
      range.setStart(places[start][0], places[start][1])
      range.setEnd(places[end - 1][0], places[end - 1][1] + 1)
      range.surroundContents(mark)
      first = mark
      end = start
    }
    if (first) first.scrollIntoView({block: "center"})
  }
  // On a small screen Material locks the page behind the open box, and goes back to the old place when it closes.
  function showUnlocked() {
    if (!document.body.hasAttribute("data-md-scrolllock")) return show()
    new MutationObserver((_, watch) => {
      watch.disconnect()
      setTimeout(show)
    }).observe(document.body, {attributes: true, attributeFilter: ["data-md-scrolllock"]})
  }
  addEventListener("hashchange", showUnlocked)
  if (document.readyState === "complete") show()
  else addEventListener("load", show)
})()
