"""The diary of load: by a line, by taps, edited, taken back, noted late; and the morning after."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.protocol.load.entries import LoadEntry, LoadKind
from bot.store import load as rows_of
from bot.store.tables import AthleteRow, GivenTipRow, LoadEntryRow, MorningRow, OutboxRow
from bot.telegram import router
from bot.telegram.update import Manner, Said
from tests.flows.talking import RULES, Talk
from tests.flows.world import COACH, RUNA

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Runa in Berlin, 07:30 on a Tuesday, and her coach."""
    with Talk(tmp_path) as made:
        made.coach(made.athlete())
        yield made


def stored(talk: Talk) -> list[tuple[Any, ...]]:
    """Return the entries that stand, in their order."""

    def found(row: LoadEntryRow) -> tuple[Any, ...]:
        ago = (TUESDAY - row.local_date).days
        return ago, row.kind, row.minutes, row.effort, row.extras

    query = select(LoadEntryRow).where(col(LoadEntryRow.gone).is_(False)).order_by(LoadEntryRow.id)  # type: ignore[arg-type]
    return talk.read(lambda db: [found(row) for row in db.exec(query)])


def tips(talk: Talk) -> Sequence[GivenTipRow]:
    """Return the lines of advice that were given."""
    return talk.read(lambda db: db.exec(select(GivenTipRow)).all())


def edits(talk: Talk, message_id: int, text: str) -> str:
    """Let Runa edit her message; return the newest in her chat."""
    said = Said(RUNA, "Runa", Manner.EDITED, text, spoken_as=message_id)
    talk._act(RUNA, said, lambda turn: router.act(turn, said, RULES, []))
    return talk.text(RUNA)


def writes(talk: Talk, message_id: int, text: str) -> str:
    """Let Runa write a message of that number."""
    said = Said(RUNA, "Runa", Manner.TEXT, text, spoken_as=message_id)
    talk._act(RUNA, said, lambda turn: router.act(turn, said, RULES, []))
    return talk.text(RUNA)


def test_one_line(talk: Talk) -> None:
    """Typed without a command; what is saved is said, with its day."""
    said = talk.says(RUNA, "run 40 4 uphill")
    assert said.startswith("Saved for today: run, 40 min, effort 4, hills.")
    assert talk.says(RUNA, "/load bike 1h 3 yesterday").startswith("Saved for yesterday: bike, 60")
    assert stored(talk) == [(0, "run", 40, 4, "uphill"), (1, "bike", 60, 3, "")]


def test_four_taps_for_a_usual_day(talk: Talk) -> None:
    """Easy, minutes, effort, an extra: each tap rewrites the same message."""
    talk.says(RUNA, "/load")
    before = len(talk.chats[RUNA])
    for label in ("Easy run", "40", "4", "Hills"):
        talk.taps(RUNA, label)
    assert stored(talk) == [(0, "run", 40, 4, "uphill")]
    assert len(talk.chats[RUNA]) == before
    assert talk.text(RUNA).startswith("Saved for today: run, 40 min, effort 4, hills.")


def test_one_tap_for_nothing(talk: Talk) -> None:
    """None is an entry; what was sat or stretched stands beside it; sport later takes its place."""
    talk.says(RUNA, "/load")
    talk.taps(RUNA, "No sport")
    talk.taps(RUNA, "Long sit")
    assert stored(talk) == [(0, "none", None, None, "sit")]
    assert "Hills" not in talk.labels(RUNA)
    talk.says(RUNA, "run 20 2")
    assert stored(talk) == [(0, "run", 20, 2, "sit")]
    assert "Something is noted for that day" in talk.says(RUNA, "/load none")
    assert stored(talk) == [(0, "run", 20, 2, "sit")]


