"""Words and buttons of who is who: people, their links, and removing somebody."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from bot.chat.pickers import Row, Values, Words, in_rows, plain, say_day, say_moment
from bot.chat.say_naming import command_data
from bot.chat.screen import Button, Screen, Style, data, esc
from bot.protocol.local_time import local, say_date

ROLE: Final = {"athlete": "an athlete", "coach": "a coach", "admin": "an admin"}
ROLES: Final = {"athlete": "athletes", "coach": "coaches", "admin": "admins"}
_LABEL: Final = 28


def pages(values: Values, command: str, person_id: int | None = None) -> tuple[Row, ...]:
    """Return a row that turns the pages of `command`, where there are several."""
    page, last = values["page"], values["pages"]
    turn = (("‹ Back", page - 1), ("More ›", page + 1))
    row = tuple(
        Button(label, data("c", command, "" if person_id is None else person_id, f"p{to}"))
        for label, to in turn
        if 1 <= to <= last
    )
    return (row,) if row else ()


def of_pages(values: Values) -> str:
    """Return " (page 2 of 3)", or nothing for a single page."""
    return f" (page {values['page']} of {values['pages']})" if values["pages"] > 1 else ""


def say_list(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


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
    roles = [_count(values["by_role"].get(role, 0), role, many) for role, many in ROLES.items()]
    if values["invited"]:
        roles.append(f"{values['invited']} invited")
    head = f"<b>{_count(values['total'], 'person', 'people')}</b>: {', '.join(roles)}"
    names = [
        Button(one["name"][:_LABEL], command_data("people", one["athlete_id"]))
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
        lines.append(f"Coach: {', '.join(names) or 'none'}")
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
    return (*in_rows(found, 3), (Button("‹ Everybody", data("c", "people", "")),))


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
    lines.append(f"<b>{_count(values['total'], 'open link', 'open links')}</b>{of_pages(values)}")
    for one in values["links"]:
        what = "moves to a new account" if one["moves"] else f"joins as {ROLE[one['role']]}"
        until = say_moment(one["until"], values["zone"], now)
        lines.append(f"{esc(one['name'])} – {what}; until {until}")
    rows = tuple(
        (
            Button(
                f"Revoke {one['name'][:_LABEL]}",
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


# ---- removing -------------------------------------------------------------------------


def _remove_which(values: Values, _now: datetime) -> Screen:
    person = values["athlete_id"]
    buttons = [
        Button(f"As {role}", command_data("remove", person, role)) for role in values["roles"]
    ]
    buttons.append(Button("Altogether", command_data("remove", person, "all")))
    name, roles = esc(values["name"]), say_list([ROLE[role] for role in values["roles"]])
    return Screen(
        text=f"{name} is {roles}. Remove as what?", rows=(*in_rows(buttons, 2), (_keep(values),))
    )


def _keep(values: Values) -> Button:
    return Button("Keep", command_data("remove", values["athlete_id"], "keep"))


def _remove_ask(values: Values, _now: datetime) -> Screen:
    me, name = values["is_me"], esc(values["name"])
    as_what = say_list([ROLE[role] for role in values["roles"]])
    whom = "yourself" if me else name
    lines = [f"<b>Remove {whom} as {as_what}?</b>", ""]
    if me:
        lines.append("This is you: you lose these rights at once, and cannot give them back.")
    lines += [_MEANS[role] for role in values["roles"] if role != "coach"]
    if "coach" in values["roles"]:
        seen = _count(values["athletes"], "athlete is", "athletes are")
        lines.append(
            "As a coach: no athlete's data is seen any more, no alert or summary comes; "
            f"{seen} told."
        )
    remove = Button(
        "Remove me" if me else "Remove",
        command_data("remove", values["athlete_id"], f"{values['word']} yes"),
        Style.DANGER,
    )
    return Screen(text="\n".join(lines), rows=((remove, _keep(values)),))


_MEANS: Final = {
    "athlete": "As an athlete: a running session and all reminders end now. The data is erased "
    "after 24 hours; until then you can take it back.",
    "admin": "As an admin: no admin command works any more. If the Telegram id stands in "
    "access.admins of the settings, take it out there too, or the next start brings it back.",
}


def _remove_problem(values: Values, _now: datetime) -> Screen:
    name, roles = esc(values["name"]), say_list([ROLE[role] for role in values["roles"]])
    return Screen(
        text=f"“{esc(values['word'][:60])}” is no role of {name}, who is {roles}. "
        f"Write for example /remove {name} {values['roles'][0]}."
    )


def _remove_leaving(values: Values, now: datetime) -> Screen:
    return Screen(
        text=f"{esc(values['name'])} is leaving already: the data is erased "
        f"{_erased_at(values, now)}."
    )


def _erased_at(values: Values, now: datetime) -> str:
    if values["erase_at"] is None:
        return "soon"
    return say_moment(values["erase_at"], values["zone"], now)


def _remove_done(values: Values, now: datetime) -> Screen:
    as_what = say_list([ROLE[role] for role in values["roles"]])
    if values["is_me"]:
        text = f"You are not {as_what} here any more."
    else:
        text = f"{esc(values['name'])} is removed as {as_what}."
    if "athlete" not in values["roles"]:
        return Screen(text=text)
    back = Button("Take back", command_data("remove", values["athlete_id"], "back"), Style.SUCCESS)
    return Screen(
        text=f"{text} The training data is erased {_erased_at(values, now)}.",
        rows=() if values["is_me"] else ((back,),),
    )


def _remove_back(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    told = f"A message to {name} is on its way."
    if not values["told"]:
        told = f"I can not reach {name} at the moment: please tell them yourself."
    return Screen(text=f"{name} is an athlete again; nothing was erased. {told}")


def _remove_no_back(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    if values["erase_at"] is None:
        return Screen(text=f"{name} was not removed as an athlete. Nothing was changed.")
    at = _erased_at(values, now)
    return Screen(
        text=f"{name} asked for the erasure, {at}; only {name} can change that, with /privacy."
    )


def _removed(values: Values, now: datetime) -> Screen:
    """To the one who was removed."""
    as_what = say_list([ROLE[role] for role in values["roles"]])
    text = f"An admin has removed you as {as_what} here."
    if values["stopped"]:
        text = f"RELEASE. The session is over.\n\n{text}"
    if "athlete" in values["roles"]:
        at = say_moment(values["erase_at"], values["zone"], now)
        text += f" Your training data is erased {at}; /export gives you a copy before."
    if values["left"]:
        text += f" You are still {say_list([ROLE[role] for role in values['left']])}."
    return Screen(text=text, rings=values["stopped"])


def _taken_back(values: Values, now: datetime) -> Screen:
    text = "You are an athlete here again; nothing was erased."
    if values["next_at"] is None:
        return Screen(text=f"{text} /next says what comes.")
    when = say_moment(values["next_at"], values["zone"], now)
    return Screen(text=f"{text} Next session: {when}.")


SAY_ACCOUNTS: Final[dict[str, Words]] = {
    "people": _people,
    "person": _person,
    "invite_role": _invite_role,
    "invite_name": _invite_name,
    "invites": _invites,
    "invites_problem": _invites_problem,
    "remove_which": _remove_which,
    "remove_ask": _remove_ask,
    "remove_problem": _remove_problem,
    "remove_leaving": _remove_leaving,
    "remove_last_admin": lambda values, _now: Screen(
        text=f"{esc(values['name'])} is the only admin; somebody has to be. "
        "Make another one first, for example /invite admin Kim."
    ),
    "remove_kept": lambda values, _now: Screen(
        text=f"Nothing was changed: {esc(values['name'])} stays."
    ),
    "remove_done": _remove_done,
    "remove_back": _remove_back,
    "remove_no_back": _remove_no_back,
    "removed": _removed,
    "taken_back": _taken_back,
    "nothing_changed": plain("Nothing was changed."),
}
"""Topic → words."""
