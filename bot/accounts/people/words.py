"""Words and buttons of who is who: everybody, and one person's card."""

from datetime import datetime
from typing import Final

from bot.accounts.people.messages import Condition, PeopleListed, PersonCard, PersonState
from bot.accounts.phrases import ROLES
from bot.conversation.paging import of_pages, turning
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    data,
    esc,
    in_rows,
    many,
)
from bot.conversation.widgets import name_rows, say_day
from bot.protocol.calendar.local_time import local, say_date

WORDS: Final = Words()
_STATES: Final = {
    Condition.INVITED: "invited, link open until",
    Condition.LEAVING: "asked to be erased,",
    Condition.REMOVED: "removed, data erased",
    Condition.LOCKED: "locked since",
    Condition.UNREACHABLE: "unreachable since",
}


def _state(state: PersonState, zone: str, now: datetime) -> str:
    if state.kind is Condition.UNLINKED:
        return "no Telegram account"
    if state.kind is Condition.PAUSED:
        if state.back_on is None:
            return "paused"
        return f"paused, back {say_date(state.back_on, local(now, zone).date())}"
    at = state.until or state.since
    return _STATES[state.kind] if at is None else f"{_STATES[state.kind]} {say_day(at, zone, now)}"


def _states(states: tuple[PersonState, ...], zone: str, now: datetime) -> str:
    return ", ".join(_state(one, zone, now) for one in states) or "active"


@WORDS.of(PeopleListed)
def _people_listed(said: PeopleListed, now: datetime) -> Screen:
    lines = [
        f"{esc(one.name)} – {', '.join(one.roles) or 'no role'}; "
        f"{_states(one.states, said.zone, now)}"
        for one in said.people
    ]
    roles = [many(number, role, ROLES[role]) for role, number in said.by_role.each()]
    if said.invited:
        roles.append(f"{said.invited} invited")
    head = f"<b>{many(said.total, 'person', 'people')}</b>: {', '.join(roles)}"
    known = [one for one in said.people if one.athlete_id is not None]
    names = name_rows([(one.name, command_data("people", one.athlete_id or 0)) for one in known])
    return Screen(
        text="\n".join([f"{head}{of_pages(said.page, said.pages)}", "", *lines]),
        rows=(*names, *turning(said.page, range(1, said.pages + 1), "c", "people", "")),
    )


@WORDS.of(PersonCard)
def _card(said: PersonCard, now: datetime) -> Screen:
    joined = "not joined yet"
    if said.joined_at is not None:
        joined = f"joined {say_day(said.joined_at, said.zone, now)}"
    me = " (you)" if said.is_me else ""
    lines = [
        f"<b>{esc(said.name)}</b>{me} – {', '.join(said.roles) or 'no role'}",
        _states(said.states, said.zone, now).capitalize(),
        f"Time zone {esc(said.their_zone)}, {joined}",
        *_ties(said),
    ]
    return Screen(text="\n".join(lines), rows=_card_rows(said))


def _ties(said: PersonCard) -> list[str]:
    """Return who coaches them, and whom they coach."""
    lines = []
    if "athlete" in said.roles:
        names = [
            f"{esc(one.name)}{' (asked, no answer yet)' if one.asked else ''}"
            for one in said.coaches
        ]
        head = "Coach" if len(names) <= 1 else "Coaches"
        lines.append(f"{head}: {', '.join(names) or 'none'}")
    if said.athletes is not None:
        more = f" and {said.more} more" if said.more else ""
        lines.append(f"Athletes: {', '.join(map(esc, said.athletes)) or 'none'}{more}")
    return lines


def _card_rows(said: PersonCard) -> tuple[Row, ...]:
    person, conditions = said.athlete_id, {one.kind for one in said.states}
    found: list[Button] = []
    if "athlete" in said.roles:
        pause = ("Resume", "resume") if Condition.PAUSED in conditions else ("Pause", "pause")
        athlete = (("Training", "athlete"), ("Schedule", "schedule"), ("Plan", "plan"), pause)
        found += [Button(label, command_data(name, person)) for label, name in athlete]
        found.append(Button("Coaches", command_data("assign", person)))
    found.append(Button("Changes", command_data("audit", person)))
    if Condition.REMOVED in conditions:
        found.append(Button("Take back", command_data("remove", person, "back"), Style.SUCCESS))
    else:
        found.append(Button("New account", command_data("relink", person)))
        found.append(Button("Remove …", command_data("remove", person), Style.DANGER))
    return (*in_rows(found, 2), (Button("‹ Everybody", data("c", "people", "")),))
