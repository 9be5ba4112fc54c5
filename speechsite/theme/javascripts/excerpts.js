/* The notebook's page: every excerpt in the speech's order, to go to, copy, delete, print and save as a file. */
(() => {
  "use strict";
  const site = window.speechsite;
  const { all, isKept, locate, make, makeButton, number, on, one, ownWords } = site;
  const { root, save, say, source, textOf, whenReady, without } = site;

  /* `list` holds the whole speech in its template. */
  function showList(list) {
    const template = one("template", list);
    const paragraphsThere = all("p", template.content);
    const texts = paragraphsThere.map((paragraph) => [paragraph, textOf(paragraph)]);
    const rank = ({ paragraph, start }) => paragraphsThere.indexOf(paragraph) * 1e6 + start;
    const title = document.body.dataset.speech;

    const parts = (excerpt, places) => excerpt.parts.map(({ words }, index) => [places[index].paragraph, words]);
    function textFor([excerpt, places]) {
      const own = excerpt.own ? "\n我的话：" + excerpt.own : "";
      const lines = excerpt.parts.map(({ words }) => words);
      return lines.concat(places.every(Boolean) ? source(parts(excerpt, places)) : "（现在的讲话里对不上）").join("\n") + own;
    }

    function remove(excerpt) {
      if (excerpt.own && !confirm("连同自己写的话一起删去？")) return;
      if (!save(without(excerpt))) return;
      draw();
      list.focus();
      say("已删去");
    }

    function entry(parent, [excerpt, places]) {
      const item = make(parent, "li", "", "");
      const quotation = make(item, "blockquote", "", "");
      excerpt.parts.forEach(({ words }) => make(quotation, "p", "", words));
      const tools = make(item, "div", "speech-excerpt__tools", "");
      const place = places.every(Boolean) && places[0];
      if (place) {
        const { page, theme } = place.paragraph.parentNode.dataset;
        const last = places[places.length - 1].paragraph;
        const span = number(place.paragraph) + (last === place.paragraph ? "" : "—" + number(last));
        const link = make(tools, "a", "", theme + "，第 " + span + " 段");
        link.href = new URL(page + "#" + place.paragraph.id, root());
        makeButton(tools, "复制（附出处）", () => site.copy(parts(excerpt, places), item.getBoundingClientRect()));
      }
      makeButton(tools, "删去", () => remove(excerpt));
      const field = ownWords(item, "textarea", excerpt);
      const printed = make(item, "p", "speech-own--printed", field.value);
      on(field, "input", () => { printed.textContent = excerpt.own; });
    }

    function section(name, entries) {
      if (!entries.length) return;
      if (name) make(list, "p", "", name);
      const items = make(list, "ol", "speech-excerpts", "");
      entries.forEach((pair) => entry(items, pair));
    }

    function download(entries) {
      const text = ["《" + title + "》摘录"].concat(entries.map(textFor)).join("\n\n") + "\n";
      const file = new Blob(["\ufeff" + text.replace(/\n/g, "\r\n")], { type: "text/plain" });
      const link = make(list, "a", "", "");
      link.href = URL.createObjectURL(file);
      link.download = title + " 摘录.txt";
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    }

    function draw() {
      const located = locate(texts, true);
      const fits = ([, places]) => places.every(Boolean);
      const fitting = located.filter(fits).sort((a, b) => rank(a[1][0]) - rank(b[1][0]));
      const lost = located.filter((pair) => !fits(pair));
      list.textContent = "";
      list.appendChild(template);
      if (!isKept()) {
        make(list, "p", "", "这个浏览器现在不让网页保存内容，划的线留不下来。");
      } else if (!located.length) {
        make(list, "p", "", "还没有摘录。读讲话时选中文字，再按“划线”，就记在这里。");
      } else {
        const tools = make(list, "div", "tools", "");
        makeButton(tools, "打印", () => print());
        makeButton(tools, "存为文本文件", () => download(fitting.concat(lost)));
      }
      section("", fitting);
      section("下面 " + lost.length + " 条的文字，在现在的讲话里对不上了，照原样留着：", lost);
    }

    list.tabIndex = -1;
    draw();
    on(window, "storage", () => { if (!list.contains(document.activeElement)) draw(); });
  }

  whenReady(() => {
    const list = one("[data-fill=notebook]");
    if (list && one("template", list)) showList(list);
  });
})();
