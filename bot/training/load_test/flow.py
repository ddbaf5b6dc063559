"""/test by an athlete: the worst of a day is kept; a high one asks for warning signs."""

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import training_day
from bot.protocol.session.pain import parse_pain
from bot.store import load_settings, people
from bot.store.tables import LoadTestRow
from bot.training import screening
from bot.training.load_test.messages import LoadTestExplained, LoadTestSaved, NoLoadTestNow
from bot.training.session import actions


def note(turn: Interaction, words: str, message_id: int | None) -> None:
    """Explain the test, or keep its worst pain 0–10: in a session it is a pain like any other."""
    turn.answer()
    value, plan = parse_pain(words), people.plan(turn.db, turn.person_id)
    wanted = load_settings.of_athlete(turn.db, turn.person_id).load_test
    if value is None:
        turn.show(LoadTestExplained(plan.pain_limit, wanted, words))
        return
    if actions.is_live(turn):
        actions.note_pain(turn, value, message_id)
        return
    if is_barred(turn.db, turn.person_id):
        turn.show(NoLoadTestNow())
        return
    _keep(turn, value)
    if value >= plan.hard_stop:
        screening.ask(turn, "note")


def is_barred(db: Db, athlete_id: int) -> bool:
    """Whether there is no test now: locked sessions, an open warning sign, or open questions."""
    athlete = people.athlete(db, athlete_id)
    return (
        athlete.locked_at is not None
        or athlete.screen_open_at is not None
        or bool(people.open_flags(db, athlete_id))
    )


def _keep(turn: Interaction, value: int) -> None:
    """Keep the worst of the day: a lower number later does not take a higher one back."""
    today = training_day(turn.said_at, people.person(turn.db, turn.person_id).zone)
    row = turn.db.get(LoadTestRow, (turn.person_id, today))
    if row is None:
        row = LoadTestRow(athlete_id=turn.person_id, local_date=today, value=value, at=turn.now)
    row.value, row.at = max(row.value, value), turn.now
    turn.db.add(row)
    turn.db.flush()
    limit = people.plan(turn.db, turn.person_id).pain_limit
    turn.show(LoadTestSaved(row.value, limit, today, today))
