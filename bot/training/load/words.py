"""Words and buttons of the diary of load."""

from datetime import date, datetime, timedelta
from typing import Final

from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    data,
    esc,
    in_rows,
    lines,
    paragraphs,
    sentence,
)
from bot.protocol.calendar.local_time import say_date
from bot.protocol.load.activities import Why
from bot.protocol.load.entries import MAX_EFFORT, WITHOUT_SPORT, Extra, LoadKind
from bot.protocol.load.parse_entry import EXAMPLE
from bot.training.load.buttons import LONG, kind_rows, line
from bot.training.load.messages import (
    DiaryConsentAsked,
    DiaryConsentDeclined,
    LeftOut,
    LoadChanged,
    LoadFileDayAsked,
    LoadFileUnread,
    LoadKindAsked,
    LoadMinutesAsked,
    LoadNotRead,
    LoadSaved,
    LoadShown,
    LoadTakenBack,
    NotedLoad,
)
from bot.training.load.phrases import KINDS, say_day, say_left_out, say_noted, say_tip, say_week
from bot.training.load.tips_messages import TipsShown

WORDS: Final = Words()
MINUTES: Final = (15, 20, 30, 40, 50, 60, 75, 90)
LONG_MINUTES: Final = (60, 75, 90, 105, 120, 150, 180)
_DAY: Final = timedelta(days=1)
_EFFORT: Final = "How hard was it? 0 = no effort, 10 = all you have."
_LABELS: Final = {
    Extra.UPHILL: "Hills",
    Extra.FAST: "Fast",
    Extra.TRAIL: "Trail",
    Extra.HINGE: "Deadlifts",
    Extra.HINGE_FAST: "Fast deadlifts",
    Extra.SIT: "Long sit",
    Extra.STRETCH: "Stretched",
}


@WORDS.of(DiaryConsentAsked)
def _consent_asked(_said: DiaryConsentAsked, _now: datetime) -> Screen:
    return Screen(
        text="<b>May I keep a diary of your other sport?</b>\n\n"
        "I would store what you note of it, what a watch's file says – date, time, distance and "
        "climb, never the route – and your weekly answers. You agreed to the rest before this was "
        "here. Nothing of it is saved until you agree.\n\n"
        "Your training goes on either way. /erase deletes it with everything else.",
        rows=(
            (Button("I agree", data("d", 0, "agree"), Style.SUCCESS),),
            (Button("Not now", data("d", 0, "decline")),),
        ),
    )


WORDS.plain(DiaryConsentDeclined, "Nothing of it is kept. /load asks again.")


@WORDS.of(LoadShown)
def _shown(said: LoadShown, _now: datetime) -> Screen:
    days = [said.today - ago * _DAY for ago in range(7)]
    text = paragraphs(
        "<b>Your load</b>",
        lines(*(f"{say_day(day, said.today)}: {_of_day(said, day)}" for day in days)),
        lines(
            f"Last 7 days: {say_week(said.week)}.",
            f"7 days before: {say_week(said.before)}.",
            f"28 days: {say_week(said.month)}.",
            *(f"Your coach asks: no {say_left_out(one, said.today)}." for one in said.left_out),
        ),
        f"What did you do today? Tap, or write a line: {EXAMPLE}",
    )
    rows = (*kind_rows(said.today), _other_days(said.today, said.newest))
    return Screen(text=text, rows=rows)


def _of_day(said: LoadShown, day: date) -> str:
    found = [say_noted(one) for one in said.entries if one.day == day]
    return "; ".join(found) if found else "?"


def _other_days(today: date, newest: int | None) -> Row:
    yesterday = Button("Yesterday", line(today - _DAY))
    if newest is None:
        return (yesterday,)
    return (yesterday, Button("Change newest", data("d", newest, "show")))


@WORDS.of(LoadKindAsked)
def _kind_asked(said: LoadKindAsked, _now: datetime) -> Screen:
    day = say_date(said.day, said.today)
    if not said.other:
        return Screen(
            text=f"What did you do {day}? Tap, or write a line: {EXAMPLE}", rows=kind_rows(said.day)
        )
    others = [one for one in KINDS if one not in {LoadKind.NONE, LoadKind.RUN}]
    buttons = [Button(sentence(KINDS[one]), line(said.day, one)) for one in others]
    return Screen(text=f"Which sport was it {day}?", rows=in_rows(buttons, 2))


@WORDS.of(LoadMinutesAsked)
def _minutes_asked(said: LoadMinutesAsked, _now: datetime) -> Screen:
    minutes = LONG_MINUTES if LONG in said.words.split() else MINUTES
    buttons = [Button(str(one), data("d", 0, f"m{one}")) for one in minutes]
    text = (
        f"{sentence(KINDS[said.kind])} {say_date(said.day, said.today)}: how many minutes? Tap, or "
        "type them, for example 35."
    )
    return Screen(text=text, rows=in_rows(buttons, 4))


