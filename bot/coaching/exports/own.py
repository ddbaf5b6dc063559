"""/week and /report of an athlete: to forward to a physiotherapist who is not here."""

from datetime import timedelta
from typing import Final

from bot.coaching.exports.files import REPORT
from bot.coaching.exports.messages import NothingToShow
from bot.coaching.messages import Album, File
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import local
from bot.protocol.report.headline import headline
from bot.protocol.report.period import PeriodChart, chart_days
from bot.store import people
from bot.store.marks import marks
from bot.training.history import stretches
from bot.training.phrases import say_headline

_WEEK: Final = timedelta(days=6)


def week(turn: Interaction) -> None:
    """Show today and the six days before as a picture, with what they come to."""
    turn.answer()
    person = people.person(turn.db, turn.person_id)
    last = local(turn.now, person.zone).date()
    span = {turn.person_id: (last - _WEEK, last)}
    before = last - _WEEK - timedelta(days=1)
    wider = {turn.person_id: (before - _WEEK, last)}
    found = stretches(turn.db, [person], wider, turn.person_id)[turn.person_id]
    days = found.part(last - _WEEK, last)
    chart = PeriodChart(
        athlete_id=turn.person_id,
        name=person.name,
        days=chart_days(days, marks(turn.db, [person], span, own=True)[turn.person_id]),
        pain_limit=people.plan(turn.db, turn.person_id).pain_limit,
        verdict=say_headline(headline(days, found.part(before - _WEEK, before))),
    )
    if chart.is_empty:
        turn.say(NothingToShow())
    else:
        turn.send(Album((chart,)))


def report(turn: Interaction) -> None:
    """Send one's own pages to print."""
    turn.answer()
    me = turn.person_id
    people.note(turn.db, "export", turn.now, actor=me, subject=me, after=REPORT)
    turn.send(File(REPORT, me))
