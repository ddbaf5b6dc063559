"""/athletes: everybody the coach looks after, the most urgent first."""

from typing import Final

from bot.coaching.athletes.messages import AthleteBrief, AthleteList, MorningPain, SessionBrief
from bot.coaching.athletes.urgency import Glance, glances
from bot.conversation import paging
from bot.conversation.interaction import Interaction
from bot.conversation.paging import Page
from bot.conversation.told_apart import called
from bot.conversation.who import athletes_of
from bot.protocol.report.period import ReportedMorning, ReportedSession
from bot.protocol.session.state import Outcome
from bot.store.tables import Role

SHOWN: Final = 8
"""Athletes on a page."""


def athletes(turn: Interaction, words: str) -> None:
    """Show a page of the athletes; a coach sees their own, an admin all."""
    mine = athletes_of(turn)
    page = Page.of(len(mine), SHOWN, paging.asked(words) or 1)
    found = glances(turn.db, mine, turn.now, turn.person_id)
    names = called(turn.db, mine, by_coach=Role.ADMIN in turn.who.roles)
    turn.show(
        AthleteList(
            athletes=tuple(_brief(one, names[one.id]) for one in page.cut(found)),
            count=len(found),
            everybody=Role.ADMIN in turn.who.roles,
            page=page.number,
            pages=page.count,
        )
    )


def _brief(one: Glance, name: str) -> AthleteBrief:
    week = one.week
    return AthleteBrief(
        athlete_id=one.id,
        name=name,
        need=one.need,
        flags=tuple(flag.kind for flag in one.flags),
        missed=one.missed,
        paused=one.paused,
        leaving=one.athlete.erase_at is not None,
        today=one.today,
        last=None if one.last is None else session_brief(one.last),
        done=week.followed,
        planned=week.asked,
        morning=None if one.morning is None else morning_pain(one.morning),
    )


def session_brief(one: ReportedSession) -> SessionBrief:
    """Return a session as a line shows it; it must be over."""
    assert one.outcome is not None
    return SessionBrief(
        day=one.day,
        outcome=Outcome(one.outcome),
        first=one.before if one.last is None else one.first,
        last=one.last,
        stop_hold=one.stop_hold,
        stop_pain=one.stop_pain,
        tension_s=one.tension_s,
        planned_s=one.planned_s,
        bandless=one.bandless,
    )


def morning_pain(one: ReportedMorning) -> MorningPain:
    """Return a morning as it is shown."""
    return MorningPain(one.day, one.value)