def test_what_is_missing_may_be_typed(talk: Talk) -> None:
    """Minutes, then the effort; other words than a number are no answer to it."""
    assert "how many minutes?" in talk.says(RUNA, "swim")
    assert talk.says(RUNA, "45").startswith("Saved for today: swim, 45 min, effort not known.")
    assert "I did not understand" not in talk.says(RUNA, "my foot is numb")
    assert stored(talk) == [(0, "swim", 45, None, "")]
    talk.says(RUNA, "run 30")
    assert talk.says(RUNA, "4/10").startswith("Saved for today: run, 30 min, effort 4.")
    assert stored(talk)[1] == (0, "run", 30, 4, "")


def test_other_sports_and_yesterday(talk: Talk) -> None:
    """Two taps more: which sport, or that it was yesterday."""
    talk.says(RUNA, "/load")
    for label in ("Yesterday", "Another sport", "Strength", "50", "6", "Fast deadlifts"):
        talk.taps(RUNA, label)
    assert stored(talk) == [(1, "strength", 50, 6, "hinge_fast")]
    talk.says(RUNA, "run 40 4")
    assert talk.taps(RUNA, "It was yesterday").startswith("Saved for yesterday: run")
    assert [one[0] for one in stored(talk)] == [1, 1]


def test_undo_and_put_back(talk: Talk) -> None:
    """What was taken back is not counted, and can be put back."""
    talk.says(RUNA, "run 40 4")
    assert talk.taps(RUNA, "Undo") == "Taken back, for today: run, 40 min, effort 4."
    assert stored(talk) == []
    talk.taps(RUNA, "Put it back")
    assert stored(talk) == [(0, "run", 40, 4, "")]
    assert talk.count(LoadEntryRow) == 1


def test_an_edited_message_corrects_its_entry(talk: Talk) -> None:
    """The old one is kept, and does not count; another message's edit changes nothing."""
    writes(talk, 900, "run 40 4")
    assert edits(talk, 900, "run 45 5 hills").startswith("Saved for today: run, 45 min, effort 5")
    assert stored(talk) == [(0, "run", 45, 5, "uphill")]
    assert talk.count(LoadEntryRow) == 2
    assert "“far” is not a word of the diary" in edits(talk, 900, "run 45 5 far")
    edits(talk, 901, "run 50 5")
    assert stored(talk) == [(0, "run", 45, 5, "uphill")]


def test_f160_an_edit_that_is_refused_takes_nothing_away(talk: Talk) -> None:
    """None beside a ride: nothing is saved, and the run still stands; alone it takes its place."""
    writes(talk, 900, "run 40 4")
    writes(talk, 901, "bike 30 3")
    assert edits(talk, 900, "none").endswith("Nothing was saved.")
    assert stored(talk) == [(0, "run", 40, 4, ""), (0, "bike", 30, 3, "")]
    assert edits(talk, 901, "run 40 4").startswith("Saved already for today: run")
    assert stored(talk) == [(0, "run", 40, 4, "")]
    assert edits(talk, 900, "none").startswith("Saved for today: no sport")
    assert stored(talk) == [(0, "none", None, None, "")]


def test_f160_none_that_becomes_a_run_asks_for_minutes(talk: Talk) -> None:
    """As a first line does; until they are told "none" stands."""
    writes(talk, 900, "/load none yesterday")
    assert "Run yesterday: how many minutes?" in edits(talk, 900, "run 4/10")
    assert stored(talk) == [(1, "none", None, None, "")]
    talk.taps(RUNA, "30")
    assert stored(talk) == [(1, "run", 30, 4, "")]


def test_f160_what_is_not_rated_is_no_load_of_zero(talk: Talk) -> None:
    """Both weeks say what is not rated, and that the load is not known."""
    talk.says(RUNA, "run 60")
    talk.says(RUNA, "run 50 yesterday unrated")
    talk.says(RUNA, "bike 30 15 Nov unrated")
    said = talk.says(RUNA, "/load")
    assert "110 min, load not known, 2 of 7 days known, 2 efforts not known." in said
    assert "30 min, load not known, 1 of 7 days known, 1 effort not known." in said


