"""/summary: a week told again, and when it comes by itself; an admin sets that for coaches."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.coaching.weekly import flow, pages
from bot.coaching.weekly.messages import (
    SummaryOfNobody,
    SummaryProblem,
    SummaryTimeSet,
    SummaryTimeShown,
)
from bot.coaching.weekly.parse import week_of, wish_of
from bot.conversation import which, who
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.conversation.pending_input import Takes
from bot.conversation.schedule_input import fold_answer
from bot.programme import summary_schedule
from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.weeks import IsoWeek, SummaryTime, last_day, week_told
from bot.store import people, summaries
from bot.store.summaries import Days
from bot.store.tables import PersonRow, Role, SummaryRow

COMMAND = "summary"
_NOW, _LAST, _TODAY = "now", "last", "today"
_SHOWS = frozenset({_NOW, _LAST, _TODAY, "this week"})


def summary(turn: Interaction, words: str) -> None:
    """/summary [now | today | last | 2026-W47 | mon 07:00 | on | off]; an admin: COACH before."""
    try:
        _summary(turn, words.strip())
    except InputError as why:
        turn.answer()
        turn.say(SummaryProblem(str(why)))


def _summary(turn: Interaction, words: str) -> None:
    coach, mine = Role.COACH in turn.who.roles, who.mine(words)
    if coach and not words:
        _home(turn, turn.person_id)
    elif coach and mine is not None:
        _own(turn, mine)
    elif coach and not _names_coach(turn, words):
        _own(turn, words)
    elif coach and not words.startswith("#") and _reads(turn, words):
        who.ask_whose(turn, COMMAND, words, _coaches(turn))
    else:
        found = who.one_of(turn, COMMAND, words, _coaches(turn))
        if found is not None:
            _of_coach(turn, found.id, found.rest)


def _coaches(turn: Interaction) -> list[PersonRow]:
    """Return the coaches whose summary this person may set."""
    everyone = people.with_role(turn.db, Role.COACH)
    if Role.ADMIN in turn.who.roles:
        return everyone
    return [one for one in everyone if one.id == turn.person_id]


def _names_coach(turn: Interaction, words: str) -> bool:
    if words.startswith("#"):
        return True
    return Role.ADMIN in turn.who.roles and who.fits(_coaches(turn), words)


def _reads(turn: Interaction, words: str) -> bool:
    """Whether the words say something about one's own summary."""
    try:
        return fold_answer(words) in _SHOWS or bool(week_of(words, _today(turn)) or wish_of(words))
    except WhichError:
        return True
    except InputError:
        return False


def _own(turn: Interaction, words: str) -> None:
    folded = _NOW if fold_answer(words) == "this week" else fold_answer(words)
    week = week_of(words, _today(turn))
    if folded == _NOW:
        _tell_so_far(turn)
    elif folded == _LAST:
        _tell_last(turn)
    elif folded == _TODAY:
        _tell_seven(turn, turn.now, None)
    elif week is not None:
        _tell_week(turn, week)
    else:
        _set(turn, turn.person_id, words)


def _of_coach(turn: Interaction, coach_id: int, words: str) -> None:
    if words:
        _set(turn, coach_id, words)
    else:
        _home(turn, coach_id)


# ---- when it comes --------------------------------------------------------------------


def _home(turn: Interaction, coach_id: int) -> None:
    turn.answer()
    turn.show(_shown(turn, coach_id))


def _set(turn: Interaction, coach_id: int, words: str) -> None:
    try:
        wish = wish_of(words)
    except WhichError as why:
        which.ask(turn, COMMAND, why, coach_id, takes=Takes.TIMES)
        return
    before, after = summary_schedule.change(turn.db, coach_id, wish, turn.now, actor=turn.person_id)
    said = _changed(_shown(turn, coach_id), before, after)
    turn.answer()
    turn.show(said)
    if coach_id != turn.person_id and before != after:
        coach = people.person(turn.db, coach_id)
        told = replace(said, own=True, by=turn.who.name, my_zone=coach.zone)
        key = f"u{turn.update_id}:summary_time"
        post(turn.db, coach.telegram_id, Say(told), turn.now, key=key)


