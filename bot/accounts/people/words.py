"""Words and buttons of who is who: people, their links, and removing somebody."""

from datetime import date, datetime
from typing import Final

from bot.accounts.phrases import ROLE, ROLES, count, of_pages, pages
from bot.conversation.labels import in_one_line
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words, in_rows, plain, say_day, say_moment
from bot.protocol.calendar.local_time import local, say_date

# ---- people ---------------------------------------------------------------------------


_STATES: Final = {
    "invited": "invited, link open until",
    "leaving": "asked to be erased,",
    "removed": "removed, data erased",
    "locked": "locked since",
    "unreachable": "unreachable since",
}


def _state(state: Values, zone: str, now: datetime) -> str:
    kind = state["is"]
    if kind in _STATES:
        return f"{_STATES[kind]} {_day(state.get('until') or state['since'], zone, now)}"
    if kind == "unlinked":
        return "no Telegram account"
    if state["back_on"] is None:
        return "paused"
    back = date.fromisoformat(state["back_on"])
    return f"paused, back {say_date(back, local(now, zone).date())}"


def _day(text: str, zone: str, now: datetime) -> str:
    return say_day(datetime.fromisoformat(text), zone, now)


def _states(values: Values, zone: str, now: datetime) -> str:
    return ", ".join(_state(one, zone, now) for one in values["states"]) or "active"


def _people(values: Values, now: datetime) -> Screen:
    lines = [
        f"{esc(one['name'])} – {', '.join(one['roles']) or 'no role'}; "
        f"{_states(one, values['zone'], now)}"
        for one in values["people"]
    ]
    roles = [count(values["by_role"].get(role, 0), role, many) for role, many in ROLES.items()]
    if values["invited"]:
        roles.append(f"{values['invited']} invited")
    head = f"<b>{count(values['total'], 'person', 'people')}</b>: {', '.join(roles)}"
    names = [
        Button(in_one_line(one["name"], of=2), command_data("people", one["athlete_id"]))
        for one in values["people"]
        if "athlete_id" in one
    ]
    return Screen(
        text="\n".join([f"{head}{of_pages(values)}", "", *lines]),
        rows=(*in_rows(names, 2), *pages(values, "people")),
    )


def _person(values: Values, now: datetime) -> Screen:
    joined = "not joined yet"
    if values["joined_at"] is not None:
        joined = f"joined {_day(values['joined_at'], values['zone'], now)}"
    me = " (you)" if values["is_me"] else ""
    lines = [
        f"<b>{esc(values['name'])}</b>{me} – {', '.join(values['roles']) or 'no role'}",
        _states(values, values["zone"], now).capitalize(),
        f"Time zone {esc(values['their_zone'])}, {joined}",
        *_ties(values),
    ]
    return Screen(text="\n".join(lines), rows=_person_rows(values))


def _ties(values: Values) -> list[str]:
    """Return who coaches them, and whom they coach."""
    lines = []
    if "athlete" in values["roles"]:
        names = [
            f"{esc(one['name'])}{' (asked, no answer yet)' if one['asked'] else ''}"
            for one in values["coaches"]
        ]
        head = "Coach" if len(names) <= 1 else "Coaches"
        lines.append(f"{head}: {', '.join(names) or 'none'}")
    if values["athletes"] is not None:
        more = f" and {values['more']} more" if values["more"] else ""
        lines.append(f"Athletes: {', '.join(map(esc, values['athletes'])) or 'none'}{more}")
    return lines


def _person_rows(values: Values) -> tuple[Row, ...]:
    person = values["athlete_id"]
    removed = any(one["is"] == "removed" for one in values["states"])
    found: list[Button] = []
    if "athlete" in values["roles"]:
        paused = any(one["is"] == "paused" for one in values["states"])
        pause = ("Resume", "resume") if paused else ("Pause", "pause")
        athlete = (("Training", "athlete"), ("Schedule", "schedule"), ("Plan", "plan"), pause)
        found += [Button(label, command_data(name, person)) for label, name in athlete]
        found.append(Button("Coaches", command_data("assign", person)))
    found.append(Button("Changes", command_data("audit", person)))
    if removed:
        found.append(Button("Take back", command_data("remove", person, "back"), Style.SUCCESS))
    else:
        found.append(Button("New account", command_data("relink", person)))
        found.append(Button("Remove …", command_data("remove", person), Style.DANGER))
    return (*in_rows(found, 2), (Button("‹ Everybody", data("c", "people", "")),))


# ---- links ----------------------------------------------------------------------------


def _invite_role(_values: Values, _now: datetime) -> Screen:
    roles = tuple(Button(role.capitalize(), data("c", "invite", "", role)) for role in ROLE)
    return Screen(text="Who is to join? Or write it at once: /invite athlete Runa", rows=(roles,))


def _invite_name(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=f"What is the name of the new {values['role']}? Write it as others will see it, "
        "for example Runa Holm. Or write cancel."
    )


def _invites(values: Values, now: datetime) -> Screen:
    lines = []
    if values["revoked"] is not None:
        lines = [f"Revoked: the link for {esc(values['revoked'])}. Nobody can use it any more.", ""]
    elif values["gone"]:
        lines = ["That link is not open any more: it was used or revoked before.", ""]
    if not values["links"]:
        return Screen(text="\n".join([*lines, "No link is open. /invite makes one."]))
    lines.append(f"<b>{count(values['total'], 'open link', 'open links')}</b>{of_pages(values)}")
    for one in values["links"]:
        what = "moves to a new account" if one["moves"] else f"joins as {ROLE[one['role']]}"
        until = say_moment(one["until"], values["zone"], now)
        lines.append(f"{esc(one['name'])} – {what}; until {until}")
    rows = tuple(
        (
            Button(
                in_one_line(f"Revoke {one['name']}"),
                data("c", "invites", "", f"revoke {one['id']}"),
                Style.DANGER,
            ),
        )
        for one in values["links"]
    )
    return Screen(text="\n".join(lines), rows=(*rows, *pages(values, "invites")))


def _invites_problem(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=f"“{esc(values['word'][:60])}” is not a page. Write /invites for all open links, or "
        "/invites 2 for the second page."
    )


SAY_ACCOUNTS: Final[dict[str, Words]] = {
    "people": _people,
    "person": _person,
    "invite_role": _invite_role,
    "invite_name": _invite_name,
    "invites": _invites,
    "invites_problem": _invites_problem,
    "command_cancelled": plain("Nothing was changed."),
}
"""Topic → words."""
