"""Words that answer no question: what can be done with them is offered, one tap each.

The pain can be noted, warning signs checked, and the words themselves sent to a coach, as they
were typed: they are kept in the offer, in the chat's own outbox, and nowhere else.
"""

from datetime import timedelta
from typing import Final

from bot.coaching.messages import Relayed
from bot.coaching.relay import flow as relay
from bot.conversation import message
from bot.conversation.common.messages import NumberWithoutQuestion, SentAlready, UnknownText
from bot.conversation.interaction import Interaction
from bot.conversation.offer_messages import Recipient, WordsOffer
from bot.conversation.pressed import pressed
from bot.conversation.told_apart import told_apart
from bot.letters import UnreadableError
from bot.protocol.calendar.input_error import joined
from bot.protocol.red_flags.worries import names_sign
from bot.protocol.session.speech import pain_among, plain_pain
from bot.store import asked, people
from bot.store.tables import PersonRow, Role

RECENT: Final = timedelta(hours=48)
"""So long after somebody's message words may be an answer to it."""
_MOST: Final = 3
"""People to whom the words can be sent."""


def offer(turn: Interaction, text: str) -> None:
    """Offer what can be done with words that answer no question, or with none at all."""
    athlete, value = _is_athlete(turn), plain_pain(text)
    if athlete and value is not None:
        turn.say(NumberWithoutQuestion(value))
        return
    to = _readers(turn) if text.strip() else ()
    if not athlete and not to:
        turn.say(UnknownText())
        return
    pain = pain_among(text) if athlete else None
    turn.say(WordsOffer(text, athlete, pain, sign=athlete and names_sign(text), to=to))


def send(turn: Interaction, reader_id: int) -> None:
    """Send the words of the offer whose button was pressed, once, to one of those it names."""
    found = pressed(turn, WordsOffer)
    if found is None or reader_id not in {one.id for one in found[1].to}:
        turn.expired()
        return
    key, offered = found
    words = _words(turn, reader_id, offered.text)
    sent = relay.pass_on(turn, words, key=f"{key}:to{reader_id}")
    turn.answer(None if sent else SentAlready())


def _is_athlete(turn: Interaction) -> bool:
    return Role.ATHLETE in turn.who.roles and turn.athlete is not None


def _readers(turn: Interaction) -> tuple[Recipient, ...]:
    """Return to whom the words can go: who wrote lately, then the coaches who can be reached."""
    wrote = _wrote_lately(turn)
    coaches = people.coaches_of(turn.db, turn.person_id) if _is_athlete(turn) else []
    found = {one.id: one for one in [*([] if wrote is None else [wrote]), *coaches]}
    apart = told_apart(turn.db, found.values(), by_coach=False)
    return tuple(
        Recipient(key, joined(one.name, apart.get(key or 0, "")), wrote=one is wrote)
        for key, one in list(found.items())[:_MOST]
        if key is not None and one.telegram_id is not None and one.unreachable_since is None
    )


def _wrote_lately(turn: Interaction) -> PersonRow | None:
    """Return who wrote the newest words that were passed on to this chat of late."""
    for letter in asked.said(turn.db, turn.chat_id, [Relayed.kind()], turn.now - RECENT):
        try:
            came = message.read(Relayed, letter.body)
        except UnreadableError:
            continue
        mine = came.athlete_id if came.to_athlete else came.coach_id
        if mine == turn.person_id and relay.still_allowed(turn.db, came):
            return people.person(turn.db, came.coach_id if came.to_athlete else came.athlete_id)
    return None


def _words(turn: Interaction, reader_id: int, text: str) -> Relayed:
    """Return the words as they are passed on: an athlete's to a coach, or the other way."""
    to_athlete = not relay.writes_as_athlete(turn.db, turn.person_id, reader_id)
    pair = (reader_id, turn.person_id) if to_athlete else (turn.person_id, reader_id)
    return Relayed(*pair, turn.who.name, text, to_athlete=to_athlete)
