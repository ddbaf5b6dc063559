"""How exercises read: their pictures' captions, the chooser, the quiz, a coach's own picture."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Final

import pytest

from bot.conversation.message import Message, Reply, Say
from bot.conversation.screen import Screen
from bot.dispatch import registry
from bot.drawings.files import Drawing
from bot.programme.exercises.messages import (
    ExerciseShown,
    ExercisesShown,
    Filters,
    OwnPictureAsked,
    OwnPictureGone,
    OwnPictureKept,
)
from bot.programme.plan.messages import PlanChangedForYou
from bot.protocol.dose.dose import Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor, Target
from bot.telegram.renderer import look
from bot.training.pictures.messages import HowTo, OwnPictureLost
from bot.training.pictures.words import own_caption
from bot.training.quiz.messages import QuizAsked, QuizOffered
from bot.training.quiz.questions import QUESTIONS
from bot.training.reminders.messages import NoBand
from tests.chat.plainly import GOLDEN, Golden, plain

NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
LONGEST: Final = 1024
"""Telegram's limit for a caption, in characters as they are read."""
NAME: Final = "Runa <Holm>"
HOW: Final = HowTo(12, "H1", Side.LEFT, Anchor.BEHIND)
SHEET: Final = ExercisesShown(athlete_id=12, name=NAME, current="H1", filters=Filters())
ONE: Final = ExerciseShown(
    athlete_id=12,
    name=NAME,
    current="H1",
    exercise="H1",
    side=Side.LEFT,
    anchor=Anchor.BEHIND,
    ticked=False,
    in_use=False,
    own=False,
)
FLAGGED: Final = replace(ONE, exercise="H10")

SAID: Final[dict[str, Message | Reply]] = {
    **{f"how_{one.lower()}": replace(HOW, exercise=one) for one in CATALOGUE},
    "how_front": replace(HOW, anchor=Anchor.FRONT),
    "how_side_both": replace(HOW, anchor=Anchor.SIDE, side=Side.BOTH),
    "how_new": replace(HOW, new=True, side=Side.RIGHT),
    "how_to_the_coach": replace(HOW, name=NAME),
    "sheet": SHEET,
    "sheet_for_nobody": ExercisesShown(filters=Filters()),
    "sheet_filtered": replace(SHEET, filters=Filters(Target.UPPER, glute=True, standing=True)),
    "sheet_of_none": replace(SHEET, filters=Filters(Target.LOWER, glute=True, standing=True)),
    "sheet_not_known": replace(SHEET, wanted="fly <high>"),
    "one": ONE,
    "one_in_use_own": replace(ONE, in_use=True, own=True),
    "one_front": replace(ONE, anchor=Anchor.FRONT, side=Side.BOTH),
    "one_flagged": FLAGGED,
    "one_ticked": replace(FLAGGED, ticked=True),
    "one_later": replace(ONE, exercise="H16"),
    "one_for_nobody": replace(ONE, athlete_id=None, name="", current=None),
    "own_asked": OwnPictureAsked(12, NAME, "H1"),
    "own_asked_again": OwnPictureAsked(12, NAME, "H1", again=True),
    "own_kept": OwnPictureKept(12, NAME, "H3", told=False),
    "own_kept_told": OwnPictureKept(12, NAME, "H3", told=True),
    "own_gone": OwnPictureGone(12, NAME, "H3"),
    "own_lost": OwnPictureLost(12, NAME, "H3"),
    "no_band": NoBand(31, "H3", 5, 10, 1, "left", "Europe/Berlin"),
    "no_band_of_two": NoBand(31, "H3", 8, 10, 2, "both", "Europe/Berlin", NOW),
    "quiz_offered": QuizOffered(),
    "quiz_1": QuizAsked(0),
    "quiz_2_right": QuizAsked(1, 1, "H10"),
    "quiz_3_wrong": QuizAsked(2, 1, "H2"),
    "quiz_over": QuizAsked(3, 2, "H6"),
    "plan_changed": PlanChangedForYou(
        "Kim", {"exercise": ("H1", "H3"), "band_anchor": ("behind", "side")}
    ),
}


def shown(said: Message | Reply) -> Screen:
    """Return how something looks."""
    return look(said if isinstance(said, Message) else Say(said), NOW)


@pytest.mark.parametrize("name", SAID)
def test_it_reads_as_agreed(name: str, golden: Golden) -> None:
    """For a person to read."""
    golden(f"exercise/{name}", shown(SAID[name]))


def test_no_golden_file_is_left_over() -> None:
    """A message that is gone leaves none behind."""
    assert {path.stem for path in (GOLDEN / "exercise").iterdir()} == set(SAID)


@pytest.mark.parametrize(("exercise", "side", "anchor"), [*product(CATALOGUE, Side, Anchor)])
def test_captions_fit(exercise: str, side: Side, anchor: Anchor) -> None:
    """Of every picture, with names as long as they may be, and every number of it is explained."""
    long = "Konstantinopolitanische " * 3
    how = HowTo(12, exercise, side, anchor, new=True, name=long)
    one = replace(
        ONE, name=long, exercise=exercise, side=side, anchor=anchor, in_use=True, own=True
    )
    captions = [shown(how).text, own_caption(how, long), shown(one).text]
    assert max(len(plain(text)) for text in captions) <= LONGEST
    for text in (captions[0], captions[2]):
        assert all(f"\n{number}  " in text for number in (1, 2, 3))
    assert shown(how).picture == Drawing.of(exercise, side, anchor)


def test_sheets_fit() -> None:
    """With every filter, and words that name nothing."""
    for target, glute, standing in product([None, *Target], (False, True), (False, True)):
        said = replace(SHEET, filters=Filters(target, glute, standing), wanted="w" * 60)
        assert len(plain(shown(said).text)) <= LONGEST


def test_the_quiz_asks_the_methods_questions() -> None:
    """Each has one answer among its four, which is flagged so; all have words."""
    assert [one.flag for one in QUESTIONS] == ["i", "ii", "iii"]
    for question in QUESTIONS:
        flagged = [one for one in question.choices if question.flag in CATALOGUE[one].flags]
        assert flagged == [question.answer]
    kinds = {type(said) for said in SAID.values() if isinstance(said, Reply)}
    assert kinds <= registry.WORDS.kinds
