// The search's worker: an exact matcher behind Material's own box. It speaks Material's protocol (the same since 5.0:
// 0 setup → 1 ready, 2 query → 3 result); on file://, where there are no workers, searchbox.js loads it into the page.
// ES2015, floor Chromium 80. Comments stand on lines of their own: the build leaves them and the indents out.
"use strict";
(() => {
  // Sounds of what has none: a letter or an end; a punctuation mark.
  const BREAK = 0, MARK = 1
  const SIGN = /[\s!-/:-@[-`{-~\u00a1-\u00bf\u2010-\u205e\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f]/
  const PINYIN = /^[a-z'’]+$/
  // Listed at most: pages, a page's paragraphs, of these unfolded.
  const PAGES = 100, ITEMS = 50, SHOWN = 5
  // Characters of a snippet before and after a phrase.
  const AROUND = 24

  // Typed pinyin as the index spells it: no tones, ü as v, but lue and nue as every input method takes them.
  const spell = text => text.normalize("NFD").replace(/u\u0308/g, "v").replace(/[\u0300-\u036f]/g, "")
    .replace(/([ln])ve/g, "$1ue").replace(/’/g, "'")
  const escape = text => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)

  function matcher(config, docs) {
    // Folding: NFKC, lower case, traditional → simplified, cluster by cluster, so that a hit leads back to the text.
    const forms = new Map()
    for (const [simple, ...variants] of config.forms.split(" ").map(word => Array.from(word)))
      for (const variant of variants) forms.set(variant, simple)
    const marks = "[\\u0300-\\u036f\\u3099\\u309a]*"
    const unusual = new RegExp(`[^\\u4e00-\\u9fff]${marks}|[${[...forms.keys()].join("")}]`, "gu")
    const cluster = new RegExp(`[^]${marks}`, "gu")
    const foldOne = c => {
      if (!forms.has(c))
        forms.set(c, Array.from(c.normalize("NFKC").toLowerCase(), one => forms.get(one) || one).join(""))
      return forms.get(c)
    }
    const fold = text => text.replace(unusual, foldOne)

    // The text: every title, heading and paragraph is a unit; all of them, folded, stand in one string.
    const units = [], folded = []
    let size = 0
    const add = (doc, heading, kind, raw, id) => {
      const text = fold(raw) + "\n", start = size
      size += text.length
      folded.push(text)
      units.push({doc, heading, kind, raw, id, start, end: size})
    }
    for (const doc of docs) {
      let number = doc.first
      add(doc, "", "title", doc.title, "")
      for (const [id, heading, texts] of doc.parts) {
        add(doc, heading, "heading", heading, id)
        for (const raw of texts) add(doc, heading, "text", raw, doc.first ? `p${number++}` : id)
      }
    }
    const whole = folded.join("")
    const owner = new Uint32Array(size)
    units.forEach(({start, end}, unit) => owner.fill(unit, start, end))

    // The sounds: GB 2312 lists its 3,755 commonest characters by pinyin, so run lengths say how each is read.
    const syllables = ["", ""], ids = new Map(), sound = new Uint16Array(65536)
    const syllable = name => {
      if (!ids.has(name)) ids.set(name, syllables.push(name) - 1)
      return ids.get(name)
    }
    const bytes = []
    for (let high = 0xb0; high < 0xd8; high++) for (let low = 0xa1; low < 0xff; low++) bytes.push(high, low)
    const common = new TextDecoder("gbk").decode(Uint8Array.from(bytes))
    let at = 0
    config.sounds.replace(/([a-z]+)(\d+)/g, (_, name, count) => {
      for (let end = at + Number(count); at < end; at++) sound[common.charCodeAt(at)] = syllable(name)
    })
    for (const [name, chars] of Object.entries(config.readings))
      for (const c of chars) sound[c.charCodeAt(0)] = syllable(name)
    const more = new Map()
    const hear = (c, name) => more.set(c, (more.get(c) || new Set()).add(syllable(name)))
    for (const [name, chars] of Object.entries(config.also)) for (const c of chars) hear(c, name)
    for (const c of new Set(whole)) if (c !== "\n" && SIGN.test(c)) sound[c.charCodeAt(0)] = MARK
    const sounds = new Uint16Array(whole.length)
    for (let i = 0; i < whole.length; i++) sounds[i] = sound[whole.charCodeAt(i)]
    for (const [name, steps] of Object.entries(config.exceptions)) {
      // A character that is read otherwise here: 行 in 行家.
      let place = 0
      for (const step of steps) {
        sounds[place += step] = syllable(name)
        hear(whole[place], name)
      }
    }
    const words = new Set(config.words.split(" "))
    const {compare} = new Intl.Collator("zh-u-co-pinyin")
    let sorted
    const soundsOf = c => {
      const ids = [sound[c.charCodeAt(0)], ...(more.get(c) || [])].filter(id => id > MARK)
      if (ids.length || !/[\u3400-\u9fff]/.test(c)) return new Set(ids)
      // A rarer character sounds like its neighbours where the browser sorts by pinyin.
      sorted = sorted || [...common].sort(compare)
      const after = sorted.findIndex(one => compare(one, c) > 0)
      return new Set(sorted.slice(after - 1, after + 1 || undefined).map(one => sound[one.charCodeAt(0)]))
    }

    // Hits of one term, by unit: [cost, from, to, from, to, …]; of several costs in a unit the least is kept.
    class Hits extends Map {
      put(from, to, cost) {
        const hit = this.get(owner[from])
        if (!hit || hit[0] > cost) this.set(owner[from], [cost, from, to])
        else if (hit[0] === cost && hit[hit.length - 1] <= from) hit.push(from, to)
      }
    }

    function exactly(term) {
      const hits = new Hits()
      for (let at = whole.indexOf(term); at >= 0; at = whole.indexOf(term, at + term.length))
        hits.put(at, at + term.length, 0)
      return hits
    }

    function loosely(term) {
      const hits = new Hits(), kept = term.replace(new RegExp(SIGN, "g"), "")
      for (let at = whole.indexOf(kept[0]); kept && at >= 0; at = whole.indexOf(kept[0], at + 1)) {
        let to = at, i = 0
        while (i < kept.length && whole[to] === kept[i]) {
          to++
          if (++i < kept.length) while (sounds[to] === MARK) to++
        }
        if (i === kept.length) hits.put(at, to, 0)
      }
      return hits
    }

    // By sound: a syllable in full costs nothing, one still being typed or a character that only sounds alike costs 1,
    // a mere initial 2. What reaches across marks counts only where nothing is found within them.
    const ACROSS = 1e6
    function bySound(term) {
      const near = new Hits(), far = new Hits()
      const query = spell(term).split("").filter(c => c === "'" || !SIGN.test(c))
      const codes = query.map(c => c.charCodeAt(0))
      const first = query.findIndex(c => c !== "'")
      const latin = query.map(c => /[a-z']/.test(c)), heard = []
      const alike = (i, id) => (heard[i] || (heard[i] = soundsOf(query[i]))).has(id)
      if (query.length > 300 || first < 0) return near
      let end = 0
      const walk = (i, at) => {
        while (query[i] === "'") i++
        if (i === query.length) return end = at, 0
        let best = Infinity, to = 0, marks = 0
        if (i > first) while (sounds[at] === MARK) at++, marks = ACROSS
        // How much of the query this character may be, and at what cost.
        const id = sounds[at], ways = []
        if (whole.charCodeAt(at) === codes[i]) ways.push([1, 0])
        else if (!latin[i] && alike(i, id)) ways.push([1, 1])
        else if (latin[i] && id > MARK) {
          const name = syllables[id]
          let same = 0
          while (same < name.length && name[same] === query[i + same]) same++
          if (same === name.length) ways.push([same, 0])
          else if (same && i + same === query.length) ways.push([same, 1])
          if (same > 1 && name[1] === "h") ways.push([2, 2])
          if (same && name.length > 1) ways.push([1, 2])
        }
        for (const [taken, cost] of ways) {
          const sum = cost + walk(i + taken, at + 1)
          if (sum < best) best = sum, to = end
        }
        end = to
        return best + marks
      }
      const may = Uint8Array.from(syllables, (name, id) => latin[first] ? name[0] === query[first] : alike(first, id))
      may[BREAK] = 1
      const cuts = i => words.has(whole.slice(i - 1, i + 1)) ? 1 : 0
      for (let at = 0; at < sounds.length; at++) {
        if (!may[sounds[at]]) continue
        const cost = walk(first, at)
        // Among equals a word of the dictionary comes first, and what cuts words in two comes last.
        const cut = words.has(whole.slice(at, end)) ? 0 : 1 + cuts(at) + cuts(end)
        if (cost < ACROSS) near.put(at, end, cost * 3 + cut)
        else if (cost < Infinity) far.put(at, end, cost)
      }
      return near.size ? near : far
    }

    // The tiers do not mix: as typed; else without marks; else by sound.
    function find(term) {
      let hits = exactly(term), heard
      const pinyin = PINYIN.test(term)
      // "bu" in an editor's "build" must not hide 不.
      const stands = () => [...hits.keys()].some(u => units[u].doc.first) ||
        term.length > 2 && new RegExp(`\\b${term}\\b`).test(whole)
      if (pinyin && hits.size && !stands() && (heard = bySound(term)).size) return {hits: heard, how: "pinyin"}
      if (hits.size) return {hits, how: "exact"}
      if (!pinyin && (hits = loosely(term)).size) return {hits, how: "loose"}
      return {hits: bySound(term), how: /[a-z]/.test(term) ? "pinyin" : "sound"}
    }

    // Where a unit's hits stand in its own text: ascending, merged where terms overlap.
    function ranges(unit, found) {
      const {raw, start, end} = units[unit], places = []
      // From where to where the character stands that gave a folded one.
      let character = i => [i, i + 1]
      if (raw.length !== end - start - 1) {
        const characters = []
        let from = 0
        for (const c of raw.match(cluster)) {
          for (const _ of foldOne(c).split("")) characters.push([from, from + c.length])
          from += c.length
        }
        character = i => characters[i]
      }
      for (const {hits} of found) {
        const hit = hits.get(unit) || []
        for (let i = 1; i < hit.length; i += 2)
          places.push([character(hit[i] - start)[0], character(hit[i + 1] - start - 1)[1]])
      }
      const merged = []
      for (const [from, to] of places.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
        const last = merged[merged.length - 1]
        if (last && from < last[1]) last[1] = Math.max(last[1], to)
        else merged.push([from, to])
      }
      return merged
    }

    function marked(raw, places, from, to) {
      let html = "", at = from
      for (const [start, end] of places) {
        if (start < from || end > to) continue
        html += `${escape(raw.slice(at, start))}<mark data-md-highlight>${escape(raw.slice(start, end))}</mark>`
        at = end
      }
      return html + escape(raw.slice(at, to))
    }

    function snippet(raw, places) {
      const windows = []
      for (const [start, end] of places) {
        let from = Math.max(0, start - AROUND), to = Math.min(raw.length, end + AROUND)
        if (/[\udc00-\udfff]/.test(raw.charAt(from))) from--
        if (/[\udc00-\udfff]/.test(raw.charAt(to))) to++
        const last = windows[windows.length - 1]
        if (last && from <= last[1] + AROUND) last[1] = to
        else if (windows.length < 3) windows.push([from, to])
      }
      return windows.map(([from, to], i) =>
        (from && !i ? "…" : "") + marked(raw, places, from, to) + (to < raw.length ? "…" : "")).join("")
    }

    // The phrases to be marked on the page, as they stand there; a long one by its beginning and its end.
    function phrases(list) {
      const distinct = new Set()
      for (const {raw, places} of list)
        for (const [from, to] of places) {
          const text = raw.slice(from, to)
          distinct.add(text.length > 80 ? `${text.slice(0, 40)}\n${text.slice(-40)}` : text)
        }
      // Servers refuse long addresses.
      let room = 4000
      const parameters = Array.from(distinct, text => `h=${encodeURIComponent(text)}`)
      return `?${parameters.filter(parameter => (room -= parameter.length) > 0).join("&")}`
    }

    const none = {items: [], note: ""}
    function answer(terms) {
      const found = []
      for (const term of terms) if (!found[found.push(find(term)) - 1].hits.size) return none
      // By page: units with the terms they hold.
      const pages = new Map(), holding = new Map()
      found.forEach(({hits}, t) => hits.forEach((hit, u) => {
        const {doc, kind} = units[u]
        let page = pages.get(doc), unit = holding.get(u)
        if (!page) pages.set(doc, page = {doc, terms: 0, units: []})
        if (!unit) holding.set(u, unit = {u, terms: 0, cost: 0, count: 0}), page.units.push(unit)
        if (page.last !== t) page.terms++
        page.last = t
        unit.terms++
        unit.cost += hit[0]
        unit.count += (hit.length - 1) / 2 * (kind === "text" ? 1 : 3)
      }))
      const listed = [...pages.values()].filter(page => page.terms === terms.length)
      for (const page of listed) {
        const together = page.units.filter(unit => unit.terms === terms.length)
        // Not in one paragraph, but on the page.
        page.apart = !together.length
        page.held = (page.apart ? page.units : together).sort((a, b) => a.cost - b.cost || a.u - b.u)
        // Titles and headings are the editors': a page that is merely named so comes after one where it is said.
        page.named = !page.held.some(({u}) => units[u].kind === "text")
        page.count = page.held.reduce((sum, {count}) => sum + count, 0)
      }
      listed.sort((a, b) => !a.doc.first - !b.doc.first || a.apart - b.apart || a.held[0].cost - b.held[0].cost ||
        a.named - b.named || b.count - a.count || a.held[0].u - b.held[0].u)

      const said = {sound: "没有完全一样的字句。按读音，", pinyin: "按拼音，", loose: "不计标点，", exact: ""}
      const how = Object.keys(said).find(how => found.some(one => one.how === how))
      const label = how === "sound" && "读音相同"
      const items = listed.slice(0, PAGES).map(({doc, held}, rank) => {
        const score = listed.length - rank
        const list = held.slice(0, ITEMS).map(({u}) => Object.assign({places: ranges(u, found)}, units[u]))
        const parent = {location: doc.location + phrases(list), title: escape(doc.title), text: "", score, terms: {}}
        const children = []
        for (const {kind, heading, raw, id, places} of list) {
          const name = marked(raw, places, 0, raw.length), isText = kind === "text"
          const above = isText ? escape(heading || (doc.first ? "" : doc.title)) : name
          if (kind === "title") parent.title = name
          else children.push({
            location: `${doc.location}${phrases([{raw, places}])}#${id}`,
            title: [above, isText && doc.first && `第 ${id.slice(1)} 段`, label].filter(Boolean).join(" · "),
            text: isText ? snippet(raw, places) : "",
            score: children.length < SHOWN ? score + (children.length ? 0.5 : 0.75) : score - 0.25,
            terms: {}
          })
        }
        return [parent, ...children]
      })
      const count = listed.reduce((sum, {held}) => sum + held.length, 0)
      const cut = listed.length > PAGES ? `，先列出 ${PAGES} 页` : ""
      return listed.length ? {items, note: `${said[how]}在 ${listed.length} 页上找到 ${count} 处${cut}`} : none
    }

    return query => {
      const terms = fold(query.normalize("NFC")).split(/\s+/).filter(Boolean)
      if (!terms.length || terms.length > 64) return none
      // "ban gong shi": syllables with spaces between them are first of all one phrase.
      const spaced = terms.length > 1 && terms.every(term => syllables.some(name => name.startsWith(spell(term))))
      const phrase = spaced ? answer([terms.join("'")]) : none
      return phrase === none ? answer([...new Set(terms)]) : phrase
    }
  }

  // The worker. Only the newest of several waiting queries is answered: typing is never behind.
  let answer, waiting
  function serve({type, data}, reply) {
    if (type === 0) {
      answer = matcher(data.config, data.docs)
      reply({type: 1})
    } else if (type === 2) {
      if (waiting === undefined) setTimeout(() => {
        const query = waiting
        waiting = undefined
        reply({type: 3, data: Object.assign({query}, answer(query))})
      })
      waiting = String(data)
    }
  }
  if (typeof document === "undefined") onmessage = event => serve(event.data, data => postMessage(data))
  else window.answerSearch = serve
})()
