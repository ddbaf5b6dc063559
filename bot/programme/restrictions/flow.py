"""/restrict by a coach or admin: set, changed and ended; the athlete is told."""

from bot.conversation import which, who
from bot.conversation.interaction import Interaction
from bot.conversation.who import Named
from bot.programme.notify import tell, wrong
from bot.programme.restrictions.messages import RestrictedForYou, RestrictionsShown
from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.load.entries import Extra
from bot.protocol.load.parse_restriction import TypedRestriction, parse_restriction
from bot.store import people, restrictions
from bot.store.tables import RestrictionRow
from bot.training import pauses
from bot.training.load import overview
from bot.training.load.messages import LeftOut

NAME = "restrict"


def restrict(turn: Interaction, words: str) -> None:
    """Show what an athlete is to leave out, or set it until a day or a stage, or end it."""
    named = who.athlete_named(turn, NAME, words)
    if named is None:
        return
    today = pauses.today_of(turn.db, named.id, turn.now)
    if not named.rest:
        _show(turn, named, None, told=None)
        return
    try:
        typed = _not_past(turn, named, parse_restriction(named.rest, today))
    except WhichError as why:
        which.ask(turn, NAME, why, named.id)
    except InputError as why:
        wrong(turn, why)
    else:
        _store(turn, named, typed)


def _not_past(turn: Interaction, named: Named, typed: TypedRestriction) -> TypedRestriction:
    """Return what was typed; raise InputError for what would have ended already."""
    stage = people.plan(turn.db, named.id).stage
    if typed.stage is not None and typed.stage <= stage:
        raise InputError(
            f"{named.person.name} is at stage {stage} already, so it would end at once. Write a "
            "day, for example: until 1 Mar"
        )
    return typed


def _store(turn: Interaction, named: Named, typed: TypedRestriction) -> None:
    """Let it stand in the place of another one about the same."""
    today = pauses.today_of(turn.db, named.id, turn.now)
    before = [
        one for one in restrictions.standing(turn.db, named.id, today) if one.extra == typed.extra
    ]
    told = LeftOut(typed.extra, typed.day, typed.stage)
    known = [LeftOut(Extra(one.extra), one.until_day, one.until_stage) for one in before]
    ends = typed.day is None and typed.stage is None
    if known == ([] if ends else [told]):
        _show(turn, named, None, told=None)
        return
    for one in before:
        one.ended_at = turn.now
        turn.db.add(one)
    if not ends:
        row = RestrictionRow(
            athlete_id=named.id,
            extra=typed.extra,
            until_day=typed.day,
            until_stage=typed.stage,
            by_id=turn.person_id,
            at=turn.now,
        )
        turn.db.add(row)
    turn.db.flush()
    people.note(
        turn.db,
        NAME,
        turn.now,
        actor=turn.person_id,
        subject=named.id,
        before=_say(known[0]) if known else None,
        after=None if ends else _say(told),
    )
    letter = RestrictedForYou(turn.who.name, told, today)
    _show(turn, named, typed.extra, told=tell(turn, named.person, letter))


def _say(found: LeftOut) -> str:
    until = f"stage {found.until_stage}" if found.until_day is None else str(found.until_day)
    return f"{found.extra.value} until {until}"


def _show(turn: Interaction, named: Named, changed: Extra | None, *, told: bool | None) -> None:
    today = pauses.today_of(turn.db, named.id, turn.now)
    turn.answer()
    turn.show(
        RestrictionsShown(
            athlete_id=named.id,
            name=named.person.name,
            today=today,
            left_out=overview.left_out(turn.db, named.id, tuple(Extra), today),
            changed=changed,
            told=told,
        )
    )