def back(talk: Talk, row_id: int) -> str:
    """Press "Put it back" of an entry."""
    return talk.presses_data(RUNA, f"1:d:{row_id}:back")


def test_f160_none_and_a_sport_never_stand_on_one_day(talk: Talk) -> None:
    """Put back, or moved to yesterday: by the rule of a new entry."""
    talk.says(RUNA, "/load none")
    talk.taps(RUNA, "Long sit")
    talk.taps(RUNA, "Undo")
    talk.says(RUNA, "run 20 2")
    assert "Something is noted for that day" in back(talk, 1)
    assert stored(talk) == [(0, "run", 20, 2, "")]
    talk.presses_data(RUNA, "1:d:2:undo")
    back(talk, 1)
    back(talk, 2)
    assert stored(talk) == [(0, "run", 20, 2, "sit")]
    talk.says(RUNA, "/load none yesterday")
    talk.presses_data(RUNA, "1:d:2:day")
    assert stored(talk) == [(1, "run", 20, 2, "sit")]
    talk.says(RUNA, "/load none")
    assert "Something is noted for that day" in talk.taps(RUNA, "It was yesterday")
    assert stored(talk) == [(1, "run", 20, 2, "sit"), (0, "none", None, None, "")]


def test_f162_an_outing_that_is_put_back_stands_once(talk: Talk) -> None:
    """Taken back, and sent again as a file meanwhile: the one that stands is shown."""
    entry = LoadEntry(day=TUESDAY, kind=LoadKind.RUN, minutes=40, started_at=talk.now)
    talk.run(rows_of.keep, 1, entry, talk.now, seconds=2_400, file_hash="a")
    talk.presses_data(RUNA, "1:d:1:undo")
    talk.run(rows_of.keep, 1, entry, talk.now, seconds=2_410, file_hash="b")
    assert back(talk, 1).startswith("Saved already for today: run, 40 min")
    assert len(stored(talk)) == 1
    talk.presses_data(RUNA, "1:d:2:undo")
    back(talk, 1)
    assert len(stored(talk)) == 1


def test_the_same_line_at_once_is_one_entry(talk: Talk) -> None:
    """A button pressed twice; two minutes later it is a second run."""
    talk.says(RUNA, "run 40 4")
    assert talk.says(RUNA, "run 40 4").startswith("Saved already for today")
    talk.later(minutes=2)
    talk.says(RUNA, "run 40 4")
    assert len(stored(talk)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("run 40 14", "An effort of 14 is not possible"),
        ("/load what is this", "does not say what you did"),
        ("run 30 2 1 Nov", "Sun 1 Nov 2026 is too long ago"),
        ("run 40 4 tomorrow", "is still to come"),
    ],
)
def test_bad_input(talk: Talk, text: str, said: str) -> None:
    """One sentence on what is wrong; nothing is saved."""
    told = talk.says(RUNA, text)
    assert said in told
    assert told.endswith("Nothing was saved.")
    assert stored(talk) == []


def test_words_about_running_go_to_the_coach(talk: Talk) -> None:
    """What is no line is offered as before; a warning sign beside one is not passed over."""
    talk.says(RUNA, "run was great today")
    assert any("Coach Kim" in label for label in talk.labels(RUNA))
    talk.says(RUNA, "run 40 4 and my leg is numb")
    assert stored(talk) == []


def test_what_has_two_meanings_is_asked(talk: Talk) -> None:
    """And the tap completes the line."""
    talk.says(RUNA, "run 40m 4")
    talk.taps(RUNA, "40 min")
    assert stored(talk) == [(0, "run", 40, 4, "")]


def test_f166_after_midnight_it_is_still_the_day_before(talk: Talk) -> None:
    """Until four; near a change of zone the athlete's own clock counts."""
    talk.now = datetime(2026, 11, 24, 23, 10, tzinfo=UTC)  # 00:10 in Berlin
    assert talk.says(RUNA, "run 40 4").startswith("Saved for today")
    assert stored(talk) == [(0, "run", 40, 4, "")]
    talk.now = datetime(2026, 11, 24, 22, 50, tzinfo=UTC)  # 23:50 in Berlin
    talk.says(RUNA, "/zone Asia/Tokyo")
    talk.says(RUNA, "swim 30 3")  # 07:50 on Wednesday there
    assert stored(talk)[1][0] in {0, -1}


