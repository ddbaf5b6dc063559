"""Who coaches whom: asked by an admin, allowed by the athlete, ended by either."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.accounts.sharing.messages import AthleteEnded
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.store import agreed, people
from bot.store.tables import AlertRow, AssignmentRow, AuditRow, OutboxRow, OutboxState, Role
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA

LEE = COACH + 100
JO = RUNA + 100


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Ada, an admin; the athletes Runa (2) and Jo (3); the coaches Kim Berg (4) and Lee (5)."""
    with Talk(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        made.athlete()
        made.athlete(JO, "Jo")
        made.person(COACH, "Kim Berg", Role.COACH)
        made.person(LEE, "Lee", Role.COACH)
        yield made


def sees(talk: Talk, coach: int = 4, athlete: int = 2) -> bool:
    """Whether data flows from the athlete to the coach."""
    return talk.store.read_now(people.coaches, coach, athlete)


def test_nothing_flows_before_the_athlete_says_yes(talk: Talk) -> None:
    """Asked by name, answered by a tap; the version and the time of the consent are kept."""
    assert "Until then Kim Berg sees nothing" in talk.says(ADMIN, "/assign Runa Kim")
    assert "Share your training with Kim Berg" in talk.text(RUNA)
    assert "may say no" not in talk.text(COACH)
    assert not sees(talk)
    talk.later(hours=1)
    talk.taps(RUNA, "Yes")
    assert sees(talk)
    row = talk.row(AssignmentRow, (2, 4))
    assert (row.consented_at, row.consent_version) == (talk.now, agreed.SHARING)
    assert "Runa Holm now shares with you" in talk.text(COACH)
    assert talk.text(ADMIN) == "Runa Holm said yes and shares with Kim Berg."
    assert not sees(talk, athlete=3)


def test_the_athlete_says_no(talk: Talk) -> None:
    """It is kept, the others hear it, and the buttons are used up."""
    talk.says(ADMIN, "/assign Runa Kim")
    yes = talk.data(RUNA, "Yes")
    talk.taps(RUNA, "No")
    assert talk.row(AssignmentRow, (2, 4)).declined_at == talk.now
    assert "said no" in talk.text(COACH)
    assert "said no" in talk.text(ADMIN)
    talk.presses_data(RUNA, yes)
    assert (talk.toasts[-1], sees(talk)) == ("inactive", False)


def test_by_tapping_alone(talk: Talk) -> None:
    """The athlete, then the coach; who shares already and who was asked is said."""
    talk.says(ADMIN, "/assign")
    assert talk.labels(ADMIN) == ["Jo", "Runa Holm"]
    talk.taps(ADMIN, "Runa")
    assert talk.labels(ADMIN) == ["Kim Berg", "Lee"]
    talk.taps(ADMIN, "Kim")
    talk.taps(RUNA, "Yes")
    talk.says(ADMIN, "/assign runa lee")
    told = talk.says(ADMIN, "/assign runa")
    assert "shares with Kim Berg." in told
    assert "was asked about Lee, and has not answered yet." in told
    assert talk.labels(ADMIN) == ["End Kim Berg", "Ask again: Lee", "Take it back"]


def test_asked_again_the_older_question_is_dead(talk: Talk) -> None:
    """Only the buttons of the newest question count."""
    talk.says(ADMIN, "/assign Runa Kim")
    old = talk.data(RUNA, "Yes")
    talk.later(minutes=1)
    talk.says(ADMIN, "/assign Runa Kim")
    talk.presses_data(RUNA, old)
    assert (talk.toasts[-1], sees(talk)) == ("inactive", False)
    talk.taps(RUNA, "Yes")
    assert sees(talk)


@pytest.mark.parametrize("ending", ["/assign Runa Kim off", "/remove Kim yes", "/remove Runa yes"])
def test_a_question_that_is_over_can_not_be_answered(talk: Talk, ending: str) -> None:
    """Taken back, or one of the two is gone."""
    talk.says(ADMIN, "/assign Runa Kim")
    yes = talk.data(RUNA, "Yes")
    talk.says(ADMIN, ending)
    talk.presses_data(RUNA, yes)
    assert (talk.toasts[-1], sees(talk)) == ("inactive", False)


def test_f63_a_question_is_the_athletes_own(talk: Talk) -> None:
    """Nobody else's press answers it, and no number can be guessed."""
    talk.says(ADMIN, "/assign Runa Kim")
    yes = talk.data(RUNA, "Yes")
    for who in (JO, COACH, ADMIN):
        talk.presses_data(who, yes)
        assert talk.toasts[-1] == "inactive"
    for forged in ("1:c:coach:4:yes 0", "1:c:coach:5:yes 1", "1:c:coach:4:again 0"):
        talk.presses_data(RUNA, forged)
        assert talk.toasts[-1] == "inactive"
    assert not sees(talk)


def test_an_athlete_stops_sharing_and_shares_again(talk: Talk) -> None:
    """At once; the coach hears one sentence; a slip is one tap, from that message alone."""
    talk.says(ADMIN, "/assign Runa Kim")
    talk.taps(RUNA, "Yes")
    assert "Kim Berg – since today" in talk.says(RUNA, "/coach")
    talk.taps(RUNA, "Stop sharing")
    assert not sees(talk)
    assert talk.text(COACH) == "Runa Holm does not share with you any more. Nothing more comes."
    again = talk.data(RUNA, "Share again")
    talk.taps(RUNA, "Share again")
    assert sees(talk)
    talk.later(minutes=1)
    talk.says(RUNA, "/coach off")
    talk.presses_data(RUNA, again)
    assert (talk.toasts[-1], sees(talk)) == ("inactive", False)
    assert "No coach sees your data" in talk.says(RUNA, "/coach")


def test_several_coaches(talk: Talk) -> None:
    """Each by a consent of their own; "off" alone asks which, a name says it."""
    for coach in ("Kim", "Lee"):
        talk.says(ADMIN, f"/assign Runa {coach}")
        talk.taps(RUNA, "Yes")
    assert (sees(talk, 4), sees(talk, 5)) == (True, True)
    talk.says(RUNA, "/coach off")
    assert talk.labels(RUNA) == ["Stop sharing with Kim Berg", "Stop sharing with Lee"]
    talk.says(RUNA, "/coach off lee")
    assert (sees(talk, 4), sees(talk, 5)) == (True, False)
    talk.says(RUNA, "/coach kim off")
    assert not sees(talk, 4)


def test_an_admin_ends_it(talk: Talk) -> None:
    """Both are told once; ending it again changes nothing."""
    talk.says(ADMIN, "/assign Runa Kim")
    talk.taps(RUNA, "Yes")
    assert "Both get a message" in talk.says(ADMIN, "/assign Runa Kim off")
    assert not sees(talk)
    assert "sees no data of yours" in talk.text(RUNA)
    assert "does not share with you any more" in talk.text(COACH)
    assert "Nothing was changed" in talk.says(ADMIN, "/assign Runa Kim off")


def test_what_waits_for_the_coach_is_held_back(talk: Talk) -> None:
    """Waiting alerts and letters about this athlete go; those about another stay."""
    for name, athlete in (("Runa", RUNA), ("Jo", JO)):
        talk.says(ADMIN, f"/assign {name} Kim")
        talk.taps(athlete, "Yes")

    def wait(db: Db) -> None:
        for athlete in (2, 3):
            alert = AlertRow(
                key=f"a{athlete}", coach_id=4, athlete_id=athlete, event="x", at=talk.now, body=""
            )
            alert.due_at = talk.now
            db.add(alert)
            letter = Say(AthleteEnded("A", athlete))
            post(db, COACH, letter, talk.now, key=f"waits{athlete}")

    talk.away.add(COACH)
    talk.run(wait)
    talk.says(RUNA, "/coach off")

    def left(db: Db) -> tuple[list[int], list[int]]:
        query = select(OutboxRow.body).where(
            OutboxRow.state == OutboxState.PENDING, OutboxRow.key.startswith("waits")
        )
        letters = [json.loads(body)["values"]["athlete_id"] for body in db.exec(query)]
        return list(db.exec(select(AlertRow.athlete_id))), letters

    assert talk.store.read_now(left) == ([3], [3])


def test_a_question_waits_for_somebody_unreachable(talk: Talk) -> None:
    """The admin is told; the athlete finds it under /coach."""

    def lose(db: Db) -> None:
        people.person(db, 2).unreachable_since = talk.now

    talk.run(lose)
    assert "I cannot reach Runa Holm" in talk.says(ADMIN, "/assign Runa Kim")
    assert talk.text(RUNA) == ""
    talk.says(RUNA, "/coach")
    talk.taps(RUNA, "Yes")
    assert sees(talk)


def test_a_new_text_is_agreed_to_anew(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the text changed since the question, the question comes again."""
    talk.says(ADMIN, "/assign Runa Kim")
    monkeypatch.setattr(agreed, "SHARING", "2030-01")
    assert "Share your training" in talk.taps(RUNA, "Yes")
    assert not sees(talk)
    talk.taps(RUNA, "Yes")
    assert talk.row(AssignmentRow, (2, 4)).consent_version == "2030-01"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Runa Zoe", "no coach called “Zoe”"),
        ("Runa Runa", "no coach called “Runa”"),
        ("Runa Kim on", "not “on”"),
        ("Zoe Kim", "nobody called “Zoe Kim”"),
        ("“Runa Holm” 'Kim Berg' <b>", "not “<b>”"),
    ],
)
def test_a_wrong_name_is_one_sentence(talk: Talk, typed: str, says: str) -> None:
    """The exact word, and nothing is asked."""
    assert says in talk.says(ADMIN, f"/assign {typed}")
    assert talk.count(AssignmentRow) == 0


def test_every_step_is_written_down(talk: Talk) -> None:
    """By whom, and for whom."""
    talk.says(ADMIN, "/assign Runa Kim")
    talk.taps(RUNA, "Yes")
    talk.says(RUNA, "/coach off")
    talk.says(ADMIN, "/assign Runa Kim")
    talk.taps(RUNA, "No")

    def written(db: Db) -> list[tuple[str, int | None]]:
        return [(row.action, row.actor_id) for row in db.exec(select(AuditRow))]

    assert talk.store.read_now(written) == [
        ("assign", 1),
        ("consent", 2),
        ("unshare", 2),
        ("assign", 1),
        ("decline", 2),
    ]


def test_sharing_under_older_words_is_not_offered_again(talk: Talk) -> None:
    """What was consented to reads otherwise today: an admin asks anew, no button promises more."""
    talk.says(ADMIN, "/assign Runa Kim")
    talk.taps(RUNA, "Yes")

    def older(db: Db) -> None:
        row = db.exec(select(AssignmentRow)).one()
        row.consent_version = "older"
        db.add(row)

    talk.run(older)
    talk.says(RUNA, "/coach off")
    assert talk.labels(RUNA) == []
