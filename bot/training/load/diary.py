"""The diary of load: an athlete notes what was done, by a line or by taps, and changes it.

A line that was begun is completed by its buttons and by what is typed: it is read again as a whole.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlmodel import Session as Db

from bot.conversation import which
from bot.conversation.common.messages import SavedAlready
from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply
from bot.conversation.pending_input import Takes
from bot.conversation.pressed import pressed
from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.load.activities import Activity
from bot.protocol.load.advice import Advice
from bot.protocol.load.entries import LATEST, MAX_MINUTES, Extra, LoadEntry, LoadKind
from bot.protocol.load.parse_entry import TypedEntry, begins_entry, parse_effort, parse_entry, said
from bot.store import load as rows_of
from bot.store.tables import LoadEntryRow
from bot.training import coming_mornings
from bot.training.load import consent, overview, tips
from bot.training.load.lines import RATE, day_named, problem, today_of
from bot.training.load.messages import (
    LoadChanged,
    LoadKindAsked,
    LoadMinutesAsked,
    LoadNotRead,
    LoadSaved,
    LoadShown,
    LoadTakenBack,
)

NAME: Final = "load"
TWICE: Final = timedelta(minutes=1)
"""The same line within so long is one entry: a button was pressed twice."""
_OTHER: Final = "other?"
_TAKEN: Final = "Something is noted for that day. Take that back first: /load"
_MINE: Final = (LoadShown, LoadKindAsked, LoadMinutesAsked, LoadSaved, LoadTakenBack)
"""Messages of the diary: what follows takes their place. Others stay as they are."""


def load(turn: Interaction, words: str, message_id: int | None = None) -> None:
    """Show the last days; or note the line, or ask for what of it is missing."""
    if not consent.is_given(turn):
        return
    today, rate = today_of(turn), RATE.fullmatch(words)
    if rate is not None:
        _rate(turn, int(rate[1]), rate[2])
        return
    if not words:
        _show(turn, overview.shown(turn.db, turn.person_id, today))
        return
    day = None if begins_entry(words) else day_named(words.removesuffix(_OTHER).strip(), today)
    if day is not None:
        _show(turn, LoadKindAsked(day, today, words.endswith(_OTHER)))
        return
    try:
        typed = parse_entry(words, today)
    except WhichError as why:
        which.ask(turn, NAME, why, takes=Takes.LISTED)
    except InputError as why:
        _show(turn, LoadNotRead(str(why)))
    else:
        _take(turn, words, typed, today, message_id)


def typed(turn: Interaction, text: str, message_id: int | None) -> bool:
    """Take a text that looks like a line of the diary; False for any other, and for other words."""
    if not begins_entry(text) or problem(turn, text):
        return False
    load(turn, text, message_id)
    return True


def edited(turn: Interaction, text: str, message_id: int | None) -> bool:
    """Take an edited message that was a line of the diary: what it says now stands in its place."""
    row = None if message_id is None else rows_of.of_message(turn.db, turn.person_id, message_id)
    if row is None:
        return False
    if not consent.is_given(turn):
        return True
    today = today_of(turn)
    try:
        typed = parse_entry(text, today)
    except InputError as why:
        turn.say(LoadNotRead(str(why)))
        return True
    entry = typed.entry(row.local_date)
    if entry.kind is not LoadKind.NONE and entry.minutes is None:
        entry = replace(entry, minutes=row.minutes)
    if rows_of.entry_of(row) == entry and not row.gone:
        turn.say(SavedAlready())
    elif entry.kind is not LoadKind.NONE and entry.minutes is None:  # it was "none" before
        _take(turn, text, replace(typed, day=entry.day), today, message_id)
    else:
        _keep(turn, entry, today, message_id, instead=row)
    return True


def _take(
    turn: Interaction, words: str, typed: TypedEntry, today: date, message_id: int | None
) -> None:
    entry = typed.entry(today)
    if typed.is_whole:
        _keep(turn, entry, today, message_id)
        return
    so_far = " ".join(said(replace(typed, day=entry.day)))
    so_far += " long" if "long" in words.split() else ""
    _show(turn, LoadMinutesAsked(so_far, typed.kind, entry.day, today))
    which.await_choice(turn, NAME, (), Takes.NUMBER, so_far)


def _keep(
    turn: Interaction,
    entry: LoadEntry,
    today: date,
    message_id: int | None,
    *,
    instead: LoadEntryRow | None = None,
) -> None:
    """Keep an entry and say so, perhaps in the place of another, which stays if it is refused."""
    db, me = turn.db, turn.person_id
    twice = rows_of.just_noted(db, me, entry, turn.now, TWICE)
    if twice is None and entry.kind is LoadKind.NONE and _is_taken(db, me, entry.day, instead):
        _show(turn, LoadNotRead(_TAKEN))
        return
    if instead is not None:
        _put_away(turn, instead)
    if twice is not None:
        say_saved(turn, twice, today, again=True)
        return
    entry = replace(entry, extras=entry.extras | put_nothing_away(db, me, entry.day))
    row = rows_of.keep(db, me, entry, turn.now, message_id=message_id)
    expect_morning(turn, row)
    say_saved(turn, row, today, tip=tips.after_run(db, me, entry, turn.now))


def _is_taken(db: Db, athlete_id: int, day: date, instead: LoadEntryRow | None) -> bool:
    """Whether something was done that day, so that it cannot have "none"; not by `instead`."""
    that_day = rows_of.rows(db, athlete_id, day, day)
    return any(one is not instead and one.kind != LoadKind.NONE for one in that_day)


def say_saved(turn: Interaction, row: LoadEntryRow, today: date, **more: Any) -> None:
    """Say what is saved; where the effort is missing, a number typed next is taken as it."""
    _show(turn, saved(turn.db, turn.person_id, row, today, **more))
    if row.effort is None and row.kind != LoadKind.NONE:
        which.await_choice(turn, NAME, (), Takes.NUMBER, f"rate {row.id}")


def saved(
    db: Db,
    athlete_id: int,
    row: LoadEntryRow,
    today: date,
    *,
    again: bool = False,
    cut: bool = False,
    tip: Advice | None = None,
    twin: bool = False,
) -> LoadSaved:
    """Return what is said of an entry."""
    assert row.id is not None
    entry = rows_of.entry_of(row)
    return LoadSaved(
        entry=row.id,
        noted=overview.noted(entry),
        today=today,
        again=again,
        cut=cut,
        left_out=overview.left_out(db, athlete_id, entry.extras, entry.day),
        tip=tip,
        twin=twin,
        sportless=row.kind == LoadKind.OTHER and row.seconds is not None,
    )


def put_nothing_away(db: Db, athlete_id: int, day: date) -> frozenset[Extra]:
    """Something was done that day: "none" does not stand any more; return what stood beside it."""
    extras: frozenset[Extra] = frozenset()
    for one in rows_of.rows(db, athlete_id, day, day):
        if one.kind == LoadKind.NONE:
            extras |= rows_of.extras_of(one.extras)
            one.gone = True
            db.add(one)
    db.flush()
    return extras


def expect_morning(turn: Interaction, row: LoadEntryRow) -> None:
    """After a day with something that the tendon feels, the next morning is asked about too."""
    if row.extras:
        coming_mornings.expect_after_load(turn.db, turn.person_id, row.local_date, turn.now)


# ---- changing an entry ------------------------------------------------------------------


def press(turn: Interaction, entry_id: int, what: str) -> None:
    """A button of the diary: minutes of a line, or a change of an entry of one's own.

    What is noted can be taken back whatever is agreed to.
    """
    if what != "undo" and not consent.is_given(turn):
        return
    if what in MINUTES:
        _minutes(turn, what.removeprefix("m"))
        return
    row = _mine(turn, entry_id)
    today = today_of(turn)
    if row is None or today - row.local_date > LATEST or row.gone is not (what == "back"):
        turn.expired()
        return
    _CHANGES.get(what, _with_extra)(turn, row, what)


def _minutes(turn: Interaction, number: str) -> None:
    found = pressed(turn, LoadMinutesAsked)
    if found is None:
        turn.expired()
        return
    load(turn, f"{found[1].words} {number}min")
    turn.answer()


def _mine(turn: Interaction, entry_id: int) -> LoadEntryRow | None:
    row = turn.db.get(LoadEntryRow, entry_id)
    return row if row is not None and row.athlete_id == turn.person_id else None


def _rate(turn: Interaction, entry_id: int, words: str) -> None:
    """A typed effort of an entry."""
    row, effort = _mine(turn, entry_id), parse_effort(words)
    if row is None or row.gone:
        turn.expired()
    elif effort is None:
        turn.say(LoadNotRead("An effort is 0 (none) to 10 (all you have), for example 4."))
    else:
        _rated(turn, row, f"e{effort}")


def _rated(turn: Interaction, row: LoadEntryRow, what: str) -> None:
    row.effort = int(what.removeprefix("e"))
    _changed(turn, row)


def _with_extra(turn: Interaction, row: LoadEntryRow, what: str) -> None:
    extras = rows_of.extras_of(row.extras) ^ {Extra(what)}
    row.extras = rows_of.written(extras)
    _changed(turn, row)


def _undo(turn: Interaction, row: LoadEntryRow, _what: str) -> None:
    _put_away(turn, row)
    turn.answer(LoadChanged())
    assert row.id is not None
    noted = overview.noted(rows_of.entry_of(row))
    _show(turn, LoadTakenBack(row.id, noted, today_of(turn)))


def _back(turn: Interaction, row: LoadEntryRow, _what: str) -> None:
    same = _same_outing(turn.db, row)
    if same is not None:
        turn.answer()
        say_saved(turn, same, today_of(turn), again=True)
    else:
        _stand(turn, row, row.local_date)


def _yesterday(turn: Interaction, row: LoadEntryRow, _what: str) -> None:
    today = today_of(turn)
    if row.local_date != today:
        turn.expired()
        return
    _stand(turn, row, today - timedelta(days=1))


def _stand(turn: Interaction, row: LoadEntryRow, day: date) -> None:
    """Let an entry stand on a day, by the rule of a new one: "none" or something, not both."""
    db, me = turn.db, turn.person_id
    if row.kind == LoadKind.NONE and _is_taken(db, me, day, row):
        turn.answer()
        turn.say(LoadNotRead(_TAKEN))
        return
    if day != row.local_date:
        _put_away(turn, row)
    extras = put_nothing_away(db, me, day) | rows_of.extras_of(row.extras)
    row.local_date, row.gone, row.extras = day, False, rows_of.written(extras)
    _changed(turn, row)


def _same_outing(db: Db, row: LoadEntryRow) -> LoadEntryRow | None:
    """Return the entry that stands and is of the same outing, by a watch's file."""
    if row.seconds is None:
        return None
    outing = Activity(kind=LoadKind(row.kind), started_at=row.started_at, moving_s=row.seconds)
    return rows_of.same_outing(db, row.athlete_id, outing, row.hash or "-")


