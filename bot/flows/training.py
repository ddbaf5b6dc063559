"""A session in the database: events in, the new state and its messages out, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.flows import calendar, intents
from bot.flows.post import post
from bot.protocol import events
from bot.protocol.dose import Side
from bot.protocol.events import Effect, Event, Refusal
from bot.protocol.exercises import CATALOGUE
from bot.protocol.local_time import local, say_date
from bot.protocol.moves import question_of
from bot.protocol.record import (
    Cut,
    HoldStatus,
    Outcome,
    Phase,
    Place,
    Session,
    counting,
    place_at,
)
from bot.protocol.redflags import BY_REASON
from bot.protocol.session import start, step
from bot.store import outbox, people, sessions
from bot.store.sessions import Stored

TICK_FROM_S: Final = 10
"""Holds shorter than this are over before a countdown edit is read."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the messages about one session need to know. `due` is when they should be sent."""

    db: Db
    stored: Stored
    now: datetime
    due: datetime

    @property
    def value(self) -> Session:
        """The session itself."""
        return self.stored.value

    @property
    def id(self) -> int:
        """The session's id."""
        return self.stored.id

    @property
    def chat_id(self) -> int | None:
        """The athlete's chat."""
        return people.person(self.db, self.stored.athlete_id).telegram_id

    @property
    def zone(self) -> str:
        """The athlete's zone."""
        return people.person(self.db, self.stored.athlete_id).zone

    def spot(self, place: Place) -> intents.Spot:
        """Return `place` as it is told."""
        dose = self.value.dose
        return intents.Spot(
            place.number, dose.holds, place.side, place.set_no, dose.sets, len(dose.sides)
        )

    def key(self, what: str) -> str:
        """Return a letter's key; a hold's index or the instant makes it unique."""
        return f"s{self.id}:{what}"

    def say(self, intent: intents.Intent, what: str, *, edits: str | None = None) -> None:
        """Put a message about this session into the outbox."""
        post(
            self.db,
            self.chat_id,
            intent,
            self.now,
            key=self.key(what),
            due=self.due,
            edits=edits,
            session_id=self.id,
        )

    def moment(self, what: str) -> str:
        """Return `what` made unique by the time: it can be said again later."""
        return f"{what}:{self.now.timestamp():.6f}"


def open_session(db: Db, athlete_id: int, occurrence_id: int | None, now: datetime) -> Stored:
    """Open a session on the athlete's newest plan and ask for the pain right now."""
    plan = people.plan(db, athlete_id)
    assert plan.id is not None
    value, effects = start(sessions.dose_of(plan), now)
    stored = sessions.add(db, athlete_id, plan.id, occurrence_id, value)
    _tell(Scene(db, stored, now, now), effects)
    return stored


def happen(db: Db, stored: Stored, event: Event, now: datetime) -> Refusal | Stored:
    """Let `event` happen to the session; store and tell what follows, or say why nothing does."""
    result = step(stored.value, event, now)
    if isinstance(result, Refusal):
        return result
    value, effects = result
    saved = sessions.save(db, stored, value)
    due = stored.value.due_at if isinstance(event, events.Due) else None
    scene = Scene(db, saved, now, due or now)
    _tell(scene, effects)
    if isinstance(event, events.CueHanded):
        _tick(scene)
    return saved


def ask_again(db: Db, stored: Stored, now: datetime, *, why: str = "again") -> None:
    """Say the session's open question once more; nothing about the session changes."""
    question = question_of(stored.value)
    index = len(stored.value.holds) - 1 if question is events.Question.AFTER else None
    _ask(Scene(db, stored, now, now), events.Ask(question, why, index))


def _tell(scene: Scene, effects: tuple[Effect, ...]) -> None:
    for effect in effects:
        _SAY[type(effect)](scene, effect)


# ---- one function an effect -----------------------------------------------------------


def _set_up(scene: Scene, _effect: Effect) -> None:
    dose = scene.value.dose
    exercise = CATALOGUE[dose.exercise]
    intent = intents.SetUp(
        session=scene.id,
        exercise=exercise.name,
        cues=exercise.cues,
        side=dose.side,
        holds=dose.holds,
        sets=dose.sets,
        hold_s=dose.hold_s,
        effort=dose.effort,
        limit=dose.pain_limit,
        lead_in_s=dose.lead_in_first_s,
    )
    scene.say(intent, "setup")


