"""Words and buttons of taking a role away, for the admin and for whom it concerns."""

from datetime import datetime
from typing import Final

from bot.accounts.phrases import say_as
from bot.accounts.removal.messages import (
    AskRemovedRole,
    LastAdmin,
    LeavingAlready,
    NotRemoved,
    NotTheirRole,
    PersonRemoved,
    RemovalDropped,
    RemovalQuestion,
    RemovalUndone,
    YouAreBack,
    YouAreRemoved,
)
from bot.conversation.screen import Button, Screen, Style, Words, command_data, esc, in_rows, many
from bot.conversation.widgets import say_moment

WORDS: Final = Words()
_MEANS: Final = {
    "athlete": "As an athlete: a running session and all reminders end now. The data will be "
    "erased after 24 hours; until then you can take it back.",
    "admin": "As an admin: no admin command works any more. If the Telegram id is in "
    "access.admins of the settings, remove it there too, or the next start brings the role back.",
}


@WORDS.of(AskRemovedRole)
def _removed_role(said: AskRemovedRole, _now: datetime) -> Screen:
    person = said.athlete_id
    buttons = [Button(f"As {role}", command_data("remove", person, role)) for role in said.roles]
    buttons.append(Button("Altogether", command_data("remove", person, "all")))
    return Screen(
        text=f"{esc(said.name)} is {say_as(said.roles)}. Remove as what?",
        rows=(*in_rows(buttons, 2), (_keep(person),)),
    )


def _keep(person_id: int) -> Button:
    return Button("Keep", command_data("remove", person_id, "keep"))


@WORDS.of(RemovalQuestion)
def _removal_question(said: RemovalQuestion, _now: datetime) -> Screen:
    whom = "yourself" if said.is_me else esc(said.name)
    lines = [f"<b>Remove {whom} as {say_as(said.roles)}?</b>", ""]
    if said.is_me:
        lines.append("This is you: you lose these rights at once, and cannot give them back.")
    lines += [_MEANS[role] for role in said.roles if role != "coach"]
    if "coach" in said.roles:
        seen = many(said.athletes, "athlete is", "athletes are")
        lines.append(
            "As a coach: no access to any athlete's data, no alerts and no summary any more; "
            f"{seen} told."
        )
    remove = Button(
        "Remove me" if said.is_me else "Remove",
        command_data("remove", said.athlete_id, f"{said.word} yes"),
        Style.DANGER,
    )
    return Screen(text="\n".join(lines), rows=((remove, _keep(said.athlete_id)),))


@WORDS.of(NotTheirRole)
def _not_their_role(said: NotTheirRole, _now: datetime) -> Screen:
    name = esc(said.name)
    return Screen(
        text=f"“{esc(said.word[:60])}” is no role of {name}, who is {say_as(said.roles)}. "
        f"Write for example /remove {name} {said.roles[0]}."
    )


@WORDS.of(LeavingAlready)
def _leaving_already(said: LeavingAlready, now: datetime) -> Screen:
    at = _erased_at(said.erase_at, said.zone, now)
    return Screen(text=f"{esc(said.name)} is already leaving: the data will be erased {at}.")


def _erased_at(at: datetime | None, zone: str, now: datetime) -> str:
    return "soon" if at is None else say_moment(at, zone, now)


@WORDS.of(LastAdmin)
def _last_admin(said: LastAdmin, _now: datetime) -> Screen:
    return Screen(
        text=f"{esc(said.name)} is the only admin, and there must be one. "
        "Invite another first, for example /invite admin Kim."
    )


@WORDS.of(RemovalDropped)
def _removal_dropped(said: RemovalDropped, _now: datetime) -> Screen:
    return Screen(text=f"Nothing was changed: {esc(said.name)} stays.")


@WORDS.of(PersonRemoved)
def _person_removed(said: PersonRemoved, now: datetime) -> Screen:
    if said.is_me:
        text = f"You are not {say_as(said.roles)} here any more."
    else:
        text = f"{esc(said.name)} is removed as {say_as(said.roles)}."
    if "athlete" not in said.roles:
        return Screen(text=text)
    back = Button("Take back", command_data("remove", said.athlete_id, "back"), Style.SUCCESS)
    at = _erased_at(said.erase_at, said.zone, now)
    return Screen(
        text=f"{text} The training data will be erased {at}.", rows=() if said.is_me else ((back,),)
    )


@WORDS.of(RemovalUndone)
def _removal_undone(said: RemovalUndone, _now: datetime) -> Screen:
    name = esc(said.name)
    told = f"A message to {name} is on its way."
    if not said.told:
        told = f"I cannot reach {name} at the moment: please tell them yourself."
    return Screen(text=f"{name} is an athlete again; nothing was erased. {told}")


@WORDS.of(NotRemoved)
def _not_removed(said: NotRemoved, now: datetime) -> Screen:
    name = esc(said.name)
    if said.erase_at is None:
        return Screen(text=f"{name} was not removed as an athlete. Nothing was changed.")
    at = say_moment(said.erase_at, said.zone, now)
    return Screen(
        text=f"{name} asked to be erased; it happens {at}. "
        f"Only {name} can change that, with /privacy."
    )


@WORDS.of(YouAreRemoved)
def _you_are_removed(said: YouAreRemoved, now: datetime) -> Screen:
    text = f"An admin has removed you as {say_as(said.roles)} here."
    if said.stopped:
        text = f"RELEASE. The session is over.\n\n{text}"
    if "athlete" in said.roles:
        at = _erased_at(said.erase_at, said.zone, now)
        text += f" Your training data will be erased {at}; /export gives you a copy first."
    if said.left:
        text += f" You are still {say_as(said.left)}."
    return Screen(text=text, rings=said.stopped)


@WORDS.of(YouAreBack)
def _you_are_back(said: YouAreBack, now: datetime) -> Screen:
    text = "You are an athlete here again; nothing was erased."
    if said.next_at is None:
        return Screen(text=f"{text} /next says what comes.")
    return Screen(text=f"{text} Next session: {say_moment(said.next_at, said.zone, now)}.")
