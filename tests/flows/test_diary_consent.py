"""The diary is kept, and shown to a coach, only under a text that names it (PROTOCOL 7, 9)."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.sharing import diary
from bot.coaching.exports import documents
from bot.coaching.messages import Album, File, FileForm, ListedAthlete, WeekFile
from bot.coaching.weekly.files import week_document
from bot.conversation.message import Message
from bot.dispatch import delivery_events, upkeep
from bot.protocol.load.activities import Activity
from bot.protocol.load.entries import Extra, LoadEntry, LoadKind
from bot.protocol.report.athlete_week import Decision
from bot.store import agreed, audience, load, people, watch_files
from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    AuditRow,
    LoadEntryRow,
    OutboxRow,
    Role,
    WatchFileRow,
    WeeklyCheckRow,
)
from bot.training.checks import flow as checks
from bot.training.load import files
from bot.training.load.files import SentFile
from tests.flows.test_load_seen import TUESDAY, Seen
from tests.flows.test_weekly_check import SUNDAY
from tests.flows.world import COACH, RUNA

OLDER = "2026-11"
WORDS = ("137", "959", "98765", "4321", "UPHILL", "hills", "Load", "weekly", "no better", "sitting")
"""What only the diary and the weekly answers hold, in words, values and files."""


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Seen]:
    """Runa in Berlin, 07:30 on a Tuesday, with a coach; she notes runs and answers each week."""
    with Seen(tmp_path) as made:
        made.coach(made.athlete())
        made.run(lives)
        yield made


def lives(db: Db) -> None:
    """Let Runa note two runs and answer twelve weeks; she woke with pain this morning."""
    now = people.athlete(db, 1).consented_at
    for ago in (1, 2):
        day = TUESDAY - timedelta(days=ago)
        entry = LoadEntry(
            day=day,
            kind=LoadKind.RUN,
            minutes=137,
            effort=7,
            extras=frozenset({Extra.UPHILL}),
            metres=98_765,
            climb_m=4_321,
        )
        load.keep(db, 1, entry, now)
    for week in range(32, 48):
        name = f"2026-W{week}"
        db.add(WeeklyCheckRow(athlete_id=1, week=name, asked_at=now, worst=7, sit=45, better=0))


def agrees(talk: Seen, **columns: Any) -> None:
    """Let what Runa agreed to with her coach be this."""

    def change(db: Db) -> None:
        row = db.get(AssignmentRow, (1, 2))
        assert row is not None
        for name, value in columns.items():
            setattr(row, name, value)
        db.add(row)

    talk.run(change)


def seen_by_coach(talk: Seen) -> str:
    """Return everything that the coach is told and can take, in every form."""
    begun = talk.count(OutboxRow)
    for words in ("/athletes", "/athlete Runa", "/summary now", "/stage Runa", "/report Runa"):
        talk.says(COACH, words)
    told = [repr(one) for one in talk.letters(COACH, after=begun)]
    text = [screen.text for screen in talk.chats[COACH].values()][-5:]
    talk.chats[COACH].clear()
    made = [
        talk.read(documents.document, COACH, File(name, 1), talk.now)
        for name in documents.ABOUT_ATHLETES
    ]
    return "\n".join([*told, *text, *(in_words(one) for one in made), *of_all(talk)])


def of_all(talk: Seen) -> list[str]:
    """Return what the files of all athletes hold."""
    week = (date(2026, 11, 17), TUESDAY)
    listed = (ListedAthlete(1, *week, Decision.NOTHING),)
    made = (WeekFile(form=one, week=None, so_far=False, first_day=week[0], last_day=week[1],
                     listed=listed) for one in FileForm)  # fmt: skip
    return [in_words(talk.read(week_document, COACH, one, talk.now)) for one in made]


def in_words(made: Any) -> str:
    """Return what a document holds, without the names of its columns and of what is left out."""
    if isinstance(made, tuple) and made[0].endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(made[1])) as book:
            return book.read("xl/worksheets/sheet1.xml").decode()
    if isinstance(made, tuple) and made[0].endswith(".csv"):
        return "\n".join(made[1].decode("utf-8-sig").splitlines()[1:])
    if isinstance(made, tuple):
        return str(made[1].decode().partition('"counted"')[2])
    return repr(made)


def holds_load(text: str) -> list[str]:
    """Return which words of load a text holds."""
    plain = text.replace("LoadReport", "").replace("weekly summary", "")
    return [word for word in WORDS if word in plain]


def test_no_view_of_a_coach_holds_load_without_its_agreement(talk: Seen) -> None:
    """Whatever was agreed to, refused and ended, and also where the coach is an admin."""
    talk.person(COACH, "Coach Kim", Role.ADMIN)
    for is_admin, version, refused, consented, ended in product(
        (True, False),
        (None, OLDER, agreed.SHARING),
        (None, OLDER, agreed.SHARING),
        (None, talk.now),
        (None, talk.now),
    ):
        if not is_admin:
            talk.run(people.revoke, 2, Role.ADMIN)
        state = {"consent_version": version, "diary_refused": refused, "ended_at": ended}
        agrees(talk, **state, consented_at=consented)
        found = holds_load(seen_by_coach(talk))
        shown = version == agreed.SHARING and refused != agreed.SHARING
        if shown and consented and not ended:
            assert {"137", "959", "98765", "Load", "no better"} <= set(found), (state, found)
        else:
            assert found == [], (is_admin, consented, state)


def test_a_letter_that_waits_loses_load(talk: Seen) -> None:
    """Card, picture and summary were made while the diary was shared; now it is not."""
    for words in ("/athlete Runa", "/summary now"):
        talk.says(COACH, words)
    letters = [one for one in talk.letters(COACH) if holds_load(repr(one))]
    assert len(letters) == 3

    def left(one: Message) -> Message | None:
        return talk.read(delivery_events.still_told, COACH, one)

    assert [left(one) for one in letters] == letters
    agrees(talk, diary_refused=agreed.SHARING)
    assert [holds_load(repr(left(one))) for one in letters] == [[], [], []]
    assert talk.read(audience.may_be_told, COACH, {1}) == {1}


def test_the_card_says_that_the_diary_is_not_shared(talk: Seen) -> None:
    """So that nothing looks like rest; the page says it as well."""
    agrees(talk, consent_version=OLDER)
    talk.says(COACH, "/athlete Runa")
    assert any("The diary is not shared." in one.text for one in talk.chats[COACH].values())
    page = talk.read(documents.document, COACH, File("holdfast-report", 1), talk.now)
    assert "The diary is not shared." in page.lines  # type: ignore[union-attr]
    own = talk.read(documents.document, RUNA, File("holdfast-report", 1), talk.now)
    assert any("137" in line or "274" in line for line in own.lines)  # type: ignore[union-attr]


def asks(talk: Seen) -> int:
    """Let an hour's upkeep run; return how often the diary has been asked about."""
    talk.run(upkeep.tidy, talk.now)
    talk.run(talk._deliver_all)
    return sum(getattr(one, "topic", "") == "diary_ask" for one in talk.letters(RUNA))


