/* Reading aloud, by a Chinese voice of this machine only: others send the words elsewhere. Where the editors give a
   recording, it is offered instead.

   A pause remembers the paragraph and silences the voice, and going on speaks that paragraph again: on Android
   `pause` ends the utterance and `resume` does nothing (github.com/mdn/browser-compat-data/issues/4500). */
(() => {
  "use strict";
  const { corrected, current, make, makeButton, on, one, paragraphs } = window.speechsite;
  const { recall, remember, row, say, selected, whenReady } = window.speechsite;
  const SPEEDS = [["0.75", "慢"], ["1", "平常"], ["1.25", "快"], ["1.5", "更快"]];

  whenReady(() => {
    const reader = one("[data-read]");
    const synthesis = window.speechSynthesis;
    if (!reader || !synthesis || !window.SpeechSynthesisUtterance || one("[data-recording]")) return;
    const controls = row("朗读");
    const pause = makeButton(controls, "暂停", () => { if (utterance) hold(); else speak(); });
    const label = make(controls, "label", "tool", "语速");
    const speed = make(label, "select", "tool", "");
    let voice;
    let place = null; // the paragraph that is read, also while the voice pauses
    let utterance = null; // what is being said; null in a pause

    function findVoice() {
      const isOurs = ({ lang, localService }) => localService && /^(zh|cmn)\b/i.test(lang);
      const voices = synthesis.getVoices().filter(isOurs);
      voice = voices.find(({ lang }) => /CN|Hans/i.test(lang)) || voices[0];
      reader.hidden = !voice;
    }

    function hold() {
      utterance = null; // before `cancel`, which some engines answer with the utterance's end
      synthesis.cancel();
      pause.textContent = "继续";
    }

    function speak() {
      const mine = utterance = new SpeechSynthesisUtterance(corrected(place));
      mine.voice = voice;
      mine.lang = voice.lang;
      mine.rate = Number(speed.value);
      mine.onend = () => { if (utterance === mine) read(paragraphs()[paragraphs().indexOf(place) + 1]); };
      mine.onerror = () => {
        if (utterance !== mine) return;
        hold();
        say("朗读中断了，可按“继续”再试");
      };
      pause.textContent = "暂停";
      synthesis.speak(mine);
    }

    /* Reads from a paragraph on; without one, all is said. */
    function read(paragraph) {
      hold();
      if (place) place.classList.remove("speaking");
      place = paragraph || null;
      controls.hidden = !place;
      if (!place) return;
      place.classList.add("speaking");
      const box = place.getBoundingClientRect();
      if (box.top < 70 || box.top > innerHeight * 0.6) place.scrollIntoView({ block: "center" });
      speak();
    }

    SPEEDS.forEach(([rate, name]) => { make(speed, "option", "", name).value = rate; });
    speed.value = SPEEDS.some(([rate]) => rate === recall("rate")) ? recall("rate") : "1";
    on(speed, "change", () => {
      remember("rate", speed.value);
      if (utterance) {
        hold();
        speak();
      }
    });
    makeButton(controls, "停止朗读", () => {
      read(null);
      reader.focus();
    });
    on(reader, "click", () => {
      const parts = selected();
      read(parts.length ? parts[0][0] : scrollY < 200 ? paragraphs()[0] : current());
      pause.focus();
    });
    on(window, "pagehide", () => { if (utterance) hold(); });
    on(document, "keydown", (event) => { if (event.key === "Escape" && place) read(null); });
    findVoice();
    synthesis.onvoiceschanged = findVoice; // Safari before 16 has no addEventListener here
  });
})();
