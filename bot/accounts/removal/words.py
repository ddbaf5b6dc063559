"""Words and buttons of taking a role away, for the admin and for whom it concerns."""

from datetime import datetime
from typing import Final

from bot.accounts.phrases import ROLE, count, say_list
from bot.conversation.screen import Button, Screen, Style, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Values, Words, in_rows, say_moment


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
        seen = count(values["athletes"], "athlete is", "athletes are")
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


SAY_REMOVING: Final[dict[str, Words]] = {
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
}
"""Topic → words."""
