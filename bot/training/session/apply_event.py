"""A session in the database: events in, the new state and its messages out, in one transaction.

One function an effect: each tells a message or stores a fact.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session as Db

from bot.conversation import message, recipients
from bot.conversation.offer_messages import Reader
from bot.conversation.outgoing import post
from bot.letters import Priority
from bot.protocol.calendar.local_time import training_day
from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.red_flags.flags import BY_REASON
from bot.protocol.report.period import whole_seconds
from bot.protocol.session import events
from bot.protocol.session.events import Effect, Event, Refusal
from bot.protocol.session.machine import start, step
from bot.protocol.session.moves import question_of
from bot.protocol.session.outcome import LOCKING
from bot.protocol.session.state import (
    Cues,
    Interruption,
    Outcome,
    Phase,
    Place,
    Session,
    counting,
)
from bot.store import load, outbox, people, sessions
from bot.store.sessions import Stored
from bot.training import messages, occurrences, screening
from bot.training.alerts.flow import alert_coaches
from bot.training.pictures import flow as pictures
from bot.training.quiz import flow as quiz
from bot.training.session import clips, next_morning
from bot.training.session.chart import picture

# ---- a session as the messages about it need to know it -------------------------------


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
        return self.stored.chat_id

    @property
    def zone(self) -> str:
        """The athlete's zone."""
        return self.stored.zone

    def spot(self, place: Place) -> messages.Spot:
        """Return `place` as it is told."""
        dose = self.value.dose
        return messages.Spot(
            place.number, dose.holds, place.side, place.set_no, dose.sets, len(dose.sides)
        )

    def key(self, what: str) -> str:
        """Return a letter's key; a hold's index or the instant makes it unique."""
        return f"s{self.id}:{what}"

    def say(self, intent: message.Message, what: str, *, edits: str | None = None) -> None:
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

    @property
    def before(self) -> int | None:
        """The pain before the session, as it counts."""
        rating = counting(self.value.before)
        return None if rating is None else rating.value

    @property
    def next_at(self) -> datetime | None:
        """When the athlete's next session is planned."""
        return occurrences.next_at(self.db, self.stored.athlete_id, self.now)

    @property
    def readers(self) -> tuple[Reader, ...]:
        """The coaches who can be told about this."""
        return recipients.coaches(self.db, self.stored.athlete_id)


# ---- what its effects tell ------------------------------------------------------------


def tell(scene: Scene, effects: tuple[Effect, ...]) -> None:
    """Tell what follows from an event, in the machine's order."""
    for effect in effects:
        _SAY[type(effect)](scene, effect)


def _set_up(scene: Scene, _effect: Effect) -> None:
    dose = scene.value.dose
    exercise = CATALOGUE[dose.exercise]
    intent = messages.SetUp(
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
        band=dose.band,
        band_label=dose.band_label,
    )
    scene.say(intent, "setup")


def _get_set(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.TellGetSet)
    intent = messages.GetSet(scene.id, scene.spot(effect.place), effect.hold_at, scene.zone)
    scene.say(intent, scene.moment("getset"))


def _hold(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.HoldCue)
    cues = CATALOGUE[scene.value.dose.exercise].cues if scene.stored.full_cues else ()
    spot = scene.spot(effect.place)
    intent = messages.Hold(scene.id, effect.index, spot, effect.seconds, effect.ease, cues)
    scene.say(intent, f"hold:{effect.index}")


def _clip(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.ClipCue)
    if effect.index == 0:  # one may have come since the session opened
        clips.take_samples_back(scene.db, scene.stored.athlete_id, scene.now)
    intent = messages.Clip(
        session=scene.id,
        index=effect.index,
        spot=scene.spot(effect.place),
        limit=scene.value.dose.pain_limit,
        wait_s=effect.wait_s,
        lead_s=effect.lead_s,
        seconds=effect.seconds,
        ease=effect.ease,
        switch=effect.switch,
        value=effect.value,
    )
    scene.say(intent, f"clip:{len(scene.value.ratings)}:{scene.value.breaks}")


