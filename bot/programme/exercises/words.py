"""How the sheet of exercises looks, and one of them; and what is said of a coach's own picture."""

from datetime import datetime
from typing import Final

from bot.conversation.phrases import FLAGS
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    data,
    esc,
    in_one_line,
    in_rows,
    lines,
    paragraphs,
    sentence,
)
from bot.drawings.files import Drawing, SheetOfAll, sheet_letter
from bot.programme.exercises.asked import NONE, OWN, TICKED, USE, write
from bot.programme.exercises.messages import (
    ExerciseShown,
    ExercisesShown,
    Filters,
    ForWhom,
    OwnPictureAsked,
    OwnPictureGone,
    OwnPictureKept,
)
from bot.protocol.dose.exercises import (
    CATALOGUE,
    Anchor,
    Compression,
    Equipment,
    Exercise,
    Glute,
    Target,
)
from bot.training.pictures.captions import say_points, say_side

WORDS: Final = Words()
_TARGETS: Final = {
    Target.UPPER: "upper hamstring",
    Target.LOWER: "lower hamstring",
    Target.HAMSTRING: "hamstring",
    Target.GLUTE: "glute",
}
_FILTERS: Final = {Target.UPPER: "Upper", Target.LOWER: "Lower", Target.GLUTE: "Glute"}
_GLUTE: Final = {
    Glute.NO: "does not work",
    Glute.MODERATE: "works a little",
    Glute.YES: "works",
    Glute.HIGH: "works hard",
}
_EQUIPMENT: Final = {
    Equipment.TUBING: "tubing",
    Equipment.WALL: "a wall",
    Equipment.MAT: "a mat",
}
_ANCHORS: Final = {Anchor.BEHIND: "Behind", Anchor.FRONT: "In front", Anchor.SIDE: "Side"}
_IN_A_ROW: Final = 5


def _button(said: ForWhom, label: str, *words: str, style: Style | None = None) -> Button:
    """Return a button that types these words after the athlete's name."""
    asked = " ".join(word for word in words if word)
    return Button(label, data("c", "exercises", said.athlete_id or "", asked), style)


# ---- the sheet of all -----------------------------------------------------------------


@WORDS.of(ExercisesShown)
def _sheet(said: ExercisesShown, _now: datetime) -> Screen:
    found = [one for one in CATALOGUE.values() if said.filters.passes(one)]
    whom = f" for {esc(said.name)}" if said.name else ""
    text = paragraphs(
        f"I know no exercise called “{esc(said.wanted)}”. Tap one." if said.wanted else "",
        lines(
            f"<b>Exercises{whom}</b>",
            "After each: how much it presses on the tendon, and what it needs.",
            *(_line(said, one) for one in found),
        )
        if found
        else f"<b>Exercises{whom}</b>\nNo exercise fits all of these. Turn a filter off.",
    )
    letters = [_button(said, sheet_letter(one.id), one.id) for one in found]
    rows = (*_filter_rows(said), *in_rows(letters, _IN_A_ROW))
    return Screen(text=text, picture=SheetOfAll(), rows=rows)


def _line(said: ExercisesShown, one: Exercise) -> str:
    """Return an exercise in a line: its letter, its name, compression, equipment."""
    name = sentence(one.name.partition(",")[0])
    pressure = "no pressure" if one.compression is Compression.NONE else str(one.compression)
    notes = [name, pressure, ", ".join(_EQUIPMENT[thing] for thing in one.equipment)]
    notes += ["not advised"] * bool(one.flags) + ["now"] * (one.id == said.current)
    return f"<b>{sheet_letter(one.id)}</b> {' · '.join(note for note in notes if note)}"


def _filter_rows(said: ExercisesShown) -> tuple[Row, ...]:
    now = said.filters
    targets = tuple(
        _toggle(
            said,
            label,
            Filters(None if now.target is one else one, now.glute, now.standing),
            on=now.target is one,
        )
        for one, label in _FILTERS.items()
    )
    others = (
        _toggle(
            said, "Glute works", Filters(now.target, not now.glute, now.standing), on=now.glute
        ),
        _toggle(
            said, "Standing", Filters(now.target, now.glute, not now.standing), on=now.standing
        ),
    )
    return targets, others


def _toggle(said: ExercisesShown, label: str, filters: Filters, *, on: bool) -> Button:
    return _button(said, f"✓ {label}" if on else label, write(filters))


# ---- one exercise ---------------------------------------------------------------------


