"""A coach for who is invited and has not joined; and everybody who waits for a person hears."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dispatch import upkeep
from bot.store import people
from bot.store.tables import AssignmentRow, InviteCoachRow, Role
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA

LEE = COACH + 100
BEN = ADMIN + 100
LINK = re.compile(r"start=([\w-]+)")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Ada (1) and Ben (2), admins; the coaches Kim Berg (3) and Lee (4)."""
    with Talk(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        made.person(BEN, "Ben", Role.ADMIN)
        made.person(COACH, "Kim Berg", Role.COACH)
        made.person(LEE, "Lee", Role.COACH)
        yield made


def invite(talk: Talk, name: str = "Runa Holm", role: str = "athlete") -> str:
    """Let Ada make a link; return its token."""
    found = LINK.search(talk.says(ADMIN, f"/invite {role} {name}"))
    assert found is not None
    return found[1]


def join(talk: Talk, token: str, who: int = RUNA, *, shares: str = "Yes, share") -> None:
    """Join as an athlete by this link, and say this to each coach who is asked about."""
    talk.says(who, f"/start {token}")
    if "Share your training" not in talk.text(who):
        talk.taps(who, "Agree")
    while "Share your training" in talk.text(who):
        talk.taps(who, shares)
    for label in ("Yes, 18", "None of these", "Left"):
        talk.taps(who, label)
    talk.says(who, "Europe/Berlin")
    for label in ("Yes", "Every day", "07:30", "Finish"):
        talk.taps(who, label)


def heard(talk: Talk, who: int) -> str:
    """Return all that somebody has read, without marks."""
    return html.unescape("\n".join(one.text for one in talk.chats.get(who, {}).values()))


def test_the_enrolment_asks_about_it(talk: Talk) -> None:
    """The admin is told what happens; the athlete is asked, the coach learns no name before."""
    token = invite(talk)
    told = talk.says(ADMIN, "/assign Runa Kim")
    assert "Runa Holm has not joined yet." in told
    assert "Until then Kim Berg sees nothing." in told
    assert talk.text(COACH) == ""
    talk.says(RUNA, f"/start {token}")
    talk.taps(RUNA, "Agree")
    assert "Share your training with Kim Berg" in talk.text(RUNA)
    talk.says(RUNA, "perhaps")
    assert "Please write yes or no." in talk.text(RUNA)
    talk.says(RUNA, "yes")
    assert talk.text(COACH) == ""
    talk.says(RUNA, "back")
    assert "Share your training with Kim Berg" in talk.text(RUNA)
    join(talk, token)
    joined = "Runa Holm has joined as an athlete. Runa Holm shares with Kim Berg."
    assert talk.text(ADMIN) == joined
    assert talk.text(COACH).startswith("Runa Holm has joined and shares with you")
    assert talk.count(InviteCoachRow) == 0
    assert talk.read(people.coaches, 3, 5)


def test_a_coach_who_is_chosen_in_the_middle_of_it_is_asked_about_after(talk: Talk) -> None:
    """The question comes when the athlete is in; so does it where its text is a newer one."""
    token = invite(talk)
    talk.says(RUNA, f"/start {token}")
    for label in ("Agree", "Yes, 18", "None of these", "Left"):
        talk.taps(RUNA, label)
    talk.says(ADMIN, "/assign Runa Kim")
    talk.says(RUNA, "Europe/Berlin")
    for label in ("Yes", "Every day", "07:30", "Finish"):
        talk.taps(RUNA, label)
    assert "Share your training with Kim Berg" in talk.text(RUNA)
    assert "Runa Holm is asked now whether to share with Kim Berg" in talk.text(ADMIN)
    assert "has joined" in talk.text(COACH)
    assert "Runa" not in heard(talk, COACH)
    talk.taps(RUNA, "Yes")
    assert talk.text(COACH).startswith("Runa Holm now shares with you")


def test_f139_a_no_on_joining_names_nobody(talk: Talk) -> None:
    """The coach hears that somebody was asked and said no; the admin hears who."""
    token = invite(talk)
    talk.says(ADMIN, "/assign Runa Kim")
    join(talk, token, shares="No")
    assert "said no" in talk.text(COACH)
    assert "Runa" not in heard(talk, COACH)
    assert "Runa Holm said no to Kim Berg." in talk.text(ADMIN)


def test_several_coaches_by_tapping_alone(talk: Talk) -> None:
    """From the link's message; who is kept is shown, and can be taken back."""
    token = invite(talk)
    talk.taps(ADMIN, "Choose a coach")
    assert "Runa Holm has not joined yet." in talk.text(ADMIN)
    assert talk.labels(ADMIN) == ["Kim Berg", "Lee"]
    talk.taps(ADMIN, "Kim")
    talk.says(ADMIN, "/assign runa")
    talk.taps(ADMIN, "Lee")
    assert "will be asked about Kim Berg, Lee" in talk.says(ADMIN, "/assign runa holm")
    assert talk.labels(ADMIN) == ["Take back: Kim Berg", "Take back: Lee"]
    talk.taps(ADMIN, "Take back: Kim")
    assert talk.text(ADMIN) == "Runa Holm will not be asked about Kim Berg."
    assert "Nothing was changed" in talk.says(ADMIN, "/assign runa kim off")
    join(talk, token)
    assert talk.text(ADMIN).endswith("Runa Holm shares with Lee.")
    assert talk.count(AssignmentRow) == 1


def test_an_athlete_and_somebody_invited_of_one_name_are_told_apart(talk: Talk) -> None:
    """Never the wrong person: where both fit, it is asked."""
    athlete = talk.athlete(RUNA + 5, "Runa Falk")
    invite(talk)
    assert "who is it" in talk.says(ADMIN, "/assign Runa Kim")
    assert talk.labels(ADMIN) == ["Runa Falk", "Runa Holm (invited)"]
    talk.taps(ADMIN, "Runa Holm")
    assert "Runa Holm has not joined yet." in talk.text(ADMIN)
    talk.says(ADMIN, "/assign Runa F Lee")
    assert talk.row(AssignmentRow, (athlete, 4)) is not None


@pytest.mark.parametrize("way", ["the button", "the list"])
def test_a_revoked_link_undoes_it(talk: Talk, way: str) -> None:
    """Whoever asked for it is told, whoever revoked the link."""
    token = invite(talk)
    talk.says(BEN, "/assign Runa Kim")
    if way == "the button":
        talk.taps(ADMIN, "Revoke")
    else:
        talk.says(ADMIN, "/invites")
        talk.taps(ADMIN, "Revoke Runa")
    gone = "The link for Runa Holm was revoked. So Runa Holm will not be asked"
    assert talk.text(BEN).startswith(gone)
    assert talk.count(InviteCoachRow) == 0
    talk.says(RUNA, f"/start {token}")
    assert "Runa" not in heard(talk, COACH)


def test_an_expired_link_undoes_it(talk: Talk) -> None:
    """Once it has expired, and is said so once."""
    invite(talk)
    talk.says(ADMIN, "/assign Runa Kim")
    talk.later(days=6, hours=23)
    talk.run(upkeep.tidy, talk.now)
    assert talk.count(InviteCoachRow) == 1
    talk.later(hours=1)
    for _ in range(2):
        talk.run(upkeep.tidy, talk.now)
        talk.time_acts(hours=1)
    assert talk.count(InviteCoachRow) == 0
    assert heard(talk, ADMIN).count("The link for Runa Holm has expired, and nobody joined") == 1
    assert "No athletes yet." in talk.says(ADMIN, "/assign Runa Kim")


def test_who_is_joining_as_the_link_expires_is_waited_for(talk: Talk) -> None:
    """The enrolment may be finished within a day, and the question comes then."""
    token = invite(talk)
    talk.says(ADMIN, "/assign Runa Kim")
    talk.later(days=6, hours=23)
    talk.says(RUNA, f"/start {token}")
    talk.later(hours=2)
    talk.run(upkeep.tidy, talk.now)
    assert talk.count(InviteCoachRow) == 1
    join(talk, token)
    assert talk.text(COACH).startswith("Runa Holm has joined and shares with you")


def test_a_coach_who_is_removed_is_not_asked_about(talk: Talk) -> None:
    """Said to who asked; the person joins without a coach."""
    token = invite(talk)
    talk.says(BEN, "/assign Runa Kim")
    talk.says(ADMIN, "/remove Kim yes")
    assert talk.text(BEN).startswith("Kim Berg is no coach here any more. So Runa Holm")
    join(talk, token)
    assert "Share your training" not in heard(talk, RUNA)
    assert "Runa Holm has no coach yet." in talk.text(ADMIN)
    assert talk.labels(ADMIN) == ["Choose a coach"]


@pytest.mark.parametrize(("role", "says"), [("coach", "a coach"), ("admin", "an admin")])
def test_the_admin_hears_that_a_coach_or_admin_has_joined(talk: Talk, role: str, says: str) -> None:
    """Who made the link, and nobody else."""
    talk.says(RUNA, f"/start {invite(talk, 'Mo', role)}")
    assert talk.text(ADMIN) == f"Mo has joined as {says}."
    assert "Mo" not in heard(talk, BEN)


def test_the_admin_hears_that_somebody_has_moved(talk: Talk) -> None:
    """By the link that was made for it."""
    talk.athlete()
    found = LINK.search(talk.says(ADMIN, "/relink Runa"))
    assert found is not None
    talk.says(RUNA + 9, f"/start {found[1]}")
    assert talk.text(ADMIN).startswith("Runa Holm has moved to the new account")


def test_where_the_admin_is_none_any_more_the_others_hear(talk: Talk) -> None:
    """Somebody hears in any case."""
    token = invite(talk)
    talk.says(BEN, "/remove Ada yes")
    join(talk, token)
    assert "Runa Holm has joined as an athlete." in talk.text(BEN)


def test_nobody_is_asked_about_themselves(talk: Talk) -> None:
    """A coach who joins as an athlete too."""
    token = invite(talk, "Kim Berg")
    talk.says(ADMIN, "/assign Kim Kim")
    join(talk, token, COACH)
    assert "Share your training" not in heard(talk, COACH)
    assert talk.count(AssignmentRow) == 0


def test_a_link_that_is_used_up_keeps_nothing(talk: Talk) -> None:
    """After joining the person is an athlete like others."""
    token = invite(talk)
    join(talk, token)
    talk.later(days=8)
    talk.run(upkeep.tidy, talk.now)
    assert "is being asked" in talk.says(ADMIN, "/assign Runa Kim")
    assert talk.read(people.who_is, RUNA).name == "Runa Holm"


# ---- a coach invites ------------------------------------------------------------------


def test_a_coach_invites_and_is_asked_about_in_the_same_enrolment(talk: Talk) -> None:
    """One line, one message to forward; coach and admins hear; no other role, no other's links."""
    assert "invited by an admin" in talk.says(COACH, "/invite coach Eve")
    invite(talk, "Ada's own")
    letter = talk.says(COACH, "/invite athlete Runa Holm")
    assert letter.startswith("Runa Holm, Kim Berg invites you to Holdfast")
    assert "Kim Berg sees your answers only if you say yes to that." in letter
    assert talk.labels(COACH) == []
    found = LINK.search(letter)
    assert found is not None
    share = [one for screen in talk.chats[COACH].values() for row in screen.rows for one in row]
    assert [one.label for one in share] == ["Share", "Revoke"]
    assert share[0].url is not None
    assert share[0].url.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2F")
    assert found[1] in share[0].url
    listed = talk.says(COACH, "/invites")
    assert "1 open link" in listed
    assert "own" not in listed
    join(talk, found[1])
    assert talk.text(COACH).startswith("Runa Holm has joined and shares with you")
    for admin in (ADMIN, BEN):
        assert talk.text(admin).endswith("Runa Holm shares with Kim Berg.")


def test_a_coach_revokes_own_links_alone(talk: Talk) -> None:
    """Another's stays open, whatever is pressed."""
    invite(talk, "Mo")
    talk.says(COACH, "/invite athlete Runa")
    talk.presses_data(COACH, "1:i:1")
    assert "no longer open" in talk.text(COACH)
    talk.presses_data(COACH, "1:c:invites::revoke 1")
    assert talk.text(COACH).startswith("That link is no longer open")
    talk.taps(COACH, "Revoke Runa")
    assert "Revoked: the link for Runa." in heard(talk, COACH)
    assert "Mo" in talk.says(ADMIN, "/invites")


def test_a_coach_is_asked_for_the_name_alone(talk: Talk) -> None:
    """There is one role to invite."""
    assert "name of the new athlete" in talk.says(COACH, "/invite")
    assert talk.says(COACH, "Runa Holm").startswith("Runa Holm, Kim Berg invites you")


def test_a_physiotherapist_alone_sets_up_in_one_command(talk: Talk) -> None:
    """Admin and coach in one: then an invitation is all there is to do."""
    talk.says(ADMIN, "/invite")
    talk.taps(ADMIN, "I coach athletes myself")
    assert talk.text(ADMIN).startswith("You are a coach here too.")
    assert talk.says(ADMIN, "/invite coach me").startswith("You are a coach here already.")
    assert talk.read(people.roles_of, 1) == {Role.ADMIN, Role.COACH}
    found = LINK.search(talk.says(ADMIN, "/invite athlete Runa Holm"))
    assert found is not None
    before = heard(talk, ADMIN)
    join(talk, found[1])
    new = heard(talk, ADMIN).removeprefix(before).strip()
    assert new.startswith("Runa Holm has joined and shares with you")
    assert "Runa" in talk.says(ADMIN, "/athletes")
