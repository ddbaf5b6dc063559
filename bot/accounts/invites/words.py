"""Words and buttons of links: to join, to move."""

from datetime import datetime
from typing import Final
from urllib.parse import quote

from bot.accounts.invites.messages import (
    AskInvitedName,
    AskInvitedRole,
    CoachToo,
    Invitation,
    LinkMade,
    LinkNotOpen,
    LinkRevoked,
    MoveLinkMade,
    NoLinkMade,
    NoSuchLinksPage,
    OpenLink,
    OpenLinks,
)
from bot.accounts.phrases import ROLE, myself_rows
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
    in_one_line,
    lines,
    many,
    paragraphs,
)
from bot.conversation.widgets import say_moment
from bot.letters import INVITED

WORDS: Final = Words()
# ---- links ----------------------------------------------------------------------------

NAMELESS: Final = "a link without a name"
"""What a link is called whose name was erased."""
_ONCE: Final = (
    "I do not keep the link, so I cannot show it again. If it is lost, revoke it and make another."
)


def _revoke(said: LinkMade | MoveLinkMade) -> tuple[Row, ...]:
    return ((Button("Revoke", data("i", said.invite), Style.DANGER),),)


@WORDS.of(LinkMade)
def _link_made(said: LinkMade, now: datetime) -> Screen:
    name, role = esc(said.name), ROLE[said.role]
    until = say_moment(said.expires_at, said.zone, now)
    return Screen(
        text=paragraphs(
            f"<b>{name}</b> can join as {role}, until {until}. The invitation follows: forward it "
            f"to {name} only, or tap Share.",
            _asked_about(said),
            _ONCE,
        ),
        rows=(*_share(said), *_choose_coach(said), *_revoke(said)),
    )


def _asked_about(said: LinkMade) -> str:
    if not said.coach:
        return ""
    return (
        f"{esc(said.name)} is asked on joining whether to share with {esc(said.coach)}. "
        "You hear the answer."
    )


_SHARE: Final = "https://t.me/share/url?url={link}&text={text}"
"""Telegram's own page that lets one choose a chat to send a link to."""


def _share(said: LinkMade) -> tuple[Row, ...]:
    if not said.link:
        return ()
    text = f"{said.by} invites you to Holdfast, {said.name}. The link is for you alone."
    url = _SHARE.format(link=quote(said.link, safe=""), text=quote(text, safe=""))
    return ((Button("Share", "", url=url),),)


def _choose_coach(said: LinkMade) -> tuple[Row, ...]:
    """An athlete's coach can be chosen before the athlete has joined."""
    if said.role != "athlete" or not said.chooses:
        return ()
    label = "Choose another coach" if said.coach else "Choose a coach"
    return ((Button(label, command_data("assign", INVITED + said.invite)),),)


@WORDS.of(Invitation)
def _invitation(said: Invitation, now: datetime) -> Screen:
    """Write what is forwarded as it is: it has no buttons, and tells nothing to anybody else."""
    by, until = esc(said.by), say_moment(said.expires_at, said.zone, now)
    what = f"as {ROLE[said.role]}"
    if said.role == "athlete":
        what = "a bot that walks you through daily holds and stops when it hurts too much"
    sees = f"{by} sees your answers only if you say yes to that." if said.coach else ""
    return Screen(
        text=paragraphs(
            f"<b>{esc(said.name)}, {by} invites you to Holdfast</b>, {what}.",
            sees,
            lines("Open this link in Telegram and press Start:", esc(said.link)),
            f"It is for you alone. It works once, until {until}.",
        )
    )


@WORDS.of(MoveLinkMade)
def _move_link_made(said: MoveLinkMade, now: datetime) -> Screen:
    name = esc(said.name)
    until = say_moment(said.expires_at, said.zone, now)
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
WORDS.plain(LinkNotOpen, "This link is no longer open: it was used or revoked before.")


@WORDS.of(AskInvitedRole)
def _invited_role(said: AskInvitedRole, _now: datetime) -> Screen:
    roles = tuple(Button(role.capitalize(), data("c", "invite", "", role)) for role in ROLE)
    return Screen(
        text="Who should join? Or send it in one line: /invite athlete Runa",
        rows=(roles, *(myself_rows() if said.myself else ())),
    )


@WORDS.of(CoachToo)
def _coach_too(said: CoachToo, _now: datetime) -> Screen:
    is_so = "You are a coach here already." if said.already else "You are a coach here too."
    return Screen(
        text=f"{is_so} /invite athlete NAME makes an invitation: on joining, the athlete is asked "
        "whether to share with you. /summary shows when your week comes."
    )


@WORDS.of(AskInvitedName)
def _invited_name(said: AskInvitedName, _now: datetime) -> Screen:
    return Screen(
        text=f"What is the name of the new {said.role}? Write it as others will see it, "
        "for example Runa Holm. Or write cancel."
    )


@WORDS.of(OpenLinks)
def _open_links(said: OpenLinks, now: datetime) -> Screen:
    told = []
    if said.revoked is not None:
        whose = f" for {esc(said.revoked)}" if said.revoked else ""
        told = [f"Revoked: the link{whose}. Nobody can use it any more.", ""]
    elif said.gone:
        told = ["That link is no longer open: it was used or revoked before.", ""]
    if not said.links:
        return Screen(text="\n".join([*told, "No open links. /invite makes one."]))
    total = many(said.total, "open link")
    told.append(f"<b>{total}</b>{of_pages(said.page, said.pages)}")
    for one in said.links:
        what = "moves to a new account" if one.moves else f"joins as {ROLE[one.role]}"
        told.append(
            f"{esc(one.name or NAMELESS)} – {what}; until {say_moment(one.until, said.zone, now)}"
        )
    rows = tuple((_revoke_listed(one),) for one in said.links)
    beside = turning(said.page, range(1, said.pages + 1), "c", "invites", "")
    return Screen(text="\n".join(told), rows=(*rows, *beside))


def _revoke_listed(one: OpenLink) -> Button:
    label = in_one_line(f"Revoke {one.name or NAMELESS}")
    return Button(label, data("c", "invites", "", f"revoke {one.id}"), Style.DANGER)


@WORDS.of(NoSuchLinksPage)
def _no_such_links_page(said: NoSuchLinksPage, _now: datetime) -> Screen:
    return Screen(
        text=f"“{esc(said.word[:60])}” is not a page. Write /invites for all open links, or "
        "/invites 2 for the second page."
    )