def _get_set(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.GetSet)
    intent = intents.GetSet(scene.id, scene.spot(effect.place), effect.hold_at, scene.zone)
    scene.say(intent, scene.moment("getset"))


def _hold(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.HoldCue)
    full = people.athlete(scene.db, scene.stored.athlete_id).full_cues
    cues = CATALOGUE[scene.value.dose.exercise].cues if full else ()
    spot = scene.spot(effect.place)
    intent = intents.Hold(scene.id, effect.index, spot, effect.seconds, effect.ease, cues)
    scene.say(intent, f"hold:{effect.index}")


def _tick(scene: Scene) -> None:
    """Put the half-way countdown beside the HOLD that was just handed over."""
    hold = scene.value.current
    index = len(scene.value.holds) - 1
    if hold.planned_s < TICK_FROM_S:
        return
    half = hold.planned_s // 2
    ends_at = hold.started_at + timedelta(seconds=hold.planned_s)
    intent = intents.Tick(
        scene.id, index, scene.spot(hold.place), hold.planned_s, hold.planned_s - half, ends_at
    )
    post(
        scene.db,
        scene.chat_id,
        intent,
        scene.now,
        key=scene.key(f"tick:{index}"),
        due=hold.started_at + timedelta(seconds=half),
        edits=scene.key(f"hold:{index}"),
        session_id=scene.id,
    )


def _release(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.ReleaseCue)
    outbox.cancel(scene.db, scene.key(f"tick:{effect.index}"))
    limit = scene.value.dose.pain_limit
    intent = intents.Release(scene.id, effect.index, scene.spot(effect.place), limit)
    scene.say(intent, f"release:{effect.index}")


def _rest(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.Rest)
    intent = intents.Rest(
        session=scene.id,
        value=effect.value,
        spot=scene.spot(effect.place),
        hold_at=effect.hold_at,
        zone=scene.zone,
        lead_in_s=scene.value.dose.lead_in_s,
        ease=effect.ease,
        switch=effect.switch,
    )
    question = scene.key(f"release:{effect.index}")
    scene.say(intent, scene.moment("rest"), edits=question)


def _ask(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.Ask)
    place = None if effect.index is None else scene.value.holds[effect.index].place
    intent = intents.Ask(
        session=scene.id,
        question=effect.question,
        why=effect.why,
        limit=scene.value.dose.pain_limit,
        index=effect.index,
        spot=None if place is None else scene.spot(place),
    )
    scene.say(intent, scene.moment("ask"))


def _interrupt(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.Interrupt)
    spot = scene.spot(scene.value.place)
    intent = intents.Interrupted(scene.id, effect.cut, effect.in_hold, spot)
    scene.say(intent, scene.moment("cut"))


def _silence(scene: Scene, _effect: Effect) -> None:
    outbox.silence(scene.db, scene.id, but=intents.Priority.STOP)


def _stopped(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.Stopped)
    value = scene.value
    closed = value.phase is Phase.CLOSED
    intent = intents.Stopped(
        session=scene.id,
        outcome=value.outcome,
        asks_reason=not closed,
        value=_newest_pain(value) if closed else None,
        limit=value.dose.pain_limit,
        has_coach=bool(people.coaches_of(scene.db, scene.stored.athlete_id)),
        next_at=_next_at(scene),
        zone=scene.zone,
    )
    scene.say(intent, scene.moment("stop"))
    if closed:
        _chart(scene)


def _ended(scene: Scene, _effect: Effect) -> None:
    value = scene.value
    assert value.outcome is not None
    pains = [hold.pain for hold in value.holds if hold.pain is not None]
    intent = intents.Ended(
        session=scene.id,
        outcome=value.outcome,
        done=len(value.done),
        planned=value.dose.total_holds,
        tension_s=round(value.tension_s),
        first=pains[0] if pains else None,
        last=pains[-1] if pains else None,
        before=_before(value),
        limit=value.dose.pain_limit,
        has_coach=bool(people.coaches_of(scene.db, scene.stored.athlete_id)),
        next_at=_next_at(scene),
        zone=scene.zone,
        by_outage=value.cut in {Cut.RESTART, Cut.LATE},
    )
    scene.say(intent, scene.moment("end"))
    _chart(scene)


