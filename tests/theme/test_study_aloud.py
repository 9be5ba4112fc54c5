"""Reading aloud: by a voice of this machine, with pauses that hold on phones, or a recording."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import run
from studying import select

from speechsite.words import Speech

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

# A voice that speaks until the test lets it end. As reported of Android, `pause` ends what is said,
# with or without an event, and `resume` does nothing; old Safari has no addEventListener here.
ENGINE = """((voices, pauseSaysEnd) => {
  let now = null;
  window.spoken = [];
  const synthesis = {
    onvoiceschanged: null,
    getVoices: () => voices,
    speak: (utterance) => { now = utterance; spoken.push([utterance.text, utterance.rate]); },
    cancel: () => { now = null; },
    pause: () => {
      const paused = now;
      now = null;
      if (paused && pauseSaysEnd) setTimeout(() => paused.onend({}));
    },
    resume: () => {},
    get speaking() { return Boolean(now); },
    end: () => { const ended = now; now = null; ended.onend({}); },
    fail: () => { const failed = now; now = null; failed.onerror({}); },
  };
  Object.defineProperty(window, 'speechSynthesis', { value: synthesis });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
})"""
CHINESE = "[{ lang: 'zh-CN', localService: true, name: 'x' }]"


def engine(voices: str = CHINESE, pause_says_end: bool = False) -> str:
    return f"{ENGINE}({voices}, {str(pause_says_end).lower()});"


def read_aloud(page: Page) -> None:
    page.get_by_role("button", name="朗读", exact=True).click()


def texts(page: Page) -> list[str]:
    return [text for text, _ in page.evaluate("spoken")]


@pytest.fixture
def reader(context, address: str) -> Page:
    page = context(script=engine()).new_page()
    page.goto(f"{address}importance.html")
    return page


def test_it_reads_paragraph_after_paragraph_and_stops(reader: Page, speech: Speech) -> None:
    paragraphs = speech.themes[1].paragraphs
    read_aloud(reader)
    for paragraph in paragraphs:
        assert texts(reader)[-1] == paragraph.corrected
        expect(reader.locator(".speaking")).to_have_id(paragraph.id)
        reader.evaluate("speechSynthesis.end()")
    assert len(texts(reader)) == len(paragraphs)
    expect(reader.locator(".speaking")).to_have_count(0)
    expect(reader.locator(".dock button:visible")).to_have_count(0)


@pytest.mark.parametrize("pause_says_end", [True, False], ids=["end event", "no event"])
def test_a_pause_is_silent_and_goes_on_with_the_paragraph(
    context, address: str, speech: Speech, pause_says_end: bool
) -> None:
    page = context(390, script=engine(pause_says_end=pause_says_end)).new_page()
    page.goto(f"{address}importance.html")
    second = speech.themes[1].paragraphs[1]
    read_aloud(page)
    page.evaluate("speechSynthesis.end()")
    page.get_by_role("button", name="暂停").click()
    assert not page.evaluate("speechSynthesis.speaking")
    expect(page.locator(".speaking")).to_have_id(second.id)
    page.get_by_role("button", name="继续").click()
    assert page.evaluate("speechSynthesis.speaking")
    assert texts(page)[1:] == [second.corrected] * 2
    page.get_by_role("button", name="停止朗读").click()
    assert not page.evaluate("speechSynthesis.speaking")
    expect(page.locator(".speaking")).to_have_count(0)


def test_the_speed_is_the_readers_choice_and_kept(
    reader: Page, address: str, speech: Speech
) -> None:
    read_aloud(reader)
    reader.get_by_label("语速").select_option("快")
    assert [rate for _, rate in reader.evaluate("spoken")] == [1, 1.25]
    assert texts(reader) == [speech.themes[1].paragraphs[0].corrected] * 2
    reader.goto(f"{address}duties.html")
    read_aloud(reader)
    assert [rate for _, rate in reader.evaluate("spoken")] == [1.25]


def test_it_begins_with_the_selected_paragraph(reader: Page, speech: Speech) -> None:
    third = speech.themes[1].paragraphs[2]
    select(reader, third.id, 2, third.id, 8)
    read_aloud(reader)
    assert texts(reader) == [third.corrected]


def test_escape_ends_it(reader: Page) -> None:
    read_aloud(reader)
    reader.keyboard.press("Escape")
    assert not reader.evaluate("speechSynthesis.speaking")
    expect(reader.locator(".speaking")).to_have_count(0)


def test_a_voice_that_fails_can_be_asked_again(reader: Page) -> None:
    read_aloud(reader)
    reader.evaluate("speechSynthesis.fail()")
    expect(reader.locator("p.said")).to_contain_text("朗读中断了")
    reader.get_by_role("button", name="继续").click()
    assert texts(reader)[0] == texts(reader)[1]


def test_the_voice_of_the_mainland_is_taken_before_another(context, address: str) -> None:
    names = ("zh-TW", "cmn-Hans-CN", "zh-HK")
    voices = [f"{{ lang: '{lang}', localService: true }}" for lang in names]
    page = context(script=engine(f"[{', '.join(voices)}]")).new_page()
    page.goto(f"{address}importance.html")
    page.evaluate(
        "() => { speechSynthesis.speak = ({ voice }) => { window.voice = voice.lang; }; }"
    )
    read_aloud(page)
    assert page.evaluate("voice") == "cmn-Hans-CN"


def test_a_voice_that_comes_late_is_found(context, address: str) -> None:
    page = context(script=engine("[]")).new_page()
    page.goto(f"{address}importance.html")
    expect(page.get_by_role("button", name="朗读", exact=True)).to_be_hidden()
    page.evaluate(f"speechSynthesis.getVoices = () => {CHINESE}; speechSynthesis.onvoiceschanged()")
    expect(page.get_by_role("button", name="朗读", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "voices",
    [
        "[{ lang: 'en-US', localService: true }]",
        "[{ lang: 'zh-CN', localService: false }]",
    ],
    ids=["no Chinese", "not local"],
)
def test_without_a_chinese_voice_of_its_own_nothing_is_offered(
    context, address: str, voices: str
) -> None:
    page = context(script=engine(voices)).new_page()
    page.goto(f"{address}importance.html")
    page.locator(".position", has_text="段").wait_for()
    expect(page.get_by_role("button", name="朗读", exact=True)).to_be_hidden()


def test_a_browser_without_speech_has_all_the_rest(context, address: str) -> None:
    script = "Object.defineProperty(window, 'speechSynthesis', { value: undefined });"
    page = context(script=script).new_page()
    page.goto(f"{address}importance.html")
    page.locator(".permalink").first.click()
    expect(page.locator("p.said")).to_contain_text("附有出处")


def test_a_recording_is_offered_instead(context, project: Path, speech: Speech) -> None:
    with wave.open(str(project / "docs/speech.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    facts = project / "speech/speech.yml"
    facts.write_text(f"{facts.read_text(encoding='utf-8')}recording: speech.wav\n", "utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    page = context(script=engine()).new_page()
    page.goto((project / "site" / speech.themes[1].address).as_uri())
    expect(page.get_by_role("button", name="朗读", exact=True)).to_be_hidden()
    page.get_by_role("link", name="听讲话录音").click()
    sound = page.locator("audio#recording")
    expect(sound).to_be_in_viewport()
    loaded = "(e) => new Promise((done) => { e.oncanplay = () => done(e.duration); e.load() })"
    assert sound.evaluate(loaded) == 1
