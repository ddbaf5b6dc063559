"""/coach: an athlete's own say in who sees their data (PROTOCOL 9)."""

import re
from collections.abc import Callable
from typing import Final

from bot.accounts.notify import tell
from bot.accounts.sharing import consents, diary
from bot.accounts.sharing.messages import (
    AskingCoach,
    AthleteDeclined,
    AthleteDeclinedWith,
    AthleteEnded,
    AthleteShares,
    AthleteSharesWith,
    MyCoaches,
    SeeingCoach,
    SharingBegun,
    SharingRefused,
    SharingStopped,
)
from bot.accounts.sharing.questions import question
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply
from bot.protocol.session import speech
from bot.protocol.session.speech import Meaning
from bot.store import agreed, people
from bot.store.tables import AssignmentRow, PersonRow, Role

_ANSWER: Final = re.compile(r"#(\d{1,18}) (yes|no|again) (\d{1,18})", re.ASCII)
_DIARY: Final = re.compile(
    rf"#(\d{{1,18}}) ({diary.SHARE}|{diary.KEEP}) ([0-9-]{{1,20}})", re.ASCII
)
_OFF: Final = re.compile(r"(?:off|stop)\b\s*(.*)", re.IGNORECASE | re.DOTALL)


def is_read(turn: Interaction, words: str) -> bool:
    """Whether /coach takes these words, and all of them: a button's, "off", a coach's name.

    What stops a set does so in any case, though somebody may be called like that.
    """
    if _ANSWER.fullmatch(words) or _DIARY.fullmatch(words):
        return True
    heard = speech.hear(words)
    if heard.meaning in {Meaning.STOP, Meaning.SIGN} or heard.pain is not None:
        return False
    off = _OFF.fullmatch(words)
    name = (words if off is None else off[1]).casefold().removesuffix(" off").split()
    return not name or any(_is_called(one, name) for one in _active(turn))


def _is_called(one: PersonRow, typed: list[str]) -> bool:
    return set(typed) <= set(one.name.casefold().split())


def coach(turn: Interaction, words: str) -> None:
    """/coach: who sees the data; /coach off [NAME] ends it. Buttons answer the open question."""
    answer = _ANSWER.fullmatch(words)
    if answer is not None:
        _answer(turn, int(answer[1]), answer[2], int(answer[3]))
        return
    about_diary = _DIARY.fullmatch(words)
    if about_diary is not None:
        diary.answer(turn, int(about_diary[1]), about_diary[2], about_diary[3])
        return
    off = _OFF.fullmatch(words)
    mine = _active(turn)
    name = words if off is None else off[1]
    if off is not None and not name and len(mine) == 1:
        name = f"#{mine[0].id}"
    if not name:
        show(turn)
        return
    before = "" if off is None else "off"
    named = who.one_of(turn, "coach", name, mine, before=before)
    if named is None:
        return
    if off is not None or named.rest.casefold() == "off":
        _stop(turn, named.person)
    else:
        show(turn)


def _active(turn: Interaction) -> list[PersonRow]:
    found = consents.of_athlete(turn.db, turn.person_id)
    return [one for row, one in found if consents.is_active(row)]


def show(turn: Interaction) -> None:
    """Tell who sees the data, and ask again what is not answered yet."""
    found = consents.of_athlete(turn.db, turn.person_id)
    asked = [(row, one) for row, one in found if consents.is_open(row)]
    turn.show(
        MyCoaches(
            coaches=tuple(
                SeeingCoach(row.coach_id, one.name, row.consented_at, agreed.shares_diary(row))
                for row, one in found
                if consents.is_active(row) and row.consented_at is not None
            ),
            asked=tuple(AskingCoach(row.coach_id, one.name) for row, one in asked),
            zone=people.person(turn.db, turn.person_id).zone,
        )
    )
    for row, one in asked:
        turn.say(question(row, one))


def _answer(turn: Interaction, coach_id: int, what: str, stamp: int) -> None:
    """An answer counts for the question it belongs to, while that is open; else it has expired."""
    row = consents.between(turn.db, turn.person_id, coach_id)
    is_coach = row is not None and Role.COACH in people.roles_of(turn.db, coach_id)
    if not (row and is_coach and _ANSWERS[what](turn, row, _person(turn, row), stamp)):
        turn.expired()


def _person(turn: Interaction, row: AssignmentRow) -> PersonRow:
    return people.person(turn.db, row.coach_id)


def _yes(turn: Interaction, row: AssignmentRow, one: PersonRow, stamp: int) -> bool:
    if not consents.is_open(row) or stamp != consents.stamp(row.asked_at):
        return False
    if row.consent_version != agreed.SHARING:
        turn.show(question(row, one))
        row.consent_version = agreed.SHARING
        turn.db.add(row)
        return True
    consents.consent(turn.db, row, turn.now)
    turn.show(SharingBegun(row.coach_id, one.name))
    tell(turn, row.coach_id, AthleteShares(turn.who.name, turn.person_id))
    admin = consents.asked_by(turn.db, row)
    if admin != row.coach_id:  # else told just now
        _tell_admin(turn, admin, AthleteSharesWith(turn.who.name, turn.person_id, one.name))
    return True


def _no(turn: Interaction, row: AssignmentRow, one: PersonRow, stamp: int) -> bool:
    if not consents.is_open(row) or stamp != consents.stamp(row.asked_at):
        return False
    consents.decline(turn.db, row, turn.now)
    turn.show(SharingRefused(row.coach_id, one.name))
    admin = consents.asked_by(turn.db, row)
    if admin != row.coach_id:  # else the coach has asked as an admin
        tell(turn, row.coach_id, AthleteDeclined())
    _tell_admin(turn, admin, AthleteDeclinedWith(turn.who.name, turn.person_id, one.name))
    return True


def _again(turn: Interaction, row: AssignmentRow, one: PersonRow, stamp: int) -> bool:
    """Sharing goes on after a slip: only from the message that said it had ended."""
    if row.ended_at is None or stamp != consents.stamp(row.ended_at):
        return False
    if row.consent_version != agreed.SHARING:
        return False
    consents.consent(turn.db, row, turn.now)
    turn.show(SharingBegun(row.coach_id, one.name))
    tell(turn, row.coach_id, AthleteShares(turn.who.name, turn.person_id))
    return True


_ANSWERS: Final[dict[str, Callable[[Interaction, AssignmentRow, PersonRow, int], bool]]] = {
    "yes": _yes,
    "no": _no,
    "again": _again,
}


def _tell_admin(turn: Interaction, admin: int | None, reply: Reply) -> None:
    """Tell the admin who asked, if there still is one and it is not the athlete."""
    if admin is not None and admin != turn.person_id:
        tell(turn, admin, reply)


def _stop(turn: Interaction, one: PersonRow) -> None:
    row = consents.between(turn.db, turn.person_id, one.id or 0)
    assert row is not None
    knew = consents.end(turn.db, row, turn.person_id, turn.now)
    told = knew and tell(turn, row.coach_id, AthleteEnded(turn.who.name, turn.person_id))
    stamp = consents.stamp(row.ended_at)
    undo = row.consent_version == agreed.SHARING
    turn.show(SharingStopped(row.coach_id, one.name, stamp, told=told, undo=undo))