def _chart(scene: Scene) -> None:
    """Put the session's picture after its last words, if there is anything to draw."""
    value = scene.value
    if not any(hold.pain is not None for hold in value.holds):
        return
    shown = [
        _bar(hold.place, hold.planned_s, hold.actual_s, hold.pain, _BARS[hold.status])
        for hold in value.holds
    ]
    held = {hold.place for hold in value.holds if hold.status is not HoldStatus.INTERRUPTED}
    places = (place_at(value.dose, position) for position in range(value.dose.total_holds))
    shown += [
        _bar(place, value.dose.hold_s, 0.0, None, "not done")
        for place in places
        if place not in held
    ]
    zone = scene.zone
    day = local(scene.now, zone).date()
    title = say_date(day, day - timedelta(days=2))
    intent = intents.Chart(title, tuple(shown), _before(value), value.dose.pain_limit)
    scene.say(intent, scene.moment("chart"))


_BARS: Final[dict[HoldStatus, intents.Bar]] = {
    HoldStatus.DONE: "done",
    HoldStatus.STOPPED: "stopped",
    HoldStatus.INTERRUPTED: "interrupted",
}


def _bar(
    place: Place, planned_s: int, actual_s: float, pain: int | None, status: intents.Bar
) -> intents.ChartHold:
    side: intents.Leg = "left" if place.side is Side.LEFT else "right"
    return intents.ChartHold(place.number, side, planned_s, actual_s, pain, status)


def _screen(scene: Scene, _effect: Effect) -> None:
    scene.say(intents.Screen("pain"), scene.moment("screen"))


def _lock(scene: Scene, _effect: Effect) -> None:
    assert scene.value.outcome is not None
    calendar.lock(scene.db, scene.stored.athlete_id, scene.value.outcome, scene.now)
    flag = BY_REASON.get(scene.value.stop_reason) if scene.value.stop_reason else None
    if flag is not None:
        _flag(scene, flag)


def _flag(scene: Scene, flag: str) -> None:
    """Keep the red flag that the reason for STOP was, and say what to do about it."""
    athlete_id = scene.stored.athlete_id
    people.raise_flag(scene.db, athlete_id, flag, scene.now, session_id=scene.id)
    has_coach = bool(people.coaches_of(scene.db, athlete_id))
    scene.say(intents.RedFlagAdvice(flag, has_coach), scene.moment("advice"))


def _alert(scene: Scene, _effect: Effect) -> None:
    value = scene.value
    athlete = people.person(scene.db, scene.stored.athlete_id)
    assert athlete.id is not None
    intent = intents.CoachAlert(
        athlete=athlete.name,
        athlete_id=athlete.id,
        event=value.outcome or "",
        value=_newest_pain(value),
        limit=value.dose.pain_limit,
        spot=scene.spot(value.current.place) if value.holds else None,
        at=scene.now,
        zone=athlete.zone,
        session=scene.id,
        locked=value.outcome in {Outcome.STOPPED_HARD, Outcome.RED_FLAG},
    )
    alert_coaches(scene.db, athlete.id, intent, scene.key(scene.moment("alert")), scene.now)


def alert_coaches(
    db: Db, athlete_id: int, intent: intents.CoachAlert, key: str, now: datetime
) -> None:
    """Put an alert into the outbox for every coach the athlete consented to."""
    for coach in people.coaches_of(db, athlete_id):
        post(db, coach.telegram_id, intent, now, key=f"{key}:to{coach.id}")


_SAY = {
    events.SetUp: _set_up,
    events.GetSet: _get_set,
    events.HoldCue: _hold,
    events.ReleaseCue: _release,
    events.Rest: _rest,
    events.Ask: _ask,
    events.Interrupt: _interrupt,
    events.Silence: _silence,
    events.Stopped: _stopped,
    events.Ended: _ended,
    events.Screen: _screen,
    events.Lock: _lock,
    events.Alert: _alert,
}


def _newest_pain(value: Session) -> int | None:
    if value.stop_pain is not None:
        return value.stop_pain
    answers = [rating for hold in value.holds for rating in hold.ratings if not rating.undone]
    newest = max(answers or value.before, key=lambda rating: rating.at, default=None)
    return None if newest is None else newest.value


def _before(value: Session) -> int | None:
    rating = counting(value.before)
    return None if rating is None else rating.value


def _next_at(scene: Scene) -> datetime | None:
    return calendar.next_at(scene.db, scene.stored.athlete_id, scene.now)
