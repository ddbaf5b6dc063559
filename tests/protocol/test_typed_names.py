"""Whose name typed words begin with, and what follows it."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.parse_who import after, all_readings, called, fold_name, readings

NAMES = ("María López", "Maria", "Mariana Kent", "Al Hassan", 'Jo "JJ" O’Neil', "Anna Lopez")


def read(names: tuple[str, ...], words: str) -> list[tuple[str, str]]:
    """Return whom the words may be about, and what follows in each case."""
    found = readings(names, words)
    return [(names[one.index], after(words, one.taken)) for one in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("maria lopez mon-fri 07:30", {("María López", "mon-fri 07:30")}),
        ("MARÍA LÓPEZ", {("María López", "")}),
        ("maria 07:30", {("Maria", "07:30")}),
        ("Marian fatigue", {("Mariana Kent", "fatigue")}),
        ("mar", {("María López", ""), ("Maria", ""), ("Mariana Kent", "")}),
        ("Al has pain", {("Al Hassan", "has pain"), ("Al Hassan", "pain")}),
        ("Al Hassan has pain", {("Al Hassan", "has pain")}),
        ("“Al Hassan” off", {("Al Hassan", "off")}),
        ("“Al” has pain", {("Al Hassan", "has pain")}),
        ('"maria lopez"  off', {("María López", "off")}),
        ('Jo "JJ" O’Neil x', {('Jo "JJ" O’Neil', "x")}),
        ("jo jj o'neil x", {('Jo "JJ" O’Neil', "x")}),
        ("lopez note", {("María López", "note"), ("Anna Lopez", "note")}),
        ("nobody here", set()),
        ("", set()),
        ("'", set()),
        ("“unclosed maria", set()),
        ("maria lopez line one\nline two", {("María López", "line one\nline two")}),
    ],
)
def test_a_name_and_the_rest(words: str, found: set[tuple[str, str]]) -> None:
    """Full names, beginnings, accents, quotes; the rest stays as typed."""
    assert set(read(NAMES, words)) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Anna M seen by a doctor", {("Anna Maria", "seen by a doctor")}),
        ("anna m seen", {("Anna", "m seen"), ("Anna Maria", "seen")}),
        ("Anna Mar seen", {("Anna", "Mar seen"), ("Anna Maria", "seen")}),
        ("Anna Maria seen", {("Anna Maria", "seen")}),
        ("anna-maria seen", {("Anna Maria", "seen")}),
        ("annamaria seen", {("Anna Maria", "seen")}),
        ("A. M. seen", {("Anna Maria", "seen")}),
        ("A. Maria seen", {("Anna Maria", "seen")}),
        ("Anna seen by a doctor", {("Anna", "seen by a doctor")}),
        ("“Anna” M is well", {("Anna", "M is well")}),
        ("Maria Lo 07:30", {("Anna Maria Løw", "07:30"), ("Maria", "Lo 07:30")}),
        ("Maria Low 07:30", {("Anna Maria Løw", "07:30")}),
        ("Runa H until fri", {("Runa Holm", "until fri")}),
        ("Runa H. how was it?", {("Runa Holm", "how was it?")}),
        ("Runa, how was it?", {("Runa Holm", "how was it?")}),
        ("Runa A cold", {("Runa Abel", "cold"), ("Runa Abel", "A cold"), ("Runa Holm", "A cold")}),
        ("o'neil x", {("Jo O’Neil", "x")}),
        ("Jo ONeil x", {("Jo O’Neil", "x")}),
        ("Jo O Neil x", {("Jo O’Neil", "x")}),
        ("Athlete 1 off", {("Athlete 1", "off")}),
        ("'t Hooft don't run' today", {("'t Hooft", "don't run' today")}),
    ],
)
def test_f86_a_word_that_may_be_of_a_name_is_never_passed_over(
    words: str, found: set[tuple[str, str]]
) -> None:
    """The longest that surely is a name; both where a word may belong to it or not."""
    names: tuple[str, ...] = (
        "Anna",
        "Anna Maria",
        "Runa Holm",
        "Jo O’Neil",
        "'t Hooft",
        "Athlete 1",
    )
    if words.startswith("Athlete"):
        names = (*names, "Athlete 12 b")
    if words.startswith("Maria"):
        names = (*names, "Maria", "Anna Maria Løw")
    if words.startswith("Runa A"):
        names = (*names, "Runa Abel")
    assert set(read(names, words)) == found


# ---- names that begin alike ---------------------------------------------------------------

_PARTS = st.sampled_from(
    ["Anna", "Ann", "Annabel", "María", "Mar", "Maria-José", "O’Neil", "O’N", "Åsa", "Holm", "H."]
)
_NAMES = st.lists(
    st.lists(_PARTS, min_size=1, max_size=4).map(" ".join)
    | st.just('Anna "Ann" Holm')
    | st.just("Ólafur Þór")
    | st.just("王 小明"),
    min_size=1,
    max_size=6,
    unique=True,
)
_RESTS = st.sampled_from(
    ["", "until fri flu", "hold=15", "? no", "2026-W47", "xyz\n  xyz", "Quite well", "07:30, 18:00"]
) | st.lists(_PARTS | st.sampled_from(["m", "H", "a", "x"]), max_size=3).map(" ".join)
_LOOKS: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [str, str.upper, str.lower, str.title, fold_name]
)


@st.composite
def _typed(draw: st.DrawFn) -> tuple[tuple[str, ...], str, str, str]:
    """Return names, one of them, a beginning of it as it may be typed, and what follows."""
    names = tuple(draw(_NAMES))
    name = draw(st.sampled_from(names))
    words = name.split()
    taken = draw(st.integers(1, len(words)))
    begun = words[:taken]
    letters = draw(st.integers(1, len(begun[-1])))
    begun[-1] = begun[-1][:letters]
    if not any(char.isalnum() for char in begun[-1]):
        begun[-1] = words[taken - 1]
    if draw(st.booleans()) and letters == 1 and begun[-1].isalpha():
        begun[-1] += "."
    return names, name, draw(_LOOKS)(" ".join(begun)), draw(_RESTS)


@given(_typed())
@example((("Anna", "Anna Maria"), "Anna Maria", "Anna M", "seen by a doctor"))
@example((("Anna Maria", "Anna"), "Anna", "Anna", "Maria is well"))
@example((("Runa Holm",), "Runa Holm", "Runa H.", "how are you"))
def test_f86_any_beginning_of_any_name(typed: tuple[tuple[str, ...], str, str, str]) -> None:
    """It is that person with that rest, alone or among others; never somebody of a shorter name.

    But two things go before: who is called just as it was typed, and a longer name that the words
    surely are, with what seemed to be the rest.
    """
    names, name, begun, rest = typed
    words = f"{begun} {rest}".strip()
    found = read(names, words)
    assert found
    if (name, rest) in found:
        return
    taken = len(begun.split())
    longest = readings(names, words)
    longer = [one for one in longest if one.taken > taken]
    just_so = [one for one in longest if one.taken == taken and _is(names[one.index], begun)]
    assert longer or just_so


@given(_typed())
def test_f86_no_shorter_fit_while_a_longer_one_exists(
    typed: tuple[tuple[str, ...], str, str, str],
) -> None:
    """What is taken without a question is a longest way to read the words."""
    names, _name, begun, rest = typed
    words = f"{begun} {rest}".strip()
    found = readings(names, words)
    if len(found) == 1:
        assert found[0].taken == all_readings(names, words)[0].taken


def _is(name: str, typed: str) -> bool:
    return _letters(name) == _letters(typed)


def _letters(text: str) -> str:
    return "".join(char for char in fold_name(text) if char.isalnum())


def test_f86_of_equally_long_ones_who_is_called_just_so_comes_alone() -> None:
    """Also among the readings that a command can do something with."""
    names = ("Anna", "Anna Maria")
    found = all_readings(names, "Anna Kim")
    assert [names[one.index] for one in called(names, found, "Anna Kim")] == ["Anna"]
