"""What words in a live session mean; in doubt: stop, or rest (F81, F82, F127)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.session.pain import parse_pain
from bot.protocol.session.speech import (
    Heard,
    Meaning,
    begins_with_stop,
    hear,
    is_harmless,
    pain_among,
    plain_pain,
    says_stop,
    warning_sign,
)
from bot.protocol.session.state import StopReason

STOP_WORDS = (
    *("stop", "stopp", "halt", "alto", "para", "basta", "arrête", "pare", "стоп", "стой", "dur"),
    *("停", "止めて", "توقف", "🛑", "seis", "zatrzymaj", "berhenti", "หยุด", "रुको", "멈춰", "עצור"),
)
OTHERS = st.lists(
    st.sampled_from(["please", "it", "hurts", "my", "leg", "now", "ok", "I", "want", "to", "3"]),
    max_size=4,
)
MARKS = st.text("_*~!.,?-–—()[]\"'«»… \n", max_size=4)


def wide(text: str) -> str:
    """Return text in full-width letters, where there are any."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


WAYS = st.sampled_from(
    [str, str.upper, str.title, wide, lambda text: unicodedata.normalize("NFD", text)]
)


@given(st.sampled_from(STOP_WORDS), OTHERS, OTHERS, MARKS, MARKS, WAYS)
def test_f81_stop_is_heard_anywhere(
    word: str, before: list[str], after: list[str], left: str, right: str, way: object
) -> None:
    """As a word among others, between marks, in any case and width."""
    assert callable(way)
    said = " ".join([*before, f"{left}{way(word)}{right}", *after])
    assert hear(said).meaning is Meaning.STOP


@given(st.sampled_from(["stop", "halt", "para", "стоп", "basta"]), st.data())
def test_f81_a_stretched_stop_is_one(word: str, data: st.DataObject) -> None:
    """Every letter of it may be repeated."""
    said = "".join(char * data.draw(st.integers(1, 6)) for char in word)
    assert says_stop(f"oh {said}!")


@pytest.mark.parametrize(
    "text",
    [
        "s t o p",
        "S.T.O.P.",
        "/stop@other_bot",
        "st\u200bop",
        "𝐒𝐓𝐎𝐏",
        "🛑️",
        "stop\N{COMBINING ACUTE ACCENT}",
    ],
)
def test_f81_stop_in_disguise(text: str) -> None:
    """Apart, as a command, with invisible signs, in fancy letters."""
    assert says_stop(text)


@pytest.mark.parametrize("text", ["", "ok", "3", "shop", "top", "stomp", "laptop", "paradise"])
def test_a_word_that_only_holds_stop_is_none(text: str) -> None:
    """What merely has the letters in it is another word."""
    assert not says_stop(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [("stop", True), ("Stop please", True), ("please stop", False), ("🛑", True), ("", False)],
)
def test_outside_a_session_stop_has_to_come_first(text: str, *, first: bool) -> None:
    """There "how do I stop reminders?" is a question."""
    assert begins_with_stop(text) is first


# ---- pain -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((f"pain {n}", n) for n in range(11)),
        *((f"it is an {n}", n) for n in range(11)),
        *((f"{n} ouch", n) for n in range(11)),
        *((f"more than {n}", min(n + 1, 10)) for n in range(11)),
        *((f"{n}+", min(n + 1, 10)) for n in range(11)),
        ("3,5", 4),
        ("7.5 i think", 8),
        ("between 3 and 4", 4),
        ("5–6", 6),
        ("8 of 10", 8),
        ("it went to eight, ouch", 8),
        ("it hurts, 8", 8),
        ("٨", 8),
    ],
)
def test_f127_a_number_in_a_sentence(text: str, value: int) -> None:
    """The worst number counts, and doubt rounds up."""
    assert pain_among(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "10 seconds left?",
        "I ran 8 km",
        "07:30",
        "hold 4 hurt",
        "11",
        "100",
        "-5",
        "12/10",
        "two more",
    ],
)
def test_a_count_or_time_is_no_pain(text: str) -> None:
    """Nobody is locked for seconds or kilometres."""
    assert pain_among(text) is None


@given(
    st.sampled_from(["", "pain ", "Pain is ", "it is a ", "it's ", "my pain: "]),
    st.integers(0, 12),
    st.sampled_from(["", ".5", ",5", "/10", " of 10", "!", "."]),
)
def test_a_plain_pain_is_also_among_the_words(how: str, number: int, end: str) -> None:
    """The two readers never differ: what is plain is the number that is there."""
    plain = plain_pain(f"{how}{number}{end}")
    assert plain == parse_pain(f"{number}{end}")
    assert plain == pain_among(f"{how}{number}{end}")


@given(st.text(max_size=30))
def test_f82_only_harmless_words_are_harmless(text: str) -> None:
    """Whatever people type has a meaning, and letters that are no known word are never harmless."""
    heard = hear(text)
    assert isinstance(heard, Heard)
    assert heard.pain is None or 0 <= heard.pain <= 10
    if heard.meaning is Meaning.HARMLESS:
        assert is_harmless(text)
        assert not is_harmless(text + " zzyzx")


@pytest.mark.parametrize("text", ["ouch", "it hurts", "no more", "", "?", "ok ouch", "done", "😖"])
def test_f82_anything_else_is_unclear(text: str) -> None:
    """Nothing is held over these."""
    assert hear(text).meaning is Meaning.UNCLEAR


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("sharp", StopReason.SHARP),
        ("I felt a pop!", StopReason.SHARP),
        ("something tore", StopReason.SHARP),
        ("numbness", StopReason.NUMB),
        ("it's tingling", StopReason.NUMB),
        ("pins and needles", StopReason.NUMB),
        ("I can't feel my foot", StopReason.NUMB),
        ("popular", None),
        ("what a number", None),
        ("ok", None),
    ],
)
def test_f127_warning_signs_in_words(text: str, sign: StopReason | None) -> None:
    """Named in whatever sentence."""
    assert warning_sign(text) is sign
