"""/exercises: the sheet of all holds, one of them, and its way into an athlete's plan."""

import re
from typing import Final

from bot.conversation import pending_input, who
from bot.conversation.interaction import Interaction
from bot.conversation.outgoing import posted
from bot.conversation.pending_input import HalfCommand
from bot.conversation.who import Named
from bot.kept import SentPicture
from bot.programme.exercises.asked import Asked, called, read
from bot.programme.exercises.messages import (
    ExerciseShown,
    ExercisesShown,
    Filters,
    OwnPictureAsked,
    OwnPictureGone,
    OwnPictureKept,
)
from bot.programme.plan import flow as plan
from bot.protocol.dose.dose import Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor
from bot.protocol.dose.parse import CONFIRMED, parse_plan
from bot.store import own_pictures, people, sessions
from bot.training.pictures.messages import HowTo

OWN_PICTURE: Final = "own_picture"
"""The audit row's action, when a coach's own picture is shown or not any more."""
_FOR: Final = re.compile(r"for (H\d{1,2})\b\s*(.*)", re.DOTALL)


def exercises(turn: Interaction, words: str, sent: SentPicture | None = None) -> None:
    """Show the sheet, for the athlete that the words begin with or for nobody; or one exercise.

    `sent` is a photo or video that was asked for.
    """
    chosen = _FOR.fullmatch(words)
    if chosen is not None and chosen[1] in CATALOGUE:
        _for_somebody(turn, chosen[1], chosen[2])
        return
    candidates = who.athletes_of(turn)
    if not words and len(candidates) == 1:
        words = f"#{candidates[0].id}"
    if words.startswith("#") or who.fits(candidates, words):
        named = who.one_of(turn, "exercises", words, candidates)
        if named is not None:
            _about(turn, named, sent)
        return
    asked = read(words) or called(words)
    if isinstance(asked, Asked):
        _show(turn, None, asked)
    else:
        _sheet(turn, None, asked or Filters(), wanted="" if asked else words)


def _for_somebody(turn: Interaction, exercise: str, words: str) -> None:
    """Ask for whom an exercise is, and show it for them."""
    turn.message_id = None  # the sheet is a picture, and the question is none
    before = f"for {exercise}"
    named = who.one_of(turn, "exercises", words, who.athletes_of(turn), before=before)
    if named is not None:
        _show(turn, named, Asked(exercise))


def _about(turn: Interaction, named: Named, sent: SentPicture | None) -> None:
    asked = read(named.rest) or called(named.rest)
    match asked:
        case None:
            _sheet(turn, named, Filters(), wanted=named.rest)
        case Filters():
            _sheet(turn, named, asked)
        case Asked(verb="use"):
            _use(turn, named, asked)
        case Asked(verb="own"):
            _own(turn, named, asked, sent)
        case Asked():
            _show(turn, named, asked)


def _sheet(turn: Interaction, named: Named | None, filters: Filters, *, wanted: str = "") -> None:
    if named is None:
        turn.show(ExercisesShown(filters=filters, wanted=wanted))
        return
    current = people.plan(turn.db, named.id).exercise
    turn.show(
        ExercisesShown(
            athlete_id=named.id,
            name=named.person.name,
            current=current,
            filters=filters,
            wanted=wanted,
        )
    )


def _show(turn: Interaction, named: Named | None, asked: Asked) -> None:
    if named is None:
        turn.show(
            ExerciseShown(
                exercise=asked.exercise,
                side=Side.LEFT,
                anchor=asked.anchor or Anchor.BEHIND,
                ticked=False,
                in_use=False,
                own=False,
            )
        )
        return
    dose = sessions.dose_of(people.plan(turn.db, named.id))
    anchor = asked.anchor or dose.band_anchor
    at_hip = CATALOGUE[asked.exercise].at_hip
    turn.show(
        ExerciseShown(
            athlete_id=named.id,
            name=named.person.name,
            current=dose.exercise,
            exercise=asked.exercise,
            side=dose.side,
            anchor=anchor,
            ticked=asked.ticked,
            in_use=dose.exercise == asked.exercise and (dose.band_anchor == anchor or not at_hip),
            own=own_pictures.shown(turn.db, named.id, asked.exercise) is not None,
        )
    )


def _use(turn: Interaction, named: Named, asked: Asked) -> None:
    """Take an exercise into the plan, as /plan does; a flagged one needs the tick (PROTOCOL 6)."""
    found = CATALOGUE[asked.exercise]
    if found.flags and not asked.ticked:
        _show(turn, named, asked)
        return
    turn.message_id = None  # the plan is a text, and takes no picture's place
    anchor = f" anchor={asked.anchor}" if found.at_hip and asked.anchor else ""
    yes = f" {CONFIRMED}" if asked.ticked else ""
    words = f"exercise={asked.exercise}{anchor}{yes}"
    plan.type_dose(turn, "plan", Named(named.person, words), parse_plan)


# ---- a coach's own picture ------------------------------------------------------------


def _own(turn: Interaction, named: Named, asked: Asked, sent: SentPicture | None) -> None:
    """Ask for a photo or video, keep the one that came, or show the drawing again."""
    turn.message_id = None
    whom = (named.id, named.person.name, asked.exercise)
    if asked.none:
        if own_pictures.forget(turn.db, named.id, asked.exercise) is not None:
            _note(turn, named, before=asked.exercise)
        turn.say(OwnPictureGone(*whom))
    elif sent is None:
        pending_input.wait_for(turn, HalfCommand("exercises", f"#{named.id} own {asked.exercise}"))
        turn.say(OwnPictureAsked(*whom, again=bool(asked.more)))
    else:
        own_pictures.keep(
            turn.db, named.id, asked.exercise, sent.kind, sent.file, turn.now, by=turn.person_id
        )
        _note(turn, named, after=asked.exercise)
        turn.say(OwnPictureKept(*whom, told=_tell(turn, named, asked)))


def _tell(turn: Interaction, named: Named, asked: Asked) -> bool:
    """Show the athlete the new picture, if it is of what the plan asks for."""
    dose = sessions.dose_of(people.plan(turn.db, named.id))
    if dose.exercise != asked.exercise or named.id == turn.person_id:
        return False
    how, key = HowTo.of(named.id, dose), f"u{turn.update_id}:own"
    is_new = posted(turn.db, named.person.telegram_id, how, turn.now, key=key)
    return is_new and named.person.unreachable_since is None


def _note(
    turn: Interaction,
    named: Named,
    *,
    before: str | None = None,
    after: str | None = None,
) -> None:
    people.note(
        turn.db,
        OWN_PICTURE,
        turn.now,
        actor=turn.person_id,
        subject=named.id,
        before=before,
        after=after,
    )
