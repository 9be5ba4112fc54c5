/* The matcher of the search: a pure function of a query and the index.

   speechMatcher(index) returns answer(query, from): what is found, and its lines from the number
   `from` on. It runs in a worker over http, and in the page on file://, where browsers refuse
   workers. The form of the index is that of pages/search.py. ES2015, floor Chromium 80; no
   lookbehind, which Safari before 16.4 cannot read.

   Four ways to find, and they do not mix: as typed; without the marks of punctuation; by sound;
   and, where nothing is found by these, the nearest phrases. */
"use strict";
(() => {
  // Sounds of what has none: a letter or an end; a punctuation mark.
  const BREAK = 0;
  const MARK = 1;
  // Every mark and sign, Western and Chinese, for example , . “ ” … —— 、 。
  const SIGNS = "\\s!-/:-@[-`{-~\\u00a1-\\u00bf\\u2010-\\u205e\\u2190-\\u2bff"
    + "\\u3001-\\u3004\\u3008-\\u3020\\u3030\\ufe10-\\ufe6f";
  const SIGN = new RegExp("[" + SIGNS + "]");
  const PINYIN = /^[a-z'’]+$/;
  const HAN = /[\u3400-\u9fff]/;
  // The number of a paragraph: 第10段, 10 段, 第十段.
  const NUMBERED = /^(?:第\s*)?(?:(\d{1,5})|([零〇一二两三四五六七八九十百千]+))\s*段$/;
  const LINES = 40; // at a time
  const BEFORE = 28; // characters shown before and after what is found
  const AFTER = 60;
  const QUERY = 300; // characters that are heard, and looked for by likeness, at most
  const TERMS = 64;
  const ADDRESS = 4000; // characters of phrases in an address: servers refuse long ones
  // What reaches across marks counts only where nothing is found within them.
  const ACROSS = 1 << 20;
  const NEVER = 1 << 29; // more than any cost; small integers are quick
  // Among more places by sound than this, whether a place cuts a word decides nothing that anybody
  // would see.
  const FLOOD = 5000;
  // Ways in which a place may hold a character of the query: pairs of characters taken and cost.
  const SAME = [1, 0];
  const ALIKE = [1, 1];
  const NONE = [];

  /* Typed pinyin as the index spells it: no tones, ü as v, but lue and nue as every input method
     takes them. */
  function spell(text) {
    return text.normalize("NFD")
      .replace(/u\u0308/g, "v")
      .replace(/[\u0300-\u036f]/g, "") // the tones: ā á ǎ à
      .replace(/([ln])ve/g, "$1ue")
      .replace(/’/g, "'");
  }

  /* A number in Chinese characters: 十八 → 18, 一百零五 → 105. */
  function numberOf(text) {
    const digits = "零一二三四五六七八九";
    const units = { 十: 10, 百: 100, 千: 1000 };
    let sum = 0;
    let digit = 0;
    for (const char of text.replace(/〇/g, "零").replace(/两/g, "二")) {
      if (units[char]) {
        sum += (digit || 1) * units[char];
        digit = 0;
      } else {
        digit = digits.indexOf(char);
      }
    }
    return sum + digit;
  }

  /* Folding: NFKC, lower case, traditional → simplified, cluster by cluster, so that a hit leads
     back to the text. `words` are a simple character and the forms that stand for it: 里裏裡. */
  function folding(words) {
    const forms = new Map();
    for (const [simple, ...variants] of words.map((word) => Array.from(word))) {
      variants.forEach((variant) => forms.set(variant, simple));
    }
    // What combines with the character before: é as e + ´.
    const marks = "[\\u0300-\\u036f\\u3099\\u309a]*";
    const variants = Array.from(forms.keys()).join("");
    const rest = variants && "|[" + variants + "]";
    const unusual = new RegExp("[^\\u4e00-\\u9fff\\u3001\\u3002]" + marks + rest, "gu");
    const cluster = new RegExp("[^]" + marks, "gu");

    function foldOne(char) {
      if (!forms.has(char)) {
        const plain = Array.from(char.normalize("NFKC").toLowerCase());
        forms.set(char, plain.map((one) => forms.get(one) || one).join(""));
      }
      return forms.get(char);
    }

    const fold = (text) => text.replace(unusual, foldOne);

    /* Returns, for each character of the folded text, from where to where it stands in the text. */
    function places(text) {
      const found = [];
      let from = 0;
      for (const char of text.match(cluster) || []) {
        for (let i = 0; i < foldOne(char).length; i++) found.push([from, from + char.length]);
        from += char.length;
      }
      return found;
    }

    return { fold, places };
  }

  /* The text: every title, heading and paragraph is a unit; all of them, folded, stand in one
     string. Their kinds: of the speech "text", "said" (a heading that the speaker has), "table"
     and "name" (its title); of the editors "title" and "heading", "editors" on a page of the
     speech, "entry" on their own pages. */
  function reading(docs, fold) {
    const units = [];
    const folded = [];
    const numbered = new Map(); // number of a paragraph → unit
    let size = 0;

    function add(doc, heading, kind, raw, id) {
      const text = fold(raw) + "\n";
      units.push({ doc, heading, kind, raw, id, start: size, end: size + text.length });
      folded.push(text);
      size += text.length;
    }

    for (const doc of docs) {
      let number = doc.first;
      add(doc, "", "title", doc.title, "");
      for (const [id, heading, texts, kind] of doc.parts) {
        const numbers = doc.first && (!kind || kind === "said");
        add(doc, heading, kind || "heading", heading, id);
        for (const raw of texts) {
          if (numbers) numbered.set(number, units.length);
          add(doc, heading, numbers ? "text" : kind || "entry", raw, numbers ? "p" + number++ : id);
        }
      }
    }
    const owner = new Uint32Array(size);
    units.forEach((unit, place) => owner.fill(place, unit.start, unit.end));
    return { units, numbered, owner, whole: folded.join("") };
  }

  /* The sounds: GB 2312 lists its 3,755 commonest characters by pinyin, so run lengths say how
     each is read. */
  function hearing(config, whole) {
    const syllables = ["", ""];
    const ids = new Map();
    const usual = new Uint16Array(65536); // by character
    const more = new Map(); // further readings: character → ids

    function syllable(name) {
      if (!ids.has(name)) ids.set(name, syllables.push(name) - 1);
      return ids.get(name);
    }

    function hear(char, name) {
      more.set(char, (more.get(char) || new Set()).add(syllable(name)));
    }

    const common = commonCharacters();
    let place = 0;
    // Runs of one sound: a2ai13an9
    config.sounds.replace(/([a-z]+)(\d+)/g, (run, name, count) => {
      const id = syllable(name);
      for (let end = place + Number(count); place < end; place++) {
        usual[common.charCodeAt(place)] = id;
      }
    });
    eachReading(config.readings, (char, name) => { usual[char.charCodeAt(0)] = syllable(name); });
    eachReading(config.also, hear);

    const sounds = new Uint16Array(whole.length); // by place in the text
    const signs = new Uint8Array(65536); // by character: 1 none, 2 a sign
    for (let at = 0; at < whole.length; at++) {
      const code = whole.charCodeAt(at);
      if (!signs[code]) {
        signs[code] = code !== 10 && SIGN.test(whole[at]) ? 2 : 1;
        if (signs[code] === 2) usual[code] = MARK;
      }
      sounds[at] = usual[code];
    }
    for (const name of Object.keys(config.exceptions)) {
      // A character that is read otherwise here: 行 in 行家.
      let at = 0;
      for (const step of config.exceptions[name]) {
        at += step;
        sounds[at] = syllable(name);
        hear(whole[at], name);
      }
    }

    const compare = pinyinOrder();
    let sorted;
    /* Returns the ids of all sounds of a character. A rarer one sounds like its neighbours where
       the browser sorts by pinyin. */
    function soundsOf(char) {
      const all = [usual[char.charCodeAt(0)], ...(more.get(char) || [])];
      const known = all.filter((id) => id > MARK);
      if (known.length || !HAN.test(char) || !compare) return new Set(known);
      sorted = sorted || Array.from(common).sort(compare);
      const after = sorted.findIndex((one) => compare(one, char) > 0);
      const beside = sorted.slice(Math.max(0, after - 1), after + 1 || undefined);
      return new Set(beside.map((one) => usual[one.charCodeAt(0)]));
    }

    return { syllables, sounds, soundsOf };
  }

  const SPOKEN = new Set(["text", "said", "table", "name"]);
  const NAMES = new Set(["title", "heading", "said", "name"]);
  const WHERE = { title: "标题", heading: "小标题", said: "小标题", name: "题目" };
  const isSpoken = (unit) => SPOKEN.has(unit.kind);
  const isNamed = (unit) => NAMES.has(unit.kind);

  function commonCharacters() {
    const bytes = [];
    for (let high = 0xb0; high < 0xd8; high++) {
      for (let low = 0xa1; low < 0xff; low++) bytes.push(high, low);
    }
    return new TextDecoder("gbk").decode(Uint8Array.from(bytes));
  }

  function eachReading(readings, act) {
    for (const name of Object.keys(readings)) {
      for (const char of readings[name]) act(char, name);
    }
  }

  /* Returns how this browser compares characters by pinyin; null where it cannot. */
  function pinyinOrder() {
    try {
      return new Intl.Collator("zh-u-co-pinyin").compare;
    } catch (unknown) {
      return null;
    }
  }

  function speechMatcher({ config, docs }) {
    const { fold, places } = folding(config.forms.split(" "));
    const { units, numbered, owner, whole } = reading(docs, fold);
    const { syllables, sounds, soundsOf } = hearing(config, whole);
    const words = new Set(config.words.split(" "));

    /* The places of one term: `from` and `to` of each, and `runs`, the units that hold them,
       `first` to `end`, in the text's order. Places are put in that order, too. Of several costs
       in a unit the least is kept; `cut` tells apart units of the same cost. */
    function gather() {
      const hits = { from: [], to: [], runs: [] };
      let last = { unit: -1 };
      hits.put = (from, to, cost) => {
        const unit = owner[from];
        if (unit !== last.unit) {
          last = { unit, cost, cut: 0, first: hits.from.length, end: 0 };
          hits.runs.push(last);
        } else if (cost > last.cost) {
          return;
        } else if (cost < last.cost) {
          last.cost = cost;
          hits.from.length = hits.to.length = last.first;
        } else if (hits.to[last.end - 1] > from) {
          return;
        }
        hits.from.push(from);
        hits.to.push(to);
        last.end = hits.from.length;
      };
      return hits;
    }

    /* As typed. */
    function exactly(term) {
      const hits = gather();
      for (let at = whole.indexOf(term); at >= 0; at = whole.indexOf(term, at + term.length)) {
        hits.put(at, at + term.length, 0);
      }
      return hits;
    }

    const withoutMarks = (term) => Array.from(term).filter((char) => !SIGN.test(char)).join("");

    /* Without the marks of the term and of the text. */
    function loosely(term) {
      const hits = gather();
      const kept = withoutMarks(term);
      if (!kept) return hits;
      for (let at = whole.indexOf(kept[0]); at >= 0; at = whole.indexOf(kept[0], at + 1)) {
        let to = at;
        let i = 0;
        while (i < kept.length && whole[to] === kept[i]) {
          to++;
          i++;
          if (i < kept.length) while (sounds[to] === MARK) to++;
        }
        if (i === kept.length) hits.put(at, to, 0);
      }
      return hits;
    }

    /* By sound: a syllable in full costs nothing, one still being typed or a character that only
       sounds alike costs 1, a mere initial 2. */
    function bySound(term) {
      const typed = spell(term).split("").filter((char) => char === "'" || !SIGN.test(char));
      const query = typed.filter((char) => char !== "'");
      const syllableEnds = endsOf(typed);
      if (!query.length || typed.length > QUERY) return gather();
      const codes = query.map((char) => char.charCodeAt(0));
      const latin = query.map((char) => /[a-z]/.test(char));
      const heard = [];
      const ways = query.map(() => new Array(syllables.length)); // by place in the query and sound
      let end = 0; // where the cheapest way of the last walk ends

      const alike = (i, id) => (heard[i] || (heard[i] = soundsOf(query[i]))).has(id);

      /* Returns how much of the query from i a character of this sound may be: pairs of
         characters and cost. */
      function spellings(i, id) {
        const name = syllables[id];
        const found = [];
        let same = 0;
        const goesOn = () => name[same] === query[i + same] && !(same && syllableEnds[i + same]);
        while (same < name.length && goesOn()) same++;
        if (same === name.length) found.push(same, 0);
        else if (same && i + same === query.length) found.push(same, 1);
        if (same > 1 && name[1] === "h") found.push(2, 2);
        if (same && name.length > 1) found.push(1, 2);
        return found;
      }

      function waysOf(i, id) {
        if (id === BREAK || id === MARK) return NONE;
        if (latin[i]) return spellings(i, id);
        return alike(i, id) ? ALIKE : NONE;
      }

      function waysAt(i, at) {
        if (whole.charCodeAt(at) === codes[i]) return SAME;
        const id = sounds[at];
        return ways[i][id] || (ways[i][id] = waysOf(i, id));
      }

      /* Returns the least cost of the query from i on at a place of the text; NEVER where it is
         not heard there. */
      function walk(i, at) {
        let marks = 0;
        if (i > 0) {
          while (sounds[at] === MARK) {
            at++;
            marks = ACROSS;
          }
        }
        const steps = waysAt(i, at);
        let best = NEVER;
        let to = 0;
        for (let step = 0; step < steps.length; step += 2) {
          const next = i + steps[step];
          let cost = steps[step + 1];
          if (next === query.length) end = at + 1;
          else cost += walk(next, at + 1);
          if (cost < best) {
            best = cost;
            to = end;
          }
        }
        end = to;
        return best + marks;
      }

      const may = Uint8Array.from(syllables, (name, id) => waysOf(0, id).length);
      may[BREAK] = 1;
      const near = gather();
      const far = gather();
      for (let at = 0; at < sounds.length; at++) {
        if (!may[sounds[at]]) continue;
        const cost = walk(0, at);
        if (cost < ACROSS) near.put(at, end, cost);
        else if (cost < NEVER) far.put(at, end, cost);
      }
      return ranked(near.runs.length ? near : far);
    }

    /* Returns, by place in a query without its apostrophes, whether one stood before it: xi'an. */
    function endsOf(typed) {
      const ends = [];
      let place = 0;
      for (const char of typed) {
        if (char === "'") ends[place] = true;
        else place++;
      }
      return ends;
    }

    /* Says of each unit how its best place cuts words: among equals a word of the dictionary
       comes first, and what cuts words in two comes last. */
    function ranked(hits) {
      if (hits.from.length > FLOOD) return hits;
      for (const run of hits.runs) {
        run.cut = 3;
        for (let i = run.first; i < run.end; i++) {
          run.cut = Math.min(run.cut, cutting(hits.from[i], hits.to[i]));
        }
      }
      return hits;
    }

    const cuts = (at) => (words.has(whole.slice(at - 1, at + 1)) ? 1 : 0);
    const isWord = (from, to) => words.has(whole.slice(from, to));
    const cutting = (from, to) => (isWord(from, to) ? 0 : 1 + cuts(from) + cuts(to));

    /* The text without its marks, and where each of its characters stands; made when it is first
       asked for. */
    let bareText;
    function bare() {
      if (bareText) return bareText;
      const at = [];
      for (let i = 0; i < whole.length; i++) {
        if (sounds[i] !== MARK) at.push(i);
      }
      const signs = new RegExp(SIGN.source, "g");
      bareText = { at, text: whole.replace(signs, (sign) => (sign === "\n" ? sign : "")) };
      return bareText;
    }

    /* The nearest phrases: with the fewest characters wrong, missing or too many, one at most in
       a query of four or five, two in a longer one. With k of them, one of k + 1 pieces of the
       query stands in the text as it is. */
    function nearly(term, isWanted) {
      const kept = withoutMarks(term);
      const errors = kept.length > 5 ? 2 : 1;
      if (kept.length < 4 || kept.length > QUERY || /[a-z]/.test(kept)) return gather();
      const { text, at } = bare();
      const found = [];
      const size = kept.length / (errors + 1);
      for (let piece = 0; piece <= errors; piece++) {
        const start = Math.round(piece * size);
        const part = kept.slice(start, Math.round((piece + 1) * size));
        for (let here = text.indexOf(part); here >= 0; here = text.indexOf(part, here + 1)) {
          const from = Math.max(text.lastIndexOf("\n", here) + 1, here - start - errors);
          const line = text.slice(from, here - start + kept.length + errors).split("\n")[0];
          const match = nearest(kept, line);
          if (match.cost > errors || !isWanted(units[owner[at[from]]])) continue;
          found.push([at[from + match.from], at[from + match.to - 1] + 1, match.cost]);
        }
      }
      const least = found.reduce((low, match) => Math.min(low, match[2]), Infinity);
      const hits = gather();
      found.filter((match) => match[2] === least)
        .sort((a, b) => a[0] - b[0])
        .forEach(([from, to, cost]) => hits.put(from, to, cost));
      return hits;
    }

    /* Returns the part of a line that is nearest to the query, `from` and `to`, and its `cost`
       in characters (P. H. Sellers 1980, doi 10.1016/0196-6774(80)90016-4: edit distance with a
       free start in the text). */
    function nearest(query, line) {
      let costs = Array.from({ length: query.length + 1 }, (_, i) => i);
      let starts = costs.map(() => 0);
      const best = { cost: Infinity, from: 0, to: 0 };
      for (let at = 0; at < line.length; at++) {
        const next = [0];
        const nextStarts = [at + 1];
        for (let i = 1; i <= query.length; i++) {
          const wrong = costs[i - 1] + (line[at] === query[i - 1] ? 0 : 1);
          const least = Math.min(wrong, costs[i] + 1, next[i - 1] + 1);
          next.push(least);
          if (least === wrong) nextStarts.push(i === 1 ? at : starts[i - 1]);
          else nextStarts.push(least === costs[i] + 1 ? starts[i] : nextStarts[i - 1]);
        }
        costs = next;
        starts = nextStarts;
        if (costs[query.length] <= best.cost && starts[query.length] <= at) {
          best.cost = costs[query.length];
          best.from = starts[query.length];
          best.to = at + 1;
        }
      }
      return best;
    }

    /* "bu" in an editor's "build" must not hide 不. */
    function standsAlone(term, hits) {
      const ofSpeech = ({ doc, kind }) => doc.first && kind !== "editors";
      return hits.runs.some((run) => ofSpeech(units[run.unit]))
        || (term.length > 2 && new RegExp("\\b" + term + "\\b").test(whole));
    }

    /* Returns the places of a term, and how they were found. */
    function find(term) {
      const exact = exactly(term);
      const stands = exact.runs.length && (!PINYIN.test(term) || standsAlone(term, exact));
      if (stands) return { hits: exact, how: "exact" };
      const other = findOtherwise(term, () => true);
      return other.hits.runs.length ? other : { hits: exact, how: "exact" };
    }

    /* Returns the places that hold a term without its marks, else those that sound like it, else
       the nearest; only in units that are wanted. */
    function findOtherwise(term, isWanted) {
      const wanted = (hits) => {
        hits.runs = hits.runs.filter((run) => isWanted(units[run.unit]));
        return hits;
      };
      const loose = PINYIN.test(term) ? gather() : wanted(loosely(term));
      if (loose.runs.length) return { hits: loose, how: "loose" };
      const heard = wanted(bySound(term));
      if (heard.runs.length) return { hits: heard, how: /[a-z]/.test(term) ? "pinyin" : "sound" };
      return { hits: nearly(term, isWanted), how: "near" };
    }

    /* Returns where the places [from, to] of a unit stand in its own text, in order, merged
       where terms overlap. */
    function ranges(unit, found) {
      const { raw, start, end } = units[unit];
      const same = raw.length === end - start - 1; // folding has left every character where it was
      const at = same ? [] : places(raw);
      const merged = [];
      for (const [from, to] of found.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
        const first = same ? from - start : at[from - start][0];
        const last = same ? to - start : at[to - start - 1][1];
        const before = merged[merged.length - 1];
        if (before && first < before[1]) before[1] = Math.max(before[1], last);
        else merged.push([first, last]);
      }
      return merged;
    }

    /* Returns the pages that hold all terms, in the order of their rank; in each `held`, the
       units that are listed. */
    function rank(found) {
      const pages = new Map();
      found.forEach(({ hits }, term) => {
        let page = null;
        for (const run of hits.runs) {
          const { doc } = units[run.unit];
          if (!page || page.doc !== doc) page = pageOf(pages, doc, term);
          hold(page, run, hits, found.length > 1);
        }
      });
      const listed = Array.from(pages.values()).filter((page) => page.terms === found.length);
      for (const page of listed) {
        const together = page.units.filter((unit) => unit.terms === found.length);
        // Not in one paragraph, but on the page.
        page.apart = !together.length;
        page.held = page.apart ? page.units : together;
        page.held.sort((a, b) => a.cost - b.cost || a.u - b.u);
        // Titles and headings are the editors': a page that is merely named so comes after one
        // where it is said.
        page.named = page.held.every(isNamed);
        page.spoken = page.doc.first > 0 && page.held.some((unit) => unit.kind !== "editors");
        page.weight = page.held.reduce((sum, unit) => sum + unit.weight, 0);
      }
      return listed.sort((a, b) => (
        b.spoken - a.spoken || a.apart - b.apart || a.held[0].cost - b.held[0].cost
        || a.named - b.named || b.weight - a.weight || a.held[0].u - b.held[0].u
      ));
    }

    function pageOf(pages, doc, term) {
      const empty = { doc, terms: 0, last: -1, units: [], byUnit: new Map() };
      if (!pages.has(doc)) pages.set(doc, empty);
      const page = pages.get(doc);
      if (page.last !== term) page.terms++;
      page.last = term;
      return page;
    }

    /* Adds the places of one term in one unit to its page. With several terms units meet again. */
    function hold(page, run, hits, meet) {
      const { kind } = units[run.unit];
      let unit = meet && page.byUnit.get(run.unit);
      if (!unit) {
        unit = { u: run.unit, kind, terms: 0, cost: 0, weight: 0, spans: [] };
        page.units.push(unit);
        if (meet) page.byUnit.set(run.unit, unit);
      }
      unit.terms++;
      unit.cost += run.cost * 4 + run.cut;
      unit.weight += (run.end - run.first) * (NAMES.has(kind) ? 3 : 1);
      unit.spans.push({ hits, run });
    }

    /* Returns the places of a held unit in its own text. */
    function rangesOf(unit) {
      const found = [];
      for (const { hits, run } of unit.spans) {
        for (let i = run.first; i < run.end; i++) found.push([hits.from[i], hits.to[i]]);
      }
      return ranges(unit.u, found);
    }

    /* Returns how many they are; those of one term need no merging for that. */
    function countOf(unit) {
      if (unit.spans.length > 1) return rangesOf(unit).length;
      return unit.spans[0].run.end - unit.spans[0].run.first;
    }

    /* Returns ?h=…&h=…, the phrases to be marked on the page as they stand there, a long one by
       its beginning and its end, and which of them is meant. */
    function phrases(raw, found, place) {
      const distinct = new Set();
      for (const [from, to] of found) {
        const text = raw.slice(from, to);
        distinct.add(text.length > 80 ? text.slice(0, 40) + "\n" + text.slice(-40) : text);
      }
      const parameters = [];
      let room = ADDRESS;
      for (const text of distinct) {
        const whole = text.replace(/[\ud800-\udbff]$|^[\udc00-\udfff]/g, ""); // no half of a pair
        const parameter = "h=" + encodeURIComponent(whole);
        room -= parameter.length;
        if (room > 0) parameters.push(parameter);
      }
      if (place) parameters.push("n=" + (place + 1));
      return "?" + parameters.join("&");
    }

    /* Returns one line of the answer: where it leads, and what stands around what was found. */
    function lineOf(u, found, place) {
      const { doc, raw, id } = units[u];
      const [from, to] = found[place];
      return {
        href: doc.location + phrases(raw, found, place) + (id && "#" + id),
        where: whereOf(u),
        spoken: isSpoken(units[u]),
        before: raw.slice(Math.max(0, from - BEFORE), from),
        found: raw.slice(from, to),
        after: raw.slice(to, to + AFTER),
      };
    }

    function whereOf(u) {
      const { heading, kind, id } = units[u];
      return kind === "text" ? "第 " + id.slice(1) + " 段" : WHERE[kind] || heading;
    }

    /* Returns the count: paragraphs and places of the speech, the editors' headings and notes on
       its pages, and of each page of theirs how much it holds. */
    function countsOf(listed) {
      const count = { paragraphs: 0, places: 0, headings: 0, notes: 0, others: [], total: 0 };
      for (const { doc, held } of listed) {
        const entries = new Set();
        let places = 0;
        for (const unit of held) {
          const found = countOf(unit);
          count.total += found;
          if (unit.kind === "text") count.paragraphs++;
          if (isSpoken(unit)) {
            count.places += found;
          } else if (unit.kind === "editors") {
            count.notes += found;
          } else if (doc.first) {
            count.headings += found;
          } else {
            places += found;
            if (doc.entries) entries.add(units[unit.u].id);
          }
        }
        if (!places) continue;
        const counted = doc.entries ? [entries.size, "条"] : [places, "处"];
        count.others.push([doc.title].concat(counted));
      }
      return count;
    }

    /* Returns the lines from the number `from` on, by page. */
    function groupsOf(listed, from) {
      const groups = [];
      let passed = 0;
      let room = LINES;
      for (const { doc, held } of listed) {
        const lines = [];
        for (const unit of held) {
          const count = countOf(unit);
          if (passed + count > from && room > 0) {
            const found = rangesOf(unit);
            const first = Math.max(0, from - passed);
            const shown = found.slice(first, first + room).map((_, i) => first + i);
            shown.forEach((place) => lines.push(lineOf(unit.u, found, place)));
            room -= shown.length;
          }
          passed += count;
        }
        if (lines.length) groups.push({ title: doc.title, lines });
        if (room <= 0) break;
      }
      return groups;
    }

    const nothing = { how: "none", groups: [], next: 0 };

    function answerTerms(terms, from) {
      const found = [];
      for (const term of terms) {
        const one = find(term);
        if (!one.hits.runs.length) return nothing;
        found.push(one);
      }
      const answer = listOf(found, from);
      if (from || terms.length > 1 || answer.next || answer.how === "none") return answer;
      const spoken = found[0].hits.runs.some((run) => isSpoken(units[run.unit]));
      // What the speaker says like a term that only the editors have as typed: their word must not
      // hide his.
      if (spoken || PINYIN.test(terms[0])) return answer;
      const further = listOf([findOtherwise(terms[0], isSpoken)], 0);
      return further === nothing ? answer : Object.assign({ further }, answer);
    }

    /* Returns an answer that holds all terms found. */
    function listOf(found, from) {
      const listed = rank(found);
      if (!listed.length) return nothing;
      const count = countsOf(listed);
      const ways = found.map((one) => one.how);
      const how = ["near", "sound", "pinyin", "loose", "exact"].find((way) => ways.includes(way));
      const next = from + LINES < count.total ? from + LINES : 0;
      return { how, count, groups: groupsOf(listed, from), next };
    }

    /* Returns the paragraph that a query like 第10段 names, as a line; null for other queries. */
    function paragraphNamed(query) {
      const match = NUMBERED.exec(query);
      if (!match) return null;
      const u = numbered.get(match[1] ? Number(match[1]) : numberOf(match[2]));
      if (u === undefined) return null;
      const { doc, raw, id } = units[u];
      const line = { href: doc.location + "#" + id, where: whereOf(u), spoken: true };
      Object.assign(line, { before: "", found: "", after: raw.slice(0, AFTER) });
      return { title: doc.title, lines: [line] };
    }

    /* Returns what is found for a query: `how` (exact, loose, pinyin, sound, near, or none),
       `count`, `groups` of lines by page from the number `from` on, `next`, the number of the
       first line that is left (0: none is), `paragraph`, the group of one line to the paragraph
       that the query names, and `further`, a second answer: what the speaker says like it where
       only the editors have it as typed. */
    return (query, from) => {
      const folded = fold(query.normalize("NFC")).trim();
      const terms = Array.from(new Set(folded.split(/\s+/).filter(Boolean)));
      if (!terms.length || terms.length > TERMS) return nothing;
      const paragraph = from ? null : paragraphNamed(folded);
      const typed = folded.split(/\s+/).filter(Boolean);
      return Object.assign({ paragraph }, answerOf(typed, terms, from));
    };

    function answerOf(typed, terms, from) {
      // "ban gong shi": syllables with spaces between them are first of all one phrase.
      const spaced = typed.length > 1 && typed.every((term) => {
        const spelled = spell(term);
        return syllables.some((name) => name.startsWith(spelled));
      });
      const phrase = spaced ? answerTerms([typed.join("'")], from) : nothing;
      return phrase === nothing ? answerTerms(terms, from) : phrase;
    }
  }

  if (typeof document !== "undefined") {
    window.speechMatcher = speechMatcher;
    return;
  }

  /* The worker: told the index's address once, then queries. Only the newest of several waiting
     ones is answered, so typing is never behind. */
  let answer;
  let waiting = null;

  function answerWaiting() {
    const { query, from } = waiting;
    waiting = null;
    postMessage(Object.assign({ query, from }, answer(query, from)));
  }

  self.onmessage = ({ data }) => {
    if (data.index) {
      importScripts(data.index);
      answer = speechMatcher(self.speechIndex);
      postMessage({ ready: true });
      return;
    }
    if (!waiting) setTimeout(answerWaiting);
    waiting = data;
  };
})();