def test_the_last_seven_days(talk: Talk) -> None:
    """What is not noted is a question mark, and no rest."""
    for line in ("run 40 4 uphill", "/load none yesterday", "bike 60 3 20 Nov", "run 30 5 14 Nov"):
        talk.says(RUNA, line)
    said = talk.says(RUNA, "/load")
    assert "Today: run, 40 min, effort 4, hills\nYesterday: no sport\nSun 22 Nov: ?\n" in said
    assert "Last 7 days: 100 min, load 340, 3 of 7 days known." in said
    assert "7 days before: 30 min, load 150, 1 of 7 days known." in said
    talk.taps(RUNA, "Change newest")
    assert talk.text(RUNA).startswith("Saved for Sat 14 Nov")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4.5", "effort 5"),
        ("4 of 10", "effort 4"),
        ("14", "An effort is 0"),
        ("4 min", "An effort"),
    ],
)
def test_an_effort_that_is_told_later(talk: Talk, typed: str, said: str) -> None:
    """It is read as in the line, and anything else is told in a sentence."""
    talk.says(RUNA, "run 40")
    assert said in talk.says(RUNA, f"/load rate 1 {typed}")


def test_the_last_28_days(talk: Talk) -> None:
    """They are read as well; what is too old to be changed has no button."""
    for days in (0, 7, 27, 28):
        entry = LoadEntry(day=TUESDAY - timedelta(days=days), kind=LoadKind.RUN, minutes=40)
        talk.run(rows_of.keep, 1, replace(entry, effort=4), talk.now)
    said = talk.says(RUNA, "/load")
    assert "28 days: 120 min, load 480, 3 of 28 days known." in said
    talk.taps(RUNA, "Change newest")
    assert "Saved for Tue 17 Nov" in talk.text(RUNA)


def test_nobody_elses_entry(talk: Talk) -> None:
    """A button of somebody else's entry does nothing; a coach has no diary."""
    talk.says(RUNA, "run 40 4")
    talk.athlete(RUNA + 60, "Jo Berg")
    talk.presses_data(RUNA + 60, "1:d:1:undo")
    talk.presses_data(RUNA + 60, "1:d:1:e9")
    talk.says(RUNA + 60, "/load rate 1 9")
    assert stored(talk) == [(0, "run", 40, 4, "")]
    assert "There is no /load" in talk.says(COACH, "/load")


# ---- the morning after, and offers --------------------------------------------------------


def due(talk: Talk) -> dict[date, datetime | None]:
    """Return when each morning is asked about."""
    return talk.read(lambda db: {row.local_date: row.due_at for row in db.exec(select(MorningRow))})


def test_after_a_tagged_entry_the_morning_is_asked(talk: Talk) -> None:
    """Once, at eight; not after an easy run, nor when its time has passed, nor when undone."""
    talk.says(RUNA, "run 40 4")
    assert due(talk) == {}
    talk.taps(RUNA, "Hills")
    eight = datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert due(talk) == {date(2026, 11, 25): eight}
    talk.taps(RUNA, "✓ Hills")
    assert due(talk) == {}
    talk.says(RUNA, "run 40 5 hills 20 Nov")
    assert due(talk) == {}
    talk.says(RUNA, "run 50 5 hills yesterday")  # 07:30: eight is still to come
    assert due(talk) == {TUESDAY: datetime(2026, 11, 24, 7, tzinfo=UTC)}
    talk.taps(RUNA, "Undo")
    assert due(talk) == {}


