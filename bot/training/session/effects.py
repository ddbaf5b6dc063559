"""What a session's effects tell: one function an effect, each a message or a stored fact."""

from bot.letters import Priority
from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.red_flags.flags import BY_REASON
from bot.protocol.report.period import whole_seconds
from bot.protocol.session import events
from bot.protocol.session.events import Effect
from bot.protocol.session.state import Interruption, Outcome, Phase, Session
from bot.store import outbox, people
from bot.training import messages, occurrences, screening
from bot.training.alerts.flow import alert_coaches
from bot.training.session.chart import draw
from bot.training.session.context import Scene


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


def _stopped(scene: Scene, effect: Effect) -> None:
    assert isinstance(effect, events.TellStopped)
    value = scene.value
    closed = value.phase is Phase.CLOSED
    intent = messages.Stopped(
        session=scene.id,
        outcome=value.outcome,
        asks_reason=not closed,
        value=_newest_pain(value) if closed else None,
        limit=value.dose.pain_limit,
        has_coach=scene.has_coach,
        next_at=scene.next_at,
        zone=scene.zone,
    )
    scene.say(intent, scene.moment("stop"))
    if closed:
        draw(scene)


def _ended(scene: Scene, _effect: Effect) -> None:
    value = scene.value
    assert value.outcome is not None
    pains = [hold.pain for hold in value.holds if hold.pain is not None]
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
        has_coach=scene.has_coach,
        next_at=scene.next_at,
        zone=scene.zone,
        by_outage=value.cut in {Interruption.RESTART, Interruption.LATE},
        value=_newest_pain(value),
    )
    scene.say(intent, scene.moment("end"))
    draw(scene)


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
    scene.say(messages.RedFlagAdvice(flag, scene.has_coach), scene.moment("advice"))


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
        locked=value.outcome in {Outcome.STOPPED_HARD, Outcome.RED_FLAG},
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
