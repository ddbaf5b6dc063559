"""Words for privacy, export and erasure."""

from datetime import datetime
from typing import Final

from bot.accounts.phrases import run_by
from bot.accounts.privacy.messages import (
    DataKept,
    Erased,
    EraseQuestion,
    EraseWaiting,
    NothingToErase,
    NothingToExport,
    PrivacyNotice,
    ProgrammeEnded,
)
from bot.accounts.sharing.messages import DiaryOfCoach
from bot.accounts.sharing.words import keep_diary, share_diary
from bot.conversation.screen import Button, Screen, Style, Words, data, esc
from bot.protocol.calendar.local_time import say_day_time

WORDS: Final = Words()
_EXPORT: Final = Button("Export my data", data("v", "export"))
_ERASE: Final = Button("Erase my data", data("v", "erase"))
_KEEP: Final = Button("Keep my data", data("v", "keep"), Style.SUCCESS)
_ERASE_ALL: Final = Button("Erase everything", data("v", "erase_yes"), Style.DANGER)
MAX_NAMES: Final = 8

_TRAVEL: Final = (
    "<b>On the way.</b> Messages travel through Telegram. Chats with a bot are not end-to-end "
    "encrypted: Telegram's servers could read them."
)
_HOW_LONG: Final = (
    "<b>How long.</b> What you type is emptied after 7 days, what the bot sent after 30. The rest "
    "stays until you erase it: /erase deletes it after 24 hours. Backups made before may hold it "
    "until they are replaced."
)


@WORDS.of(PrivacyNotice)
def _privacy_notice(said: PrivacyNotice, _now: datetime) -> Screen:
    runs = run_by(said.operator, said.contact)
    if not said.known:
        return Screen(text=f"{_STRANGER}\n\n{runs}\n\n{_TRAVEL}")
    what = _ATHLETE_WHAT if said.athlete else _STAFF_WHAT
    parts = [what, runs, _who(said), _HOW_LONG, _TRAVEL]
    rows: tuple[tuple[Button, ...], ...] = ((_EXPORT,),)
    if said.leaving:
        rows = ((_EXPORT,), (_KEEP,))
    elif said.athlete and not said.removed:
        rows = ((_EXPORT,), (_ERASE,), *((_diary(one),) for one in said.diary[:MAX_NAMES]))
    return Screen(text="\n\n".join(parts), rows=rows)


def _who(said: PrivacyNotice) -> str:
    admins = "Admins manage accounts and schedules and can reach the database."
    if not said.athlete:
        return f"<b>Who sees it.</b> {admins}"
    names = [esc(name[:40]) for name in said.coaches]
    shown = ", ".join(names[:MAX_NAMES])
    if len(names) > MAX_NAMES:
        shown += f" and {len(names) - MAX_NAMES} more"
    coach = f"Your coach: {shown}, because you agreed; /coach stops it." if names else "No coach."
    shut = [esc(one.name[:40]) for one in said.diary[:MAX_NAMES] if not one.shares]
    coach += f" Your diary is not shared with {', '.join(shut)}." if shut else ""
    if said.no_diary:
        coach += " No diary is kept: you have not agreed to one yet. /load asks you."
    return f"<b>Who sees it.</b> You. {coach} {admins} Nobody else; nothing is sold or shared."


def _diary(one: DiaryOfCoach) -> Button:
    button = keep_diary if one.shares else share_diary
    return button(one.coach_id, one.version, one.name)


_ATHLETE_WHAT: Final = (
    "<b>What is stored.</b> Your name, Telegram number, time zone, days and times; your plan; "
    "pictures your coach sent for it; "
    "every session with its holds and pain answers; pain notes; warning signs you reported; "
    "what you note of other sport, and your weekly answers; of a watch's file its date, time, "
    "distance and climb, never the route; your consent; our messages here.\n\n"
    "<b>Why.</b> To remind you, to time the holds, to stop them when pain is over the limit, and "
    "to show you and your coach how it goes. Pain is health data: it is stored only because you "
    "agreed to it."
)
_STAFF_WHAT: Final = (
    "<b>What is stored.</b> Your name, Telegram number, time zone and role; what you changed and "
    "when; pictures you sent for athletes, by Telegram’s name; our messages here.\n\n"
    "<b>Why.</b> To let you do your part and to show who changed what."
)
_STRANGER: Final = (
    "You have no account here. What you send is stored with your Telegram number for up to "
    "7 days, to answer it once and only once; then it is emptied."
)


WORDS.plain(NothingToExport, "You have no account here: there is nothing to export.")


# ---- erase ----------------------------------------------------------------------------


@WORDS.of(EraseQuestion)
def _erase_question(said: EraseQuestion, _now: datetime) -> Screen:
    stays = "\nYour coach or admin account stays." if said.stays else ""
    text = (
        "<b>Erase your data?</b>\n"
        "This deletes your plan, sessions, pain answers, notes, reminders and messages here, and "
        "what your coach was told about you. I cannot delete copies that Telegram or your "
        "coach already has.\n\n"
        "Reminders stop now, a running session ends at once. For 24 hours you can change your "
        f"mind; after that nothing can be brought back.{stays}\n\nA copy first? /export"
    )
    return Screen(text=text, rows=((_ERASE_ALL,), (_KEEP,)))


@WORDS.of(EraseWaiting)
def _erase_waiting(said: EraseWaiting, now: datetime) -> Screen:
    at = say_day_time(said.erase_at, said.zone, now)
    release = "RELEASE. The session is over.\n\n" if said.stopped else ""
    text = (
        f"{release}Everything will be erased <b>{at}</b> ({esc(said.zone)} time). Until then "
        "nothing rings and no session starts. Changed your mind? Keep your data:"
    )
    return Screen(text=text, rows=((_KEEP,),), rings=said.stopped)


@WORDS.of(ProgrammeEnded)
def _programme_ended(said: ProgrammeEnded, now: datetime) -> Screen:
    at = say_day_time(said.erase_at, said.zone, now)
    return Screen(
        text=f"Your programme here has ended; an admin can tell you why. Your data will be erased "
        f"<b>{at}</b> ({esc(said.zone)} time). A copy first? /export",
        rows=((_EXPORT,),),
    )


@WORDS.of(DataKept)
def _data_kept(said: DataKept, now: datetime) -> Screen:
    text = "Your data is kept." if said.changed else "Nothing was changed. Your data is kept."
    if said.next_at is None:
        return Screen(text=f"{text} /next says why no session is planned.")
    at = say_day_time(said.next_at, said.zone, now)
    return Screen(text=f"{text} Next session: {at} ({esc(said.zone)} time).")


@WORDS.of(NothingToErase)
def _nothing_to_erase(said: NothingToErase, _now: datetime) -> Screen:
    if said.known:
        text = "You have no training data here. An admin can remove your account."
        return Screen(text=text)
    return Screen(text="You have no account here: there is nothing to erase.")


@WORDS.of(Erased)
def _erased(said: Erased, _now: datetime) -> Screen:
    if said.stays:
        return Screen(text="All your training data is erased. Your other account stays.")
    return Screen(text="Everything is erased. Thank you, and all the best.")