@WORDS.of(ExerciseShown)
def _exercise(said: ExerciseShown, _now: datetime) -> Screen:
    one = CATALOGUE[said.exercise]
    text = paragraphs(
        f"<b>{sheet_letter(one.id)} {esc(sentence(one.name))}</b>\n{say_side(said.side)}",
        say_points(one.id, said.anchor),
        lines(*_facts(one)),
        _flagged(one),
        _about(said),
    )
    picture = Drawing.of(one.id, said.side, said.anchor)
    return Screen(text=text, picture=picture, rows=_rows(said, one))


def _facts(one: Exercise) -> list[str]:
    needs = " and ".join(_EQUIPMENT[thing] for thing in one.equipment)
    target = " and ".join(_TARGETS[part] for part in one.target)
    position = "done standing" if one.standing else "not done standing"
    return [
        f"For the {target}; the glute {_GLUTE[one.glute]}; {position}.",
        f"Compression {one.compression}; needs {needs or 'nothing'}.",
        "For a later stage, not the first." if one.stage > 1 else "",
        _ways(one),
    ]


def _ways(one: Exercise) -> str:
    """Return the letters of easier and harder exercises."""
    easier, harder = (
        " or ".join(sheet_letter(other) for other in found)
        for found in (one.regress_to, one.progress_to)
    )
    ways = [f"Easier: {easier}."] * bool(easier) + [f"Harder: {harder}."] * bool(harder)
    return " ".join(ways)


def _flagged(one: Exercise) -> str:
    if not one.flags:
        return ""
    return f"<b>The method advises against it:</b> {'; '.join(FLAGS[flag] for flag in one.flags)}."


def _about(said: ExerciseShown) -> str:
    name = esc(said.name)
    return lines(
        f"This is in {name}’s plan." if said.in_use else "",
        f"{name} sees a coach’s own picture of it, not this drawing." if said.own else "",
    )


def _rows(said: ExerciseShown, one: Exercise) -> tuple[Row, ...]:
    anchor, tick = said.anchor if one.at_hip else "", TICKED if said.ticked else ""
    anchors = tuple(
        _button(said, f"✓ {label}" if at is said.anchor else label, one.id, at, tick)
        for at, label in _ANCHORS.items()
    )
    rows = [anchors] if one.at_hip else []
    if said.athlete_id is None:
        rows.append((_button(said, "Use for …", "for", one.id),))
    else:
        rows += _for_one(said, one, anchor, tick)
    return (*rows, (_button(said, "‹ All exercises"),))


def _for_one(said: ExerciseShown, one: Exercise, anchor: str, tick: str) -> list[Row]:
    found: list[Row] = []
    if not said.in_use and one.flags:
        box = "☑ I have read this" if said.ticked else "☐ I have read this"
        found.append((_button(said, box, one.id, anchor, "" if said.ticked else TICKED),))
    if not said.in_use and (said.ticked or not one.flags):
        label = in_one_line(f"Use for {said.name}")
        use = _button(said, label, USE, one.id, anchor, tick, style=Style.PRIMARY)
        found.append((use,))
    own = _button(said, "Send my own picture", OWN, one.id)
    drawing = _button(said, "Show the drawing again", OWN, one.id, NONE)
    return [*found, (own,), *([(drawing,)] if said.own else [])]


# ---- a coach's own picture ------------------------------------------------------------


@WORDS.of(OwnPictureAsked)
def _asked(said: OwnPictureAsked, _now: datetime) -> Screen:
    name, exercise = esc(said.name), esc(CATALOGUE[said.exercise].name)
    text = paragraphs(
        "That was no photo or video; nothing is changed." if said.again else "",
        f"Send me a photo or video of this now, for {name}: {exercise}. {name} sees it "
        "instead of the drawing.",
        "Send only people who agreed to be seen. I keep no copy: it stays with Telegram. To "
        "change nothing, write: cancel.",
    )
    return Screen(text=text)


@WORDS.of(OwnPictureKept)
def _kept(said: OwnPictureKept, _now: datetime) -> Screen:
    name, exercise = esc(said.name), esc(CATALOGUE[said.exercise].name)
    when = "I am sending it now." if said.told else "It is shown with the next “How”."
    whom = ForWhom(athlete_id=said.athlete_id)
    again = _button(whom, "Show the drawing again", OWN, said.exercise, NONE)
    return Screen(
        text=f"Saved. {name} sees your picture of this from now on: {exercise}. {when}",
        rows=((again,),),
    )


@WORDS.of(OwnPictureGone)
def _gone(said: OwnPictureGone, _now: datetime) -> Screen:
    exercise = esc(CATALOGUE[said.exercise].name)
    return Screen(text=f"{esc(said.name)} sees the drawing of this again: {exercise}.")
