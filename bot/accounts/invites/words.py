"""Words and buttons of links – to join, to move – and of greetings."""

from datetime import datetime
from typing import Final

from bot.accounts.invites.messages import (
    AskInvitedName,
    AskInvitedRole,
    LinkMade,
    LinkNotOpen,
    LinkRevoked,
    MoveLinkMade,
    NoLinkMade,
    NoSuchLinksPage,
    OpenLink,
    OpenLinks,
)
from bot.accounts.phrases import ROLE, count, of_pages, pages, say_instant
from bot.conversation import widgets
from bot.conversation.labels import in_one_line
from bot.conversation.phrases import KEPT
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.widgets import Row, Values, plain
from bot.conversation.widgets import Words as Look
from bot.conversation.words import Words

WORDS: Final = Words()
# ---- links ----------------------------------------------------------------------------

_ONCE: Final = (
    "I do not keep the link, so I can not show it again. If it is lost, revoke it and make another."
)


def _revoke(said: LinkMade | MoveLinkMade) -> tuple[Row, ...]:
    return ((Button("Revoke", data("i", said.invite), Style.DANGER),),)


@WORDS.of(LinkMade)
def _link_made(said: LinkMade, now: datetime) -> Screen:
    name, role = esc(said.name), ROLE[said.role]
    until = say_instant(said.expires_at, said.zone, now)
    return Screen(
        text=(
            f"A link for <b>{name}</b> to join as {role}:\n\n{esc(said.link)}\n\n"
            f"Pass this link on to {name} only. It works once, until {until}.\n\n{_ONCE}"
        ),
        rows=_revoke(said),
    )


@WORDS.of(MoveLinkMade)
def _move_link_made(said: MoveLinkMade, now: datetime) -> Screen:
    name = esc(said.name)
    until = say_instant(said.expires_at, said.zone, now)
    return Screen(
        text=(
            f"A link that moves <b>{name}</b> to another Telegram account:\n\n"
            f"{esc(said.link)}\n\nPass this link on to {name} only: whoever opens it is "
            f"{name} here from then on, and the old chat loses access. "
            f"It works once, until {until}.\n\n{_ONCE}"
        ),
        rows=_revoke(said),
    )


@WORDS.of(NoLinkMade)
def _no_link_made(said: NoLinkMade, _now: datetime) -> Screen:
    return Screen(text=esc(said.problem))


WORDS.plain(LinkRevoked, "The link is revoked; nobody can use it any more.")
WORDS.plain(LinkNotOpen, "This link is not open any more: it was used or revoked before.")


@WORDS.of(AskInvitedRole)
def _invited_role(_said: AskInvitedRole, _now: datetime) -> Screen:
    roles = tuple(Button(role.capitalize(), data("c", "invite", "", role)) for role in ROLE)
    return Screen(text="Who is to join? Or write it at once: /invite athlete Runa", rows=(roles,))


@WORDS.of(AskInvitedName)
def _invited_name(said: AskInvitedName, _now: datetime) -> Screen:
    return Screen(
        text=f"What is the name of the new {said.role}? Write it as others will see it, "
        "for example Runa Holm. Or write cancel."
    )


@WORDS.of(OpenLinks)
def _open_links(said: OpenLinks, now: datetime) -> Screen:
    lines = []
    if said.revoked is not None:
        lines = [f"Revoked: the link for {esc(said.revoked)}. Nobody can use it any more.", ""]
    elif said.gone:
        lines = ["That link is not open any more: it was used or revoked before.", ""]
    if not said.links:
        return Screen(text="\n".join([*lines, "No link is open. /invite makes one."]))
    total = count(said.total, "open link", "open links")
    lines.append(f"<b>{total}</b>{of_pages(said.page, said.pages)}")
    for one in said.links:
        what = "moves to a new account" if one.moves else f"joins as {ROLE[one.role]}"
        lines.append(f"{esc(one.name)} – {what}; until {say_instant(one.until, said.zone, now)}")
    rows = tuple((_revoke_listed(one),) for one in said.links)
    return Screen(text="\n".join(lines), rows=(*rows, *pages("invites", said.page, said.pages)))


def _revoke_listed(one: OpenLink) -> Button:
    label = in_one_line(f"Revoke {one.name}")
    return Button(label, data("c", "invites", "", f"revoke {one.id}"), Style.DANGER)


@WORDS.of(NoSuchLinksPage)
def _no_such_links_page(said: NoSuchLinksPage, _now: datetime) -> Screen:
    return Screen(
        text=f"“{esc(said.word[:60])}” is not a page. Write /invites for all open links, or "
        "/invites 2 for the second page."
    )


# ---- greetings ------------------------------------------------------------------------


def _role_granted(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome, <b>{esc(values['name'])}</b>. You are now {ROLE[values['role']]} here.\n\n"
            "Your Telegram id and name are stored. /help shows what you can do, "
            f"/privacy what is kept.{_zone_question(values)}"
        ),
        rows=_zone_rows(values),
    )


def _zone_question(values: Values) -> str:
    """Return the question for the zone of a coach or admin who never told one."""
    if not values.get("asks_zone"):
        return ""
    return "\n\nWhere do you live? Type your city: then every time I tell you is on your clock."


def _zone_rows(values: Values) -> tuple[Row, ...]:
    if not values.get("asks_zone"):
        return ()
    return ((Button("🕑 Pick by local time", data("c", "zone", "", "clock")),),)


def _already_joined(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"You have already joined as {ROLE[values['role']]}, so this link was not used. "
            "It still works for the person it was made for."
        )
    )


def _welcome_staff(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome back, <b>{esc(values['name'])}</b>. /help shows what you can do."
            f"{_zone_question(values)}"
        ),
        rows=_zone_rows(values),
    )


def _welcome_back(values: Values, now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome back, <b>{esc(values['name'])}</b>. Your plan is as you left it.\n\n"
            f"{_whats_next(values, now)}\n\n/help shows everything else."
        )
    )


def _whats_next(values: Values, now: datetime) -> str:
    if values["leaving"]:
        return "Your data is about to be erased, as you asked; there are no reminders."
    if values["locked"]:
        return "Sessions are locked until your coach unlocks them."
    if values["paused"]:
        ends = KEPT if values.get("kept") else "/resume ends the pause."
        return f"Your plan is paused. {ends}"
    if values["next_at"] is None:
        return "No session is planned. /settings sets your days and time."
    when = widgets.say_moment(values["next_at"], values["zone"], now)
    return f"Next session: <b>{when}</b>. /session starts one now."


def _closed(values: Values, _now: datetime) -> Screen:
    """Turn a stranger away; their own id is told, for an admin's settings."""
    return Screen(
        text="This is a private bot. If someone gave you a link, please open it again from "
        f"there.\n\nYour Telegram id is <b>{values['telegram_id']}</b>."
    )


SAY_LINKS: Final[dict[str, Look]] = {
    "closed": _closed,
    "invite_refused": plain(
        "This link has been used or has expired. Ask your coach for a new one."
    ),
    "move_refused": plain(
        "This Telegram account has joined already, so the link was not used. "
        "Open it from the new account."
    ),
    "moved_away": plain(
        "Your plan has moved to another Telegram account; this chat has no access any more. "
        "If that was not you, tell your coach at once."
    ),
    "role_granted": _role_granted,
    "already_joined": _already_joined,
    "welcome_staff": _welcome_staff,
    "welcome_back": _welcome_back,
}
"""Topic → words, for everything that links and greetings say."""