def _same(turn: Interaction, row: LoadEntryRow, _what: str) -> None:
    """A file tells of what was noted before: that entry goes, what it alone says stays."""
    twin = rows_of.twin(turn.db, row)
    if twin is None:
        turn.expired()
        return
    for name in ("effort", "metres", "climb_m"):
        if getattr(row, name) is None:
            setattr(row, name, getattr(twin, name))
    row.kind = twin.kind if row.kind == LoadKind.OTHER else row.kind
    extras = rows_of.extras_of(row.extras) | rows_of.extras_of(twin.extras)
    row.extras, twin.gone = rows_of.written(extras), True
    turn.db.add(twin)
    _changed(turn, row)


def _run(turn: Interaction, row: LoadEntryRow, _what: str) -> None:
    """A file names no sport, or one that is not known here: it was a run."""
    if row.kind != LoadKind.OTHER or row.seconds is None:
        turn.expired()
        return
    row.kind = LoadKind.RUN
    _changed(turn, row)


def _again(turn: Interaction, row: LoadEntryRow, _what: str) -> None:
    turn.answer()
    say_saved(turn, row, today_of(turn))


_CHANGES: Final = {
    "undo": _undo,
    "back": _back,
    "day": _yesterday,
    "show": _again,
    "same": _same,
    "run": _run,
    **{f"e{effort}": _rated for effort in range(11)},
}
MINUTES: Final = frozenset(f"m{number}" for number in range(1, MAX_MINUTES + 1))
WHAT: Final = frozenset({*_CHANGES, *Extra}) | MINUTES
"""What the second value of a button may be."""