def test_a_morning_of_a_session_stays(talk: Talk) -> None:
    """What is taken from the diary takes no question of a session away."""
    (athlete,) = talk.read(lambda db: db.exec(select(AthleteRow.person_id)).all())
    talk.says(RUNA, "run 40 4 hills")
    talk.trains(athlete, 1, 1, 1, 1, 1)
    planned = due(talk)
    talk.run(talk._deliver_all)
    talk.presses_data(RUNA, "1:d:1:undo")
    assert due(talk) == planned


def test_the_day_is_offered_in_messages_that_come_anyway(talk: Talk) -> None:
    """With a session's end, and with the answer of a morning; not once it is noted."""
    (athlete,) = talk.read(lambda db: db.exec(select(AthleteRow.person_id)).all())
    talk.trains(athlete, 1, 1, 1, 1, 1)
    talk.run(talk._deliver_all)
    sent = talk.count(OutboxRow)
    talk.taps(RUNA, "No sport")
    assert stored(talk) == [(0, "none", None, None, "")]
    assert talk.count(OutboxRow) <= sent + 2
    talk.time_acts(hours=25)
    talk.taps(RUNA, "2")
    assert "One tap notes it" not in talk.text(RUNA)
    assert talk.labels(RUNA) == ["Change it"]


def test_a_flare_after_hills_brings_a_line(talk: Talk) -> None:
    """Inside the answer to the morning, once in 28 days; not with a severe one, nor if unwanted."""
    talk.says(RUNA, "run 40 4 hills")
    talk.time_acts(days=1, minutes=30)
    talk.taps(RUNA, "4")
    assert "Your morning pain was up after a run with hills. For now, pick flat" in talk.text(RUNA)
    talk.says(RUNA, "/tips off")
    (given,) = tips(talk)
    assert (given.tip, given.why, given.local_date) == ("hills", "flare", date(2026, 11, 25))


@pytest.mark.parametrize("pain", ["6", "9"])
def test_f161_no_line_with_a_severe_morning(talk: Talk, pain: str) -> None:
    """The questions about warning signs come, and nothing beside them."""
    talk.says(RUNA, "run 40 4 hills")
    talk.time_acts(days=1, minutes=30)
    talk.taps(RUNA, pain)
    assert tips(talk) == []


def test_tips_are_turned_off_and_on(talk: Talk) -> None:
    """By words or buttons; other words are told."""
    assert "Advice is on" in talk.says(RUNA, "/tips")
    assert talk.taps(RUNA, "Turn them off") == "Advice about load is off."
    assert talk.says(RUNA, "/tips maybe").startswith("“maybe” is neither on nor off.")
    talk.says(RUNA, "run 40 4 hills")
    talk.time_acts(days=1, minutes=30)
    talk.taps(RUNA, "4")
    assert tips(talk) == []
    assert "Advice is on" in talk.says(RUNA, "/tips on")


@pytest.mark.parametrize("ago", [1, 40])
def test_f160_a_late_run_that_is_not_the_longest(talk: Talk, ago: int) -> None:
    """A run after it, or one early in the thirty days before it, is as long."""
    for days, minutes in ((15, 40), (16, 40), (17, 40), (ago, 90)):
        day = TUESDAY - timedelta(days=days)
        talk.run(rows_of.keep, 1, LoadEntry(day=day, kind=LoadKind.RUN, minutes=minutes), talk.now)
    assert "That was longer" not in talk.says(RUNA, "run 60 4 11 Nov")


def test_a_far_longer_run_has_its_line(talk: Talk) -> None:
    """Said with the entry, also after a change of it; it is given once."""
    for day in ("20 Nov", "18 Nov", "16 Nov"):
        talk.says(RUNA, f"run 40 4 {day}")
    said = talk.says(RUNA, "run 60 4")
    assert "That was longer than any run of the last 30 days." in said
    assert "That was longer" in talk.taps(RUNA, "Trail")
    talk.says(RUNA, "run 70 4")
    assert "That was longer" not in talk.text(RUNA)
    assert len(tips(talk)) == 1
