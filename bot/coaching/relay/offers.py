"""Words that answer no question: what can be done with them is offered, one tap each.

The pain can be noted, warning signs checked, and the words themselves sent to a coach, as they
were typed: they are kept in the offer, in the chat's own outbox, and nowhere else.
"""

from bot.coaching.relay import flow as relay
from bot.conversation.common.messages import NumberWithoutQuestion, SentAlready, UnknownText
from bot.conversation.interaction import Interaction
from bot.conversation.offer_messages import Recipient, WordsOffer
from bot.conversation.pressed import pressed
from bot.conversation.recipients import MOST
from bot.conversation.told_apart import told_apart
from bot.protocol.calendar.input_error import joined
from bot.protocol.red_flags.worries import names_sign
from bot.protocol.session.speech import pain_among, plain_pain
from bot.store.tables import Role


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
    words = relay.words_to(turn, reader_id, offered.text)
    sent = relay.pass_on(turn, words, key=f"{key}:to{reader_id}")
    turn.answer(None if sent else SentAlready())


def _is_athlete(turn: Interaction) -> bool:
    return Role.ATHLETE in turn.who.roles and turn.athlete is not None


def _readers(turn: Interaction) -> tuple[Recipient, ...]:
    """Return to whom the words can go; who wrote lately is marked."""
    wrote, found = relay.wrote_lately(turn), relay.readers(turn)
    apart = told_apart(turn.db, found, by_coach=False)
    return tuple(
        Recipient(one.id, joined(one.name, apart.get(one.id, "")), wrote=one is wrote)
        for one in found[:MOST]
        if one.id is not None
    )