def _release(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.ReleaseCue)
    limit = scene.value.dose.pain_limit
    intent = messages.Release(scene.id, effect.index, scene.spot(effect.place), limit)
    scene.say(intent, f"release:{effect.index}")


def _rest(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.TellRest)
    intent = messages.Rest(
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


def ask(scene: Scene, effect: Effect) -> None:
    """Ask a question of the session, about a hold where it is about one."""
    assert isinstance(effect, events.TellQuestion)
    place = None if effect.index is None else scene.value.holds[effect.index].place
    intent = messages.Ask(
        session=scene.id,
        question=effect.question,
        why=effect.why,
        limit=scene.value.dose.pain_limit,
        index=effect.index,
        spot=None if place is None else scene.spot(place),
        number=scene.value.breaks,
    )
    scene.say(intent, scene.moment("ask"))


def _interrupt(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.Interrupt)
    spot = scene.spot(scene.value.place)
    intent = messages.Interrupted(
        scene.id, effect.cut, effect.in_hold, spot, scene.value.breaks, effect.why
    )
    scene.say(intent, scene.moment("cut"))


def _silence(scene: Scene, _effect: Effect) -> None:
    outbox.silence(scene.db, scene.id, but=Priority.STOP)
    clips.take_back(scene.db, scene.id, scene.now)


def _stopped(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.TellStopped)
    value = scene.value
    closed, readers = value.phase is Phase.CLOSED, scene.readers
    intent = messages.Stopped(
        session=scene.id,
        outcome=value.outcome,
        asks_reason=not closed,
        value=_newest_pain(value) if closed else None,
        limit=value.dose.pain_limit,
        has_coach=bool(readers),
        next_at=scene.next_at,
        zone=scene.zone,
        readers=readers,
    )
    scene.say(intent, scene.moment("stop"))
    if closed:
        _draw(scene)


def _ended(scene: Scene, _effect: Effect) -> None:
    value = scene.value
    assert value.outcome is not None
    pains = [hold.pain for hold in value.holds if hold.pain is not None]
    readers = scene.readers
    intent = messages.Ended(
        session=scene.id,
        outcome=value.outcome,
        done=len(value.done),
        planned=value.dose.total_holds,
        tension_s=whole_seconds(value.tension_s),
        first=pains[0] if len(pains) > 1 else None,
        last=pains[-1] if pains else None,
        before=scene.before,
        limit=value.dose.pain_limit,
        has_coach=bool(readers),
        next_at=scene.next_at,
        zone=scene.zone,
        by_outage=value.cut in {Interruption.RESTART, Interruption.LATE, Interruption.SOUND},
        value=_newest_pain(value),
        diary_day=_diary_day(scene),
        readers=readers,
    )
    scene.say(intent, scene.moment("end"))
    quiz.offer(scene.db, scene.stored, scene.now)
    _draw(scene)


def _diary_day(scene: Scene) -> date | None:
    """Return the day to be noted in the diary; none after what locks, and if it is noted."""
    if scene.value.outcome in LOCKING:
        return None
    day = training_day(scene.now, scene.zone)
    return None if load.is_known(scene.db, scene.stored.athlete_id, day) else day


def _draw(scene: Scene) -> None:
    """Put the session's picture after its last words, if there is anything to draw."""
    found = picture(scene.db, scene.stored)
    if found is not None:
        scene.say(found, scene.moment("chart"))


def _screen(scene: Scene, _effect: Effect) -> None:
    intent = screening.opened(scene.db, scene.stored.athlete_id, "pain", scene.now)
    scene.say(intent, scene.moment("screen"))
    screening.hold_back(scene.db, scene.stored.athlete_id, scene.id)


def _lock(scene: Scene, _effect: Effect) -> None:
    assert scene.value.outcome is not None
    occurrences.lock(scene.db, scene.stored.athlete_id, scene.value.outcome, scene.now)
    flag = BY_REASON.get(scene.value.stop_reason) if scene.value.stop_reason else None
    if flag is not None:
        _flag(scene, flag)


def _flag(scene: Scene, flag: str) -> None:
    """Keep the red flag that the reason for STOP was, and say what to do about it."""
    athlete_id = scene.stored.athlete_id
    people.raise_flag(scene.db, athlete_id, flag, scene.now, session_id=scene.id)
    readers = scene.readers
    advice = messages.RedFlagAdvice(flag, bool(readers), readers)
    scene.say(advice, scene.moment("advice"))


def _alert(scene: Scene, _effect: Effect) -> None:
    value = scene.value
    athlete = people.person(scene.db, scene.stored.athlete_id)
    assert athlete.id is not None
    intent = messages.CoachAlert(
        athlete=athlete.name,
        athlete_id=athlete.id,
        event=value.outcome or "",
        value=_newest_pain(value),
        limit=value.dose.pain_limit,
        spot=scene.spot(value.current.place) if value.holds else None,
        at=scene.now,
        zone=athlete.zone,
        session=scene.id,
        locked=value.outcome in LOCKING,
        reason=_newest_flag(scene) if value.outcome is Outcome.RED_FLAG else None,
    )
    alert_coaches(scene.db, athlete.id, intent, scene.key(scene.moment("alert")), scene.now)


def _newest_flag(scene: Scene) -> str | None:
    flags = people.open_flags(scene.db, scene.stored.athlete_id)
    return flags[-1].kind if flags else None


_SAY = {
    events.TellSetUp: _set_up,
    events.TellGetSet: _get_set,
    events.HoldCue: _hold,
    events.ClipCue: _clip,
    events.ReleaseCue: _release,
    events.TellRest: _rest,
    events.TellQuestion: ask,
    events.Interrupt: _interrupt,
    events.Silence: _silence,
    events.TellStopped: _stopped,
    events.TellEnded: _ended,
    events.TellRedFlags: _screen,
    events.Lock: _lock,
    events.Alert: _alert,
}


def _newest_pain(value: Session) -> int | None:
    """Return the newest answer as they came: clocks can be set back."""
    return None if value.newest_rating is None else value.newest_rating.value


# ---- what happens to it ---------------------------------------------------------------


def open_session(
    db: Db, athlete_id: int, occurrence_id: int | None, now: datetime, exercise: str | None = None
) -> Stored:
    """Open a session on the athlete's newest plan and ask for the pain right now.

    `exercise` is held in the place of the plan's. What is new is shown first.
    """
    plan = people.plan(db, athlete_id)
    assert plan.id is not None
    sound = people.athlete(db, athlete_id).cues == Cues.SOUND
    value, effects = start(sessions.dose_of(plan).instead(exercise), now, sound=sound)
    stored = sessions.add(db, athlete_id, plan.id, occurrence_id, value, exercise)
    if sound:
        clips.take_samples_back(db, athlete_id, now)
    pictures.show_new(db, stored, now)
    tell(Scene(db, stored, now, now), effects)
    return stored


def happen(db: Db, stored: Stored, event: Event, now: datetime) -> Refusal | Stored:
    """Let `event` happen to the session; store and tell what follows, or say why nothing does."""
    if stored.is_newer and isinstance(event, events.Undo):  # it would go on from there
        return Refusal.NOTHING_TO_UNDO
    result = step(stored.value, event, now)
    if isinstance(result, Refusal):
        return result
    value, effects = result
    saved = sessions.save(db, stored, value)
    due = stored.value.due_at if isinstance(event, events.Due) else None
    scene = Scene(db, saved, now, due or now)
    tell(scene, effects)
    if value.phase is Phase.CLOSED and stored.value.phase is not Phase.CLOSED:
        next_morning.expect(db, saved, now)
    return saved


def ask_again(db: Db, stored: Stored, now: datetime, *, why: str = "again") -> None:
    """Say the session's open question once more; nothing about the session changes."""
    question = question_of(stored.value)
    index = len(stored.value.holds) - 1 if question is events.Question.AFTER else None
    ask(Scene(db, stored, now, now), events.TellQuestion(question, why, index))
