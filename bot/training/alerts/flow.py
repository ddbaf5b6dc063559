"""Alerts to the coaches an athlete consented to: at once, unless it is night or too many came.

- A red flag is told at once, whatever the hour.
- Everything else keeps the coach's quiet hours and comes in one message when they end. A hard
  stop too: sessions are locked, so nothing can happen to the athlete until the coach has read it.
- After three messages within ten minutes the rest waits until that window is over, and comes in
  one message. A hard stop, and a pain higher than any told about that athlete today, do not wait.
- A coach who cannot be reached gets what was kept, in one message, when they are back.
- Who ended their consent meanwhile is not told about.
- What bars sessions until somebody acts, and reaches no coach, is told to every admin at once.
- More than one message can tell come in as many as it takes, the worst first.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation import message
from bot.conversation.outgoing import post
from bot.conversation.told_apart import told_apart
from bot.letters import UnreadableError
from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.quiet_hours import release_at
from bot.protocol.session.state import Outcome
from bot.store import alerts, outbox, people
from bot.store.tables import AlertRow, PersonRow, Role
from bot.training import screening
from bot.training.messages import EACH, CoachAlert, CoachAlerts, CoachTold
from bot.training.reasons import MISSED, SEVERE_MORNING, UNREACHABLE

WINDOW: Final = timedelta(minutes=10)
AT_ONCE: Final = 3
"""So many messages within `WINDOW` ring; the rest comes together."""
GRAVE: Final = frozenset({Outcome.RED_FLAG, Outcome.STOPPED_HARD, SEVERE_MORNING})
"""After these there is no session until a coach or admin has acted: somebody has to hear of it."""
_RANK: Final = {Outcome.RED_FLAG: 0, Outcome.STOPPED_HARD: 1, SEVERE_MORNING: 2}
"""What is worse than any number; the rest goes by pain."""
_LONG_AGO: Final = timedelta(minutes=10)
"""An athlete who is told later than this is told what it was about."""
_ASKS_SIGNS: Final = frozenset({Outcome.STOPPED_HARD})
"""After these warning signs are asked for, and that is the last message."""
_TO: Final = ":to"
_SILENT: Final = frozenset({UNREACHABLE, MISSED})
"""Alerts that the athlete is not told of."""


def alert_coaches(db: Db, athlete_id: int, intent: CoachAlert, key: str, now: datetime) -> None:
    """Alert every coach the athlete consented to, once under `key`, now or when it is time.

    Where none can be reached, the admins hear what is grave.
    """
    coaches = people.coaches_of(db, athlete_id)
    for coach in coaches:
        _keep(db, coach, athlete_id, intent, key, now)
    if intent.event in GRAVE and all(one.unreachable_since is not None for one in coaches):
        _alert_admins(db, athlete_id, intent, key, now)


def _alert_admins(db: Db, athlete_id: int, intent: CoachAlert, key: str, now: datetime) -> None:
    """Alert every admin, once under `key`, but the athlete."""
    for admin in people.with_role(db, Role.ADMIN):
        if admin.telegram_id is not None and admin.id != athlete_id:
            _keep(db, admin, athlete_id, replace(intent, no_coach=True), key, now)


def _keep(
    db: Db, reader: PersonRow, athlete_id: int, intent: CoachAlert, key: str, now: datetime
) -> None:
    assert reader.id is not None
    row = AlertRow(
        key=f"{key}{_TO}{reader.id}",
        coach_id=reader.id,
        athlete_id=athlete_id,
        event=intent.event,
        value=intent.value,
        at=intent.at,
        body=json.dumps(message.dump(replace(intent, coach_zone=reader.zone))),
    )
    if alerts.add(db, row):
        _place(db, reader, row, now)


def _place(db: Db, coach: PersonRow, row: AlertRow, now: datetime) -> None:
    row.due_at = _when(db, coach, row, now)
    db.add(row)
    if row.due_at is not None and row.due_at <= now:
        _tell(db, coach, [(row, _intent(db, row))], now)
    db.flush()


def _when(db: Db, coach: PersonRow, row: AlertRow, now: datetime) -> datetime | None:
    """Return when to tell; None keeps it until the coach is back."""
    if coach.unreachable_since is not None:
        return None
    if row.event == Outcome.RED_FLAG or _intent(db, row).no_coach:
        return now
    awake = release_at(now, people.quiet_hours_of_coach(db, row.coach_id), coach.zone)
    if awake > now or _presses(db, row, now):
        return awake
    told = alerts.told_since(db, row.coach_id, now - WINDOW)
    return told[AT_ONCE - 1] + WINDOW if len(told) >= AT_ONCE else now


def _presses(db: Db, row: AlertRow, now: datetime) -> bool:
    """Whether it is worse than what the coach knows: it waits for no other message."""
    if row.event == Outcome.STOPPED_HARD:
        return True
    zone = people.person(db, row.athlete_id).zone
    midnight = instant(local(now, zone).date(), time(), zone)
    known = alerts.highest_told(db, row.coach_id, row.athlete_id, midnight)
    return known is not None and row.value is not None and row.value > known


# ---- telling --------------------------------------------------------------------------


def act(db: Db, alert_id: int, now: datetime) -> None:
    """Time came for an alert: everything that waits for its coach is told in one message."""
    row = db.get(AlertRow, alert_id)
    if row is None or row.due_at is None or row.due_at > now:
        return
    coach, found = people.person(db, row.coach_id), alerts.waiting(db, row.coach_id)
    awake = release_at(now, people.quiet_hours_of_coach(db, row.coach_id), coach.zone)
    if coach.unreachable_since is not None or awake > now:
        for one in found:
            one.due_at = None if coach.unreachable_since is not None else awake
            db.add(one)
        db.flush()
    else:
        _tell_late(db, coach, found, now)


def come_back(db: Db, coach: PersonRow, now: datetime) -> None:
    """Tell a coach who can be reached again what happened meanwhile, in one message."""
    assert coach.id is not None
    _tell_late(db, coach, alerts.untold(db, coach.id, now - outbox.KEPT), now)


def _tell_late(db: Db, coach: PersonRow, rows: Iterable[AlertRow], now: datetime) -> None:
    """Tell what is still true and still the coach's to know; the rest is forgotten."""
    told: list[tuple[AlertRow, CoachAlert]] = []
    for row in rows:
        intent = _still_true(db, row)
        if intent is None:
            _unheard(db, row, now)
            db.delete(row)
        else:
            told.append((row, intent))
    if len(told) > EACH:
        told.sort(key=lambda one: _how_bad(one[1]))
    for start in range(0, len(told), EACH):
        _tell(db, coach, told[start : start + EACH], now)
    db.flush()


