"""Every kind of message, by the name it is stored under."""

from typing import Any, Final

from bot.accounts.audit import words as audit
from bot.accounts.broadcast import words as broadcast
from bot.accounts.broadcast.messages import Broadcast
from bot.accounts.enrolment import greeting_words as greetings
from bot.accounts.enrolment import words as enrolment
from bot.accounts.invites import words as invites
from bot.accounts.people import words as people
from bot.accounts.privacy import words as privacy
from bot.accounts.removal import words as removal
from bot.accounts.sharing import words as sharing
from bot.coaching.athletes import words as athletes
from bot.coaching.exports import words as enclosures
from bot.coaching.messages import Album, File, Relayed, Summary, SummaryTurned, WeekFile
from bot.coaching.notes import words as notes
from bot.coaching.quiet_hours import words as quiet_hours
from bot.coaching.relay import offer_words
from bot.coaching.relay import words as relay
from bot.coaching.unlock import words as unlock
from bot.coaching.weekly import command_words as weekly
from bot.conversation import which_words, who_words
from bot.conversation.common import words as common
from bot.conversation.message import (
    Answer,
    Menu,
    Message,
    Reply,
    Retire,
    Say,
    read,
)
from bot.conversation.screen import Words, all_of
from bot.dispatch.commands import help_words
from bot.letters import UnreadableError
from bot.operations import words as operations
from bot.operations.messages import Status
from bot.programme import words as programme
from bot.programme.exercises import words as exercises
from bot.programme.pauses import by_athlete_words as own_pauses
from bot.programme.pauses import words as pauses
from bot.programme.plan import limit_words as limits
from bot.programme.plan import words as plan
from bot.programme.restrictions import words as restrictions
from bot.programme.schedule import words as schedule
from bot.programme.settings import words as settings
from bot.programme.sound import words as sound
from bot.programme.stages import words as stages
from bot.training.checks import words as checks
from bot.training.load import words as load_words
from bot.training.load_test import words as load_test
from bot.training.messages import (
    Ask,
    Chart,
    Clip,
    CoachAlert,
    CoachAlerts,
    CoachTold,
    Ended,
    GetSet,
    Hold,
    Interrupted,
    Morning,
    Noted,
    RedFlagAdvice,
    RedFlagQuestions,
    Release,
    ReleaseAgain,
    Reminder,
    Rest,
    SetUp,
    StopAgain,
    Stopped,
    TakeBack,
)
from bot.training.mornings import words as mornings
from bot.training.overview import words as overview
from bot.training.pain_notes import words as pain_notes
from bot.training.pictures import words as pictures
from bot.training.pictures.messages import HowTo
from bot.training.progression import words as progression
from bot.training.quiz import words as quiz
from bot.training.red_flags import words as red_flags
from bot.training.reminders import missed_words
from bot.training.reminders import words as reminders
from bot.training.session import reply_words

_KINDS: Final[tuple[type[Message], ...]] = (
    SetUp,
    GetSet,
    Hold,
    Clip,
    Release,
    Rest,
    Noted,
    Ask,
    Stopped,
    StopAgain,
    ReleaseAgain,
    TakeBack,
    Ended,
    Chart,
    Album,
    Summary,
    SummaryTurned,
    WeekFile,
    Interrupted,
    RedFlagQuestions,
    RedFlagAdvice,
    CoachAlert,
    CoachAlerts,
    CoachTold,
    Relayed,
    Reminder,
    Morning,
    Broadcast,
    Say,
    Answer,
    Retire,
    File,
    Status,
    Menu,
    HowTo,
)
KINDS: Final = {kind.kind(): kind for kind in _KINDS}
"""Every intent by the name it is stored under."""
WORDS: Final[Words] = all_of(
    (
        athletes.WORDS,
        common.WORDS,
        help_words.WORDS,
        enclosures.WORDS,
        notes.WORDS,
        quiet_hours.WORDS,
        relay.WORDS,
        offer_words.WORDS,
        unlock.WORDS,
        weekly.WORDS,
        who_words.WORDS,
        which_words.WORDS,
        invites.WORDS,
        people.WORDS,
        sharing.WORDS,
        removal.WORDS,
        audit.WORDS,
        broadcast.WORDS,
        privacy.WORDS,
        operations.WORDS,
        checks.WORDS,
        load_words.WORDS,
        load_test.WORDS,
        mornings.WORDS,
        overview.WORDS,
        pain_notes.WORDS,
        pictures.WORDS,
        progression.WORDS,
        quiz.WORDS,
        red_flags.WORDS,
        reminders.WORDS,
        missed_words.WORDS,
        reply_words.WORDS,
        enrolment.WORDS,
        greetings.WORDS,
        programme.WORDS,
        pauses.WORDS,
        own_pauses.WORDS,
        plan.WORDS,
        exercises.WORDS,
        limits.WORDS,
        restrictions.WORDS,
        schedule.WORDS,
        stages.WORDS,
        settings.WORDS,
        sound.WORDS,
    )
)
"""How everything reads that is said."""
REPLIES: Final[dict[str, type[Reply]]] = {
    kind.topic: kind for kind in WORDS.kinds if issubclass(kind, Reply)
}
"""Every reply by the name it is stored under."""
_TARGET: Final[Any] = int | None


def knows(kind: str, body: dict[str, Any]) -> bool:
    """Whether this version has words for a letter: another one may have put it there."""
    if kind in {Say.kind(), Answer.kind()}:
        topic = body.get("topic")
        return not isinstance(topic, str) or topic in REPLIES
    return kind in KINDS


def load(kind: str, body: dict[str, Any]) -> Message:
    """Return the intent stored as `kind` and `body`; `UnreadableError` where there is none."""
    if kind == Say.kind():
        return Say(_reply(body), read(_TARGET, body.get("message_id")))
    if kind == Answer.kind():
        reply = None if body.get("topic") is None else _reply(body)
        return Answer(read(str, body.get("query_id")), reply, read(bool, body.get("alert", False)))
    if kind not in KINDS:
        raise UnreadableError(kind)
    return read(KINDS[kind], body)


def _reply(body: dict[str, Any]) -> Reply:
    """Return the reply that a body holds: what is stored names it by its topic."""
    topic, values = read(str, body.get("topic")), body.get("values", {})
    if topic not in REPLIES:
        raise UnreadableError(topic)
    return read(REPLIES[topic], values)
