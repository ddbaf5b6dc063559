"""A name is found in a text however it is written, and nobody else's is taken for it."""

import json
import unicodedata
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

from bot.store.mentions import GONE, Mention, masked_json

NAMES: Final = (
    "Åsa Ørsted",
    "İnci Işık",
    "Σωκράτης Παπάς",
    "Runa Holm",
    "José Ñandú",
    "O'Neil Straße",
    "Anna-Maria Łuk",
    "Ана Ковач",
    "田中 花子",
    "สมชาย ใจดี",
    "김하늘",
    "محمد علي",
    "🦊",
)
WAYS: Final[dict[str, Callable[[str], str]]] = {
    "as it is": str,
    "upper": str.upper,
    "lower": str.lower,
    "casefold": str.casefold,
    "title": str.title,
    "swapped": str.swapcase,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "composed": lambda name: unicodedata.normalize("NFC", name),
    "two spaces": lambda name: name.replace(" ", "  "),
    "a hyphen": lambda name: name.replace(" ", "-"),
}
"""How others write a name."""
AROUND: Final = ("{}", "/say {} hello", "“{}”", "{}!", "with {}, then", "({})", "_{}_", "a\n{}\nb")


@given(st.sampled_from(NAMES), st.sampled_from(sorted(WAYS)), st.sampled_from(AROUND))
def test_f141_a_name_is_found_however_it_is_written(name: str, way: str, around: str) -> None:
    """And taken out whole, and nothing else with it."""
    text, mention = around.format(WAYS[way](name)), Mention(name)
    assert mention.found(text)
    assert mention.masked(text) == around.format(GONE)
    assert mention.touches(text)
    assert mention.touches(json.dumps(text))


@given(st.text(), st.sampled_from(NAMES), st.text())
def test_f141_what_is_left_has_no_name(before: str, name: str, after: str) -> None:
    """Whatever stands around it."""
    mention = Mention(name)
    assert not mention.found(mention.masked(f"{before} {name} {after}"))


@given(st.lists(st.sampled_from(NAMES), max_size=3), st.text(max_size=40))
def test_f141_what_names_nobody_stays_as_it_is(others: list[str], text: str) -> None:
    """Letter for letter."""
    mention = Mention("Runa Holm", others)
    assume(not mention.found(text))
    assert mention.masked(text) == text


@pytest.mark.parametrize(
    ("name", "others", "text", "left"),
    [
        ("Anna", ["Anna Maria"], "Anna, Anna Maria, Annabel", "…, Anna Maria, Annabel"),
        ("Maria", ["Anna-Maria"], "Anna Maria and maria", "Anna Maria and …"),
        ("Anna Maria", ["Anna"], "Anna and anna maria", "Anna and …"),
        ("Asa", ["Åsa"], "asa and Åsa", "… and Åsa"),
        ("Runa Holm", ["runa HOLM"], "Runa Holm", "Runa Holm"),
        ("Jo", [], "Join Jo. Joachim", "Join …. Joachim"),
        ("田中", [], "田中さん", "…さん"),
    ],
)
def test_f141_other_names_stay(name: str, others: list[str], text: str, left: str) -> None:
    """A longer name of somebody else, a name that only accents tell apart, the very same name."""
    assert Mention(name, others).masked(text) == left


def test_f141_a_part_of_a_name_may_mean_the_person() -> None:
    """What coaches type is forgotten where it may: it is kept for a week and never read again."""
    mention = Mention("Åsa Ørsted", ["Asa Berg"])
    assert mention.touches("/say asa hi")
    assert mention.touches("/unlock ORSTED")
    assert not mention.touches("/say Asal hi")


TEXTS: Final = Table("texts", MetaData(), Column("text", String))


@given(
    st.sampled_from(NAMES),
    st.sampled_from(sorted(WAYS)),
    st.sampled_from(AROUND),
    st.sampled_from(("plain", "json", "ascii")),
)
def test_f141_the_database_finds_every_row(name: str, way: str, around: str, form: str) -> None:
    """The condition by which rows are looked for leaves out none with the name."""
    text = around.format(WAYS[way](name))
    if form != "plain":
        text = json.dumps({"name": text}, ensure_ascii=form == "ascii")
    mention, engine = Mention(name), create_engine("sqlite://")
    with engine.begin() as connection:
        TEXTS.create(connection)
        connection.execute(insert(TEXTS).values(text=text))
        for condition in (mention.maybe(TEXTS.c.text), mention.maybe_touches(TEXTS.c.text)):
            assert connection.execute(select(TEXTS.c.text).where(condition)).scalars().all()


def test_f141_in_json_only_words_of_people_are_touched() -> None:
    """A zone is no name, though somebody may be called like its city."""
    body = {"zone": "Europe/Paris", "rows": [{"text": "with Paris", "n": 1}], "name": "Jo"}
    left = json.loads(
        masked_json(Mention("Paris").masked, json.dumps(body), frozenset({"text", "name"}))
    )
    assert left == {**body, "rows": [{"text": "with …", "n": 1}]}


@pytest.mark.parametrize(
    ("name", "others", "text", "left"),
    [
        ("Runa Holm", [], "away with Runa, says RUNA HOLM", "away with …, says …"),
        ("Runa Holm", [], "Holm’s knee; Runas, Holmes", "…’s knee; Runas, Holmes"),
        ("Åsa Ørsted", [], "as Åsa and ASA said", "as … and … said"),
        ("Ана Ковач", [], "рядом с Ана", "рядом с …"),
        ("田中 花子", [], "花子 came", "花子 came"),
        ("Runa Holm", ["Runa Berg"], "Runa or Holm", "Runa or …"),
        ("Runa Holm", ["runa"], "Runa Holm, Runa", "…, Runa"),
        ("May Will", [], "May rest. Will call in May", "May rest. Will call in May"),
        ("Runa Grün", [], "a runa of grün", "a runa of grün"),
        ("Bo Li", [], "Bo came", "Bo came"),
        ("Runa Holm", ["Runa Holm"], "Runa Holm and Runa", "Runa Holm and Runa"),
    ],
)
def test_f141_a_part_of_a_name_that_is_nobody_elses(
    name: str, others: list[str], text: str, left: str
) -> None:
    """With a capital, and of three letters; ordinary words stay, and what others are called."""
    assert Mention(name, others).masked_in_parts(text) == left