def _changed(turn: Interaction, row: LoadEntryRow) -> None:
    turn.db.add(row)
    turn.db.flush()
    _settle_morning(turn, row)
    turn.answer(LoadChanged())
    before = pressed(turn, LoadSaved)
    kept = {} if before is None else {"cut": before[1].cut, "tip": before[1].tip}
    say_saved(turn, row, today_of(turn), **kept)


def _put_away(turn: Interaction, row: LoadEntryRow) -> None:
    row.gone = True
    turn.db.add(row)
    turn.db.flush()
    _settle_morning(turn, row)


def _settle_morning(turn: Interaction, row: LoadEntryRow) -> None:
    """Ask about the morning after, or not any more, as the day is now."""
    left = rows_of.rows(turn.db, turn.person_id, row.local_date, row.local_date)
    if any(one.extras for one in left):
        coming_mornings.expect_after_load(turn.db, turn.person_id, row.local_date, turn.now)
    else:
        coming_mornings.forget(turn.db, turn.person_id, row.local_date, turn.now)


def _show(turn: Interaction, reply: Reply) -> None:
    """Rewrite the diary's own message whose button was pressed; other messages stay."""
    if any(pressed(turn, kind) is not None for kind in _MINE):
        turn.show(reply)
    else:
        turn.say(reply)
