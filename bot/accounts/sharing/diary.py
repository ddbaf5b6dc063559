"""Sharing the diary with a coach, where an older text was agreed to: asked once, changed any time.

The texts before this one said nothing of the diary. Who agreed to one of them is asked by day, in
a message of its own; until the answer the coach sees nothing of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, or_, select

from bot.accounts.sharing import consents
from bot.accounts.sharing.messages import DiaryOfCoach, DiaryQuestion, DiarySharing
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.calendar.quiet_hours import release_at
from bot.store import agreed, people, sessions
from bot.store.tables import AssignmentRow, AthleteRow, PersonRow
from bot.training import occurrences

SHARE: Final = "diary"
KEEP: Final = "nodiary"
"""What a button of /coach says, before the version of the text it stood under."""
AT_ONCE: Final = 100
"""So many are asked in an hour at most: nobody's cue waits for that."""
APART: Final = timedelta(seconds=1)
"""So long after the one before the next is asked."""
_LOOKED_AT: Final = 5 * AT_ONCE
"""Of these some sleep or train just now."""


def ask_all(db: Db, now: datetime) -> None:
    """Ask whoever is to be asked, each once about each coach; at most `AT_ONCE` from now on.

    Whose night it is, who trains, and who has graver questions open is asked later. After an update
    that is everybody: they are asked one after the other, so that no answer waits behind them.
    """
    asked = 0
    for row, athlete, person in _not_asked(db):
        if asked >= AT_ONCE:
            return
        due = now + asked * APART
        if _is_disturbed(db, athlete, person, due):
            continue
        coach = people.person(db, row.coach_id)
        key = f"diary:{row.athlete_id}:{row.coach_id}:{agreed.SHARING}"
        post(db, person.telegram_id, Say(_question(row, coach)), now, key=key, due=due)
        row.diary_asked = agreed.SHARING
        db.add(row)
        asked += 1
    db.flush()


def _not_asked(db: Db) -> Sequence[tuple[AssignmentRow, AthleteRow, PersonRow]]:
    row = AssignmentRow
    query = (
        select(row, AthleteRow, PersonRow)
        .join(AthleteRow, col(AthleteRow.person_id) == col(row.athlete_id))
        .join(PersonRow, col(PersonRow.id) == col(row.athlete_id))
        .where(
            agreed.is_shared(),
            or_(col(row.consent_version).is_(None), col(row.consent_version) != agreed.SHARING),
            or_(col(row.diary_asked).is_(None), col(row.diary_asked) != agreed.SHARING),
            col(AthleteRow.erase_at).is_(None),
            col(AthleteRow.screen_open_at).is_(None),
            col(PersonRow.telegram_id).is_not(None),
            col(PersonRow.unreachable_since).is_(None),
        )
    )
    ordered = query.order_by(col(row.athlete_id), col(row.coach_id))
    return db.exec(ordered.limit(_LOOKED_AT)).all()


def _is_disturbed(db: Db, athlete: AthleteRow, person: PersonRow, now: datetime) -> bool:
    at_night = release_at(now, occurrences.quiet_of(athlete), person.zone) > now
    return at_night or sessions.is_live(db, athlete.person_id)


def _question(row: AssignmentRow, coach: PersonRow) -> DiaryQuestion:
    return DiaryQuestion(row.coach_id, coach.name, agreed.SHARING, row.athlete_id)


def answer(turn: Interaction, coach_id: int, what: str, version: str) -> None:
    """A button: share the diary, or keep it; what it stood under must be the newest text."""
    row = consents.between(turn.db, turn.person_id, coach_id)
    if row is None or not consents.is_active(row):
        turn.expired()
        return
    coach = people.person(turn.db, coach_id)
    if version != agreed.SHARING:
        turn.show(_question(row, coach))
        return
    shares = what == SHARE
    if shares != agreed.shares_diary(row) or (not shares and row.diary_refused is None):
        _keep(turn, row, shares=shares)
    turn.show(DiarySharing(coach_id, coach.name, agreed.SHARING, shares))


def _keep(turn: Interaction, row: AssignmentRow, *, shares: bool) -> None:
    """Keep the answer, with the version of the text and the time."""
    row.diary_asked, row.diary_at = agreed.SHARING, turn.now
    row.diary_refused = None if shares else agreed.SHARING
    if shares:
        row.consent_version = agreed.SHARING
    turn.db.add(row)
    people.note(
        turn.db,
        "share_diary" if shares else "keep_diary",
        turn.now,
        actor=turn.person_id,
        subject=turn.person_id,
        before=agreed.SHARING,
        after=consents.coach_in_words(row.coach_id),
    )
    turn.db.flush()


def of_athlete(db: Db, athlete_id: int) -> tuple[DiaryOfCoach, ...]:
    """Return each coach who sees an athlete's data, and whether the diary is among it."""
    return tuple(
        DiaryOfCoach(row.coach_id, coach.name, agreed.SHARING, agreed.shares_diary(row))
        for row, coach in consents.of_athlete(db, athlete_id)
        if consents.is_active(row)
    )