def _may_know(db: Db, reader_id: int, intent: CoachAlert) -> bool:
    """Whether an alert is this coach's to know, or this admin's, as no coach can be reached."""
    if intent.no_coach and Role.ADMIN in people.roles_of(db, reader_id):
        return people.find_athlete(db, intent.athlete_id) is not None
    return people.coaches(db, reader_id, intent.athlete_id)


def _how_bad(intent: CoachAlert) -> tuple[int, int, datetime]:
    """Return what alerts are told by: the worst first, of equal ones the oldest."""
    pain = -1 if intent.value is None else intent.value
    return _RANK.get(intent.event, len(_RANK)), -pain, intent.at


def _still_true(db: Db, row: AlertRow) -> CoachAlert | None:
    if not _may_know(db, row.coach_id, _intent(db, row)):
        return None
    athlete = people.person(db, row.athlete_id)
    if row.event == UNREACHABLE and athlete.unreachable_since is None:
        return None
    intent = _intent(db, row)
    locked = people.athlete(db, row.athlete_id).locked_at is not None
    return replace(intent, locked=intent.locked and locked)


def _intent(db: Db, row: AlertRow) -> CoachAlert:
    """Return an alert as it is told; one that cannot be read, as far as its row knows."""
    try:
        return message.read(CoachAlert, outbox.body_of(row.body) or {})
    except UnreadableError:
        return _bare(db, row)


def _bare(db: Db, row: AlertRow) -> CoachAlert:
    athlete = people.person(db, row.athlete_id)
    return CoachAlert(
        athlete=athlete.name,
        athlete_id=row.athlete_id,
        event=row.event,
        value=row.value,
        limit=people.plan(db, row.athlete_id).pain_limit,
        spot=None,
        at=row.at,
        zone=athlete.zone,
        locked=people.athlete(db, row.athlete_id).locked_at is not None,
        no_coach=not people.coaches(db, row.coach_id, row.athlete_id),
        coach_zone=people.person(db, row.coach_id).zone,
    )