@WORDS.of(LoadSaved)
def _saved(said: LoadSaved, _now: datetime) -> Screen:
    noted = said.noted
    asks = noted.effort is None and noted.kind is not LoadKind.NONE
    text = paragraphs(
        lines(
            _head(noted, said.today, "Saved already" if said.again else "Saved"),
            "The file breaks off: this is what could be read." if said.cut else "",
            _asks_to_leave(said.left_out, said.today),
        ),
        say_tip(said.tip),
        "Something similar is noted for that day already." if said.twin else "",
        lines(_EFFORT if asks else "", "Was any of this in it?"),
    )
    return Screen(text=text, rows=_saved_rows(said, asks=asks))


def _head(noted: NotedLoad, today: date, verb: str) -> str:
    return f"{verb} for {say_date(noted.day, today)}: <b>{esc(say_noted(noted))}</b>."


def _asks_to_leave(found: tuple[LeftOut, ...], today: date) -> str:
    if not found:
        return ""
    return f"Your coach asks: no {', no '.join(say_left_out(one, today) for one in found)}."


def _saved_rows(said: LoadSaved, *, asks: bool) -> tuple[Row, ...]:
    noted, key = said.noted, said.entry
    efforts = [Button(str(one), data("d", key, f"e{one}")) for one in range(MAX_EFFORT + 1)]
    effort = in_rows(efforts, 6) if asks else ()
    fits = [one for one in Extra if noted.kind is not LoadKind.NONE or one in WITHOUT_SPORT]
    extras = [_toggle(one, noted, key) for one in fits]
    file = [(Button("It is the same one", data("d", key, "same")),)] if said.twin else []
    if said.sportless:
        file.append((Button("It was a run", data("d", key, "run")),))
    undo = [Button("Undo", data("d", key, "undo"), Style.DANGER)]
    if noted.day == said.today:
        undo.append(Button("It was yesterday", data("d", key, "day")))
    return (*file, *effort, *in_rows(extras, 2), tuple(undo))


def _toggle(extra: Extra, noted: NotedLoad, key: int) -> Button:
    mark = "✓ " if extra in noted.extras else ""
    return Button(f"{mark}{_LABELS[extra]}", data("d", key, extra))


@WORDS.of(LoadTakenBack)
def _taken_back(said: LoadTakenBack, _now: datetime) -> Screen:
    day = say_date(said.noted.day, said.today)
    text = f"Taken back, for {day}: {esc(say_noted(said.noted))}."
    return Screen(text=text, rows=((Button("Put it back", data("d", said.entry, "back")),),))


@WORDS.of(LoadNotRead)
def _not_read(said: LoadNotRead, _now: datetime) -> Screen:
    return Screen(text=f"{esc(said.problem)}\nNothing was saved.")


WORDS.sentence(LoadChanged, "Changed.")


@WORDS.of(TipsShown)
def _tips(said: TipsShown, _now: datetime) -> Screen:
    wrong = f"“{esc(said.wrong[:40])}” is neither on nor off. " if said.wrong else ""
    other = ("Turn them off", "off") if said.on else ("Turn them on", "on")
    state = (
        "A message may end with advice about load, once a week at most. Advice is on."
        if said.on
        else "Advice about load is off."
    )
    button = Button(other[0], data("c", "tips", "", other[1]))
    return Screen(text=f"{wrong}{state}", rows=((button,),))


# ---- a watch's file ---------------------------------------------------------------------

_UNREAD: Final = {
    Why.NOT_KNOWN: "I cannot read this file. I know FIT, GPX and TCX files of a watch, each also "
    "as gzip or zip.",
    Why.NO_ACTIVITY: "This file holds no run or other sport. It may be a planned workout, a route, "
    "settings, or a day's steps or weight.",
    Why.NO_TIMES: "This file has no times, so nobody knows how long it took. Write a line instead, "
    f"for example: {EXAMPLE}",
    Why.BROKEN: "This file is broken: nothing of it could be read.",
    Why.SEVERAL: "This archive holds several files. Please send them one by one.",
    Why.TOO_LARGE: "This file is too large: 20 MB at most, and 64 MB unpacked.",
    Why.TOO_MUCH: "Reading this file took too much time or memory, so I gave it up. Write a line "
    f"instead, for example: {EXAMPLE}",
    Why.NOT_FETCHED: "I could not get this file from Telegram. Please send it again.",
    Why.MORE: "This file holds more outings than I keep at once: these were the newest. "
    "Please send the others one by one.",
    Why.TOO_OLD: "Only the last 14 days can be noted.",
}


@WORDS.of(LoadFileUnread)
def _unread(said: LoadFileUnread, _now: datetime) -> Screen:
    text = _UNREAD[said.why]
    if said.why is not Why.MORE:
        text += "\nNothing was saved."
    if said.noted is None or said.today is None:
        return Screen(text=text)
    day = say_date(said.noted.day, said.today)
    return Screen(text=f"This file is of {day}: {esc(say_noted(said.noted))}. {text}")


@WORDS.of(LoadFileDayAsked)
def _file_day(said: LoadFileDayAsked, _now: datetime) -> Screen:
    days = [(ago, said.today - ago * _DAY) for ago in range(7)]
    buttons = [Button(say_day(day, said.today), data("d", 0, f"f{ago}")) for ago, day in days]
    minutes = max(1, round(said.seconds / 60))
    what = f"{sentence(KINDS[said.kind])}, {minutes} min"
    text = f"{what}: the file does not say when. Which day was it?"
    return Screen(text=text, rows=in_rows(buttons, 2))