def test_it_is_asked_once_by_day(talk: Seen) -> None:
    """Not at night, not in a session, not of who agreed to the newest text; two buttons."""
    assert asks(talk) == 0
    agrees(talk, consent_version=OLDER)
    talk.now = talk.now.replace(hour=2)
    assert asks(talk) == 0
    talk.now = talk.now.replace(hour=9)
    talk.says(RUNA, "/session")
    assert asks(talk) == 0
    talk.says(RUNA, "stop")
    talk.time_acts(hours=1)
    assert asks(talk) == 1
    assert talk.labels(RUNA) == ["Share my diary too", "Not now"]
    talk.later(days=1)
    assert asks(talk) == 1


@pytest.mark.parametrize("label", ["Share my diary too", "Not now"])
def test_the_answer_is_kept_by_its_version(
    talk: Seen, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the time, and who answered; a newer text asks anew, and shares nothing meanwhile."""
    shares = label != "Not now"
    agrees(talk, consent_version=OLDER)
    talk.now = talk.now.replace(hour=9)
    asks(talk)
    data = talk.data(RUNA, label)
    talk.taps(RUNA, label)
    row = talk.row(AssignmentRow, (1, 2))
    assert isinstance(row, AssignmentRow)
    assert (row.diary_at, row.diary_asked) == (talk.now, agreed.SHARING)
    assert (row.consent_version == agreed.SHARING, row.diary_refused is None) == (shares, shares)
    actions = talk.read(lambda db: [one.action for one in db.exec(select(AuditRow))])
    assert actions[-1] == ("share_diary" if shares else "keep_diary")
    assert talk.read(agreed.sees_load, 2, {1}) == ({1} if shares else set())
    monkeypatch.setattr(agreed, "SHARING", "2030-01")
    assert talk.read(agreed.sees_load, 2, {1}) == set()
    assert asks(talk) == 2
    assert "Share your diary with Coach Kim too?" in talk.presses_data(RUNA, data)
    assert talk.read(agreed.sees_load, 2, {1}) == set()


def test_privacy_shows_and_changes_it(talk: Seen) -> None:
    """Both ways, as often as the athlete wants; the rest is shared all the time."""
    talk.says(RUNA, "/privacy")
    assert "Your diary is not shared" not in talk.text(RUNA)
    talk.taps(RUNA, "Keep my diary from Coach Kim")
    assert talk.read(agreed.sees_load, 2, {1}) == set()
    talk.says(RUNA, "/privacy")
    assert "Your diary is not shared with Coach Kim." in talk.text(RUNA)
    talk.says(RUNA, "/coach")
    assert "Coach Kim – since today, but not your diary" in talk.text(RUNA)
    talk.says(RUNA, "/privacy")
    talk.taps(RUNA, "Share my diary with Coach Kim")
    assert talk.read(agreed.sees_load, 2, {1}) == {1}
    assert talk.read(people.coaches, 2, 1)


def test_a_slip_does_not_share_the_diary_again(talk: Seen) -> None:
    """Sharing that goes on after "stop" is as it was; a coach who is none any more gets nothing."""
    agrees(talk, diary_refused=agreed.SHARING)
    talk.says(RUNA, "/coach off")
    kept = f"2:{diary.SHARE} {agreed.SHARING}"
    talk.taps(RUNA, "Share again")
    assert talk.read(agreed.sees_load, 2, {1}) == set()
    assert talk.read(people.coaches, 2, 1)
    talk.says(RUNA, "/coach off")
    talk.presses_data(RUNA, f"1:c:coach:{kept}")
    assert talk.read(agreed.sees_load, 2, {1}) == set()


# ---- what is kept at all ----------------------------------------------------------------


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Seen]:
    """Runa, who joined by a text without the diary."""
    with Seen(tmp_path) as made:
        made.coach(made.athlete())

        def change(db: Db) -> None:
            row = people.athlete(db, 1)
            row.consent_version = OLDER
            db.add(row)

        made.run(change)
        made.run(upkeep.tidy, made.now)
        yield made


def kept(talk: Seen) -> int:
    """Return how many rows of the diary there are."""
    return sum(talk.count(table) for table in (LoadEntryRow, WatchFileRow, WeeklyCheckRow))


@pytest.mark.parametrize("words", ["run 40 4 uphill", "/load run 40 4", "/load", "/load run"])
def test_nothing_is_kept_before_the_text_is_agreed_to(older: Seen, words: str) -> None:
    """It is asked when the diary is first used; one tap, and the diary is there."""
    assert "May I keep a diary of your other sport?" in older.says(RUNA, words)
    assert older.labels(RUNA) == ["I agree", "Not now"]
    assert kept(older) == 0
    joined = older.read(lambda db: people.athlete(db, 1).consented_at)
    older.later(hours=1)
    assert "What did you do today?" in older.taps(RUNA, "I agree")
    assert kept(older) == 0
    row = older.row(AthleteRow, 1)
    assert isinstance(row, AthleteRow)
    assert (row.consent_version, row.diary_agreed_at) == (agreed.USE, older.now)
    assert row.consented_at == joined
    older.says(RUNA, "run 40 4 uphill")
    assert older.count(LoadEntryRow) == 1


def test_no_is_an_answer(older: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, /load asks again; a button of an older text agrees to no newer one."""
    older.says(RUNA, "/load")
    assert "Nothing of it is kept" in older.taps(RUNA, "Not now")
    older.says(RUNA, "/privacy")
    assert "No diary is kept" in older.text(RUNA)
    older.says(RUNA, "/load")
    monkeypatch.setattr(agreed, "USE", "2030-01")
    assert "May I keep a diary" in older.taps(RUNA, "I agree")
    assert not older.read(agreed.keeps_diary, 1)


def test_what_is_noted_can_be_taken_back(talk: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is agreed to; but nothing of it is changed or put back."""
    talk.says(RUNA, "run 40 4")
    monkeypatch.setattr(agreed, "USE", "2030-01")
    hills = talk.data(RUNA, "Hills")
    talk.presses_data(RUNA, hills, max(talk.chats[RUNA]))
    assert "May I keep a diary" in talk.text(RUNA)
    talk.presses_data(RUNA, "1:d:3:undo")
    row = talk.row(LoadEntryRow, 3)
    assert isinstance(row, LoadEntryRow)
    assert (row.gone, row.extras) == (True, "")


def test_a_file_waits_for_no_agreement(older: Seen) -> None:
    """Neither the file is kept, nor an outing of one that was sent before the update."""
    older.does(RUNA, files.sent, SentFile("f1", "run.fit", 1_000))
    older.run(older._deliver_all)
    assert "May I keep a diary" in older.text(RUNA)
    assert kept(older) == 0
    older.run(watch_files.keep, 1, "f1", "run.fit", older.now)
    outing = Activity(kind=LoadKind.RUN, started_at=older.now, moving_s=2_400)
    older.run(files.done, 1, (outing,), "hash", older.now)
    assert kept(older) == 0


def test_the_week_is_not_asked_about(older: Seen) -> None:
    """The weekly answers are in the text as well; from the next Sunday on they are asked for."""
    older.now = SUNDAY
    older.run(checks.act, 1, SUNDAY)
    assert kept(older) == 0
    older.says(RUNA, "/load")
    older.taps(RUNA, "I agree")
    older.now = SUNDAY + timedelta(days=7)
    older.run(checks.act, 1, older.now)
    assert older.count(WeeklyCheckRow) == 1


def test_training_goes_on_without_the_diary(older: Seen) -> None:
    """Nobody has to answer for a session, a morning or a pain note."""
    older.says(RUNA, "/session")
    assert older.says(RUNA, "1")
    assert not any("May I keep a diary" in one.text for one in older.chats[RUNA].values())
    assert not any(isinstance(one, Album) for one in older.letters(RUNA))


def test_an_update_asks_everybody_one_after_the_other(talk: Seen) -> None:
    """So that no answer waits behind them: a second apart, and so many in an hour."""
    for number in range(1, 4):
        talk.coach(talk.athlete(RUNA + 100 + number, f"Jo {number}"))
    everybody = talk.read(lambda db: [one.athlete_id for one in db.exec(select(AssignmentRow))])

    def change(db: Db) -> None:
        for one in db.exec(select(AssignmentRow)):
            one.consent_version = None
            db.add(one)

    talk.run(change)
    talk.now = talk.now.replace(hour=9)
    talk.run(diary.ask_all, talk.now)
    asked = talk.read(
        lambda db: [
            (row.chat_id, row.due)
            for row in db.exec(select(OutboxRow).order_by(col(OutboxRow.id)))
            if row.key.startswith("diary:")
        ]
    )
    assert len({chat for chat, _ in asked}) == len(everybody) == 4
    assert [due for _, due in asked] == [talk.now + n * diary.APART for n in range(4)]