def _shown(turn: Interaction, coach_id: int) -> SummaryTimeShown:
    """Return whose summary it is and when the next one comes; both zones, where they differ."""
    row, coach = (
        summary_schedule.of_coach(turn.db, coach_id, turn.now),
        people.person(turn.db, coach_id),
    )
    return SummaryTimeShown(
        coach_id=coach_id,
        name=coach.name,
        own=coach_id == turn.person_id,
        when=summary_schedule.say(row),
        next_at=row.summary_due_at,
        zone=coach.zone,
        my_zone=people.person(turn.db, turn.person_id).zone,
        athletes=len(people.athletes(turn.db, coach_id)),
    )


def _changed(shown: SummaryTimeShown, before: str, after: str) -> SummaryTimeSet:
    return SummaryTimeSet(
        coach_id=shown.coach_id,
        name=shown.name,
        own=shown.own,
        when=shown.when,
        next_at=shown.next_at,
        zone=shown.zone,
        my_zone=shown.my_zone,
        athletes=shown.athletes,
        before=before,
        after=after,
    )


# ---- a week told again ----------------------------------------------------------------


def _tell_so_far(turn: Interaction) -> None:
    """Tell this week up to now, today included."""
    athletes = people.athletes(turn.db, turn.person_id)
    found = flow.this_week(athletes, turn.now)
    _tell(turn, athletes, found, _today(turn), week=None, so_far=True)


def _tell_last(turn: Interaction) -> None:
    """Tell the newest summary again; before the first one, the newest week that is over."""
    row = summaries.newest(turn.db, turn.person_id)
    if row is not None:
        _tell_row(turn, row)
        return
    as_of, zone = _time(turn).newest(turn.now), _me(turn).zone
    _tell_seven(turn, as_of, str(week_told(as_of, zone)))


def _tell_week(turn: Interaction, week: IsoWeek) -> None:
    """Tell a week: as it was told, or as it would have been. Raises InputError while it runs."""
    row = summaries.of_week(turn.db, turn.person_id, str(week))
    if row is not None:
        _tell_row(turn, row)
        return
    as_of = _time(turn).of_week(week)
    if as_of > turn.now:
        raise InputError(f"{week} is not over yet. Write /summary now for this week so far.")
    _tell_seven(turn, as_of, str(week))


def _tell_row(turn: Interaction, row: SummaryRow) -> None:
    """Tell the days of a summary again; one that has not arrived is no repeat."""
    athletes, last = (
        people.athletes(turn.db, turn.person_id),
        last_day(row.as_of, _me(turn).zone),
    )
    found = flow.days_told(turn.db, row, athletes)
    heard = row.told_at is not None
    summary = None if heard else row.id
    _tell(turn, athletes, found, last, week=row.week, repeat=heard, summary=summary)


def _tell_seven(turn: Interaction, as_of: datetime, week: str | None) -> None:
    """Tell the seven days that were over then."""
    athletes = people.athletes(turn.db, turn.person_id)
    _tell(
        turn, athletes, flow.last_seven(athletes, as_of), last_day(as_of, _me(turn).zone), week=week
    )


def _tell(
    turn: Interaction,
    athletes: Sequence[PersonRow],
    found: Mapping[int, Days],
    last: date,
    *,
    week: str | None,
    so_far: bool = False,
    repeat: bool = False,
    summary: int | None = None,
) -> None:
    turn.answer()
    if not athletes:
        turn.say(SummaryOfNobody())
        return
    turn.send(
        pages.first(
            turn.db,
            _me(turn),
            athletes,
            found,
            last,
            turn.now,
            week=week,
            so_far=so_far,
            repeat=repeat,
            summary=summary,
        )
    )


def _me(turn: Interaction) -> PersonRow:
    return people.person(turn.db, turn.person_id)


def _time(turn: Interaction) -> SummaryTime:
    row = summary_schedule.of_coach(turn.db, turn.person_id, turn.now)
    return summary_schedule.time_of(row, _me(turn))


def _today(turn: Interaction) -> date:
    return local(turn.now, _me(turn).zone).date()