def _tell(db: Db, coach: PersonRow, told: list[tuple[AlertRow, CoachAlert]], now: datetime) -> None:
    """Tell some alerts in one message; athletes of one name are told apart."""
    admin = any(intent.no_coach for _row, intent in told)
    known = people.athletes(db, None if admin else coach.id)
    apart = told_apart(db, known, by_coach=admin)
    letters = tuple(
        replace(intent, apart=apart.get(intent.athlete_id, "")) for _row, intent in told
    )
    intent = letters[0] if len(letters) == 1 else CoachAlerts(letters)
    key = f"alert:{told[0][0].id}:{now.timestamp():.6f}"
    post(db, coach.telegram_id, intent, now, key=key)
    for row, _intent in told:
        row.due_at, row.told_at, row.outbox_key = None, now, key
        db.add(row)


# ---- sent -----------------------------------------------------------------------------


def still_theirs(
    db: Db, chat_id: int, intent: CoachAlert | CoachAlerts
) -> CoachAlert | CoachAlerts | None:
    """Return what of an alert this chat may still read at the moment of sending, or None.

    No more than one message tells.
    """
    coach = people.by_telegram(db, chat_id)
    if coach is None or coach.id is None:
        return None
    alone = isinstance(intent, CoachAlert)
    every = (intent,) if isinstance(intent, CoachAlert) else intent.alerts
    left = tuple(one for one in every if _may_know(db, coach.id, one))
    if not left:
        return None
    return left[0] if alone else CoachAlerts(left[:EACH])


def leave_out(
    db: Db, letter_key: str, left: CoachAlert | CoachAlerts | None, now: datetime
) -> None:
    """Take out of a letter what its message will not tell: only who stands in it is told so.

    What had no room is told in another message; what is not the coach's any more is forgotten.
    """
    every = left.alerts if isinstance(left, CoachAlerts) else () if left is None else (left,)
    stands = {(one.athlete_id, one.event, one.at) for one in every}
    for row in alerts.of_letter(db, letter_key):
        if (row.athlete_id, row.event, row.at) in stands:
            continue
        if _may_know(db, row.coach_id, _intent(db, row)):
            row.due_at, row.told_at, row.outbox_key = now, None, None
            db.add(row)
        else:
            _unheard(db, row, now)
            db.delete(row)


def delivered(db: Db, letter_key: str, now: datetime) -> None:
    """The coach has read it: tell each athlete so, now that it is true."""
    newest = {row.athlete_id: row for row in alerts.of_letter(db, letter_key)}
    for row in newest.values():
        admin = _intent(db, row).no_coach
        if row.event in _SILENT or not _may_know(db, row.coach_id, _intent(db, row)):
            continue
        athlete, coach = people.person(db, row.athlete_id), people.person(db, row.coach_id)
        late = now - row.at > _LONG_AGO
        told = CoachTold(coach.name, row.at if late else None, athlete.zone, admin=admin)
        key = f"{_event_of(row)}:admin" if admin else f"{letter_key}:told{row.athlete_id}"
        due = screening.over_at(db, row.athlete_id, now) if row.event in _ASKS_SIGNS else now
        post(db, athlete.telegram_id, told, now, key=key, due=due)


# ---- what reaches no coach ------------------------------------------------------------


def lost(db: Db, letter_key: str, now: datetime) -> None:
    """A letter with alerts was not delivered, and will not be sent again."""
    for row in alerts.of_letter(db, letter_key):
        _unheard(db, row, now)


def unreachable(db: Db, person_id: int, now: datetime) -> None:
    """Somebody cannot be reached any more: what waits for them or was sent in vain is unheard."""
    rows = [*alerts.waiting(db, person_id), *alerts.untold(db, person_id, now - outbox.KEPT)]
    for row in rows:
        _unheard(db, row, now)


def _unheard(db: Db, row: AlertRow, now: datetime) -> None:
    """An alert did not reach its coach: if it is grave, and no other coach can hear it, admins do.

    What somebody has acted on meanwhile is no news.
    """
    intent = _intent(db, row)
    if row.event not in GRAVE or intent.no_coach or not _bars(db, row):
        return
    if not people.has_reachable_coach(db, row.athlete_id, but=row.coach_id):
        _alert_admins(db, row.athlete_id, intent, _event_of(row), now)


def _bars(db: Db, row: AlertRow) -> bool:
    """Whether the athlete still has no session because of what the alert tells."""
    athlete = people.athlete(db, row.athlete_id)
    if row.event == SEVERE_MORNING:
        return athlete.paused_at is not None and athlete.pause_reason == SEVERE_MORNING
    return athlete.locked_at is not None


def _event_of(row: AlertRow) -> str:
    """Return the key that an event has in the rows of all who are alerted."""
    return row.key.rpartition(_TO)[0]
