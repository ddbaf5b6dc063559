"""The athlete's commands, and those for everyone."""

import re
from typing import Final

from bot.accounts.enrolment import open_link
from bot.accounts.privacy import flow as privacy
from bot.accounts.sharing import by_athlete
from bot.coaching.exports import own
from bot.coaching.relay import by_athlete as relay_by_athlete
from bot.conversation import recipients
from bot.conversation import who as conversation_who
from bot.conversation.command import ATHLETE, Command, CommandCall
from bot.dispatch.commands.help_messages import Help
from bot.programme.pauses import by_athlete as pauses_by_athlete
from bot.programme.settings import flow as settings
from bot.programme.sound import flow as sound
from bot.protocol.session.pain import parse_pain
from bot.protocol.session.speech import pain_among
from bot.training.checks import flow as checks
from bot.training.load import diary, lines, tips
from bot.training.load_test import flow as load_test
from bot.training.overview import flow as overview
from bot.training.quiz import flow as quiz
from bot.training.red_flags import flow as red_flags
from bot.training.session import actions, how


def start(asked: CommandCall) -> None:
    """/start, with the token of a link or without."""
    token = asked.words.split()[0] if asked.words else None
    open_link.start(asked.turn, token, open_enrolment=asked.rules.open_enrolment, name=asked.name)


def _pause(asked: CommandCall) -> None:
    """Without words, in a session: a break. Else the plan pauses."""
    own = conversation_who.mine(asked.words)
    words = asked.words if own is None else own
    if words or not actions.pause(asked.turn):
        pauses_by_athlete.pause(asked.turn, words)


def _resume(asked: CommandCall) -> None:
    if not actions.resume(asked.turn):
        pauses_by_athlete.resume(asked.turn)


def _help(asked: CommandCall) -> None:
    """Say what the bot is and every command of the person's roles."""
    turn = asked.turn
    turn.answer()
    readers = () if turn.athlete is None else recipients.coaches(turn.db, turn.person_id)
    turn.say(Help(tuple(sorted(turn.who.roles)), readers))


def _is_token(asked: CommandCall) -> bool:
    """Whether /start came with a link, whose letters say nothing."""
    return _TOKEN.fullmatch(asked.words) is not None


_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32,64}", re.ASCII)
ATHLETES: Final = {
    "session": Command(
        lambda asked: actions.begin(asked.turn),
        ATHLETE,
        "Start today's session",
        "Your holds",
    ),
    "stop": Command(
        lambda asked: actions.stop(asked.turn),
        ATHLETE,
        "Stop the set at once",
        "Too much",
    ),
    "how": Command(
        lambda asked: how.how(asked.turn, asked.words),
        ATHLETE,
        "How your exercise is done",
        "Your holds",
        reads=lambda asked: how.is_read(asked.words),
    ),
    "pain": Command(
        lambda asked: overview.pain_note(asked.turn, asked.words, asked.spoken_as),
        ATHLETE,
        "Note how much it hurts now",
        "It hurts",
        reads=lambda _asked: True,
    ),
    "undo": Command(
        lambda asked: actions.undo(asked.turn),
        ATHLETE,
        "Take back the last answer (2 minutes)",
        "A wrong number",
    ),
    "next": Command(
        lambda asked: overview.next_session(asked.turn),
        ATHLETE,
        "When the next session is",
        "What comes, how it went",
    ),
    "history": Command(
        lambda asked: overview.history(asked.turn),
        ATHLETE,
        "Your last sessions",
        "What comes, how it went",
        reads=lambda asked: overview.is_count(asked.words),
    ),
    "quiz": Command(
        lambda asked: quiz.quiz(asked.turn, asked.words),
        ATHLETE,
        "Three questions about your hold",
        "What comes, how it went",
        reads=lambda asked: quiz.is_read(asked.words),
    ),
    "week": Command(
        lambda asked: own.week(asked.turn),
        ATHLETE,
        "Your last seven days as a picture",
        "For your physiotherapist",
    ),
    "report": Command(
        lambda asked: own.report(asked.turn),
        ATHLETE,
        "Your last four weeks, to print",
        "For your physiotherapist",
    ),
    "flag": Command(
        lambda asked: red_flags.screen(asked.turn),
        ATHLETE,
        "Something new or worrying: check it",
        "Something new or worrying",
        reads=lambda asked: pain_among(asked.words) is None,
    ),
    "load": Command(
        lambda asked: diary.load(asked.turn, asked.words, asked.spoken_as),
        ATHLETE,
        "Note a run or other sport",
        "A run or other sport",
        reads=lambda asked: lines.is_line(asked.turn, asked.words),
    ),
    "tips": Command(
        lambda asked: tips.tips(asked.turn, asked.words),
        ATHLETE,
        "Advice about load: on or off",
        "A run or other sport",
        reads=lambda asked: tips.is_read(asked.words),
    ),
    "check": Command(
        lambda asked: checks.check(asked.turn, asked.words),
        ATHLETE,
        "Sunday’s questions: on or off",
        "A run or other sport",
        reads=lambda asked: checks.is_read(asked.words),
    ),
    "test": Command(
        lambda asked: load_test.note(asked.turn, asked.words, asked.spoken_as),
        ATHLETE,
        "Note a load test, if asked for",
        "A run or other sport",
        reads=lambda asked: parse_pain(asked.words) is not None,
    ),
    "settings": Command(
        lambda asked: settings.show(asked.turn),
        ATHLETE,
        "Days, time, zone, side, cues",
        "Another day, time or side",
    ),
    "sound": Command(
        lambda asked: sound.sound(asked.turn, asked.words),
        ATHLETE,
        "Cues by sound, a tone for messages",
        "Another day, time or side",
        reads=lambda asked: sound.is_read(asked.words),
    ),
    "pause": Command(
        _pause,
        ATHLETE,
        "Pause reminders, or a running session",
        "Ill or away, and back",
        reads=lambda asked: pauses_by_athlete.is_span(asked.turn, asked.words),
    ),
    "resume": Command(_resume, ATHLETE, "Go on after a pause", "Ill or away, and back"),
    "write": Command(
        lambda asked: relay_by_athlete.write(asked.turn, asked.words),
        ATHLETE,
        "Write to your coach",
        "Your coach",
    ),
    "coach": Command(
        lambda asked: by_athlete.coach(asked.turn, asked.words),
        ATHLETE,
        "Who sees your data",
        "Your coach",
        reads=lambda asked: by_athlete.is_read(asked.turn, asked.words),
    ),
}
EVERYONES: Final = {
    "privacy": Command(
        lambda asked: privacy.privacy(asked.turn),
        None,
        "What is stored about you",
        "Your data",
    ),
    "export": Command(
        lambda asked: privacy.export(asked.turn),
        None,
        "Get your data as a file",
        "Your data",
    ),
    "erase": Command(
        lambda asked: privacy.erase(asked.turn),
        None,
        "Delete your data",
        "Your data",
    ),
    "help": Command(_help, None, "What this bot does", "For this list, or coming back"),
    "start": Command(
        start,
        None,
        "Join, or come back",
        "For this list, or coming back",
        reads=_is_token,
    ),
}
