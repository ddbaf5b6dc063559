"""What coaches see of load: card, summary, page and files; and what they ask to leave out."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.coaching.exports.files import coach_document
from bot.coaching.exports.report_page import report_page
from bot.coaching.exports.table import csv_document
from bot.coaching.messages import Album, Summary, WeekFile
from bot.coaching.weekly.files import week_document
from bot.conversation.message import Message
from bot.protocol.load.entries import Extra, LoadEntry, LoadKind
from bot.store import load
from bot.store.tables import AuditRow, RestrictionRow, Role
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER

TUESDAY = date(2026, 11, 24)


class Seen(Talk):
    """Pictures and files are not drawn here."""

    def _see(self, chat: int, message_id: int, intent: Message) -> None:
        if not isinstance(intent, Album):
            super()._see(chat, message_id, intent)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Runa in Berlin, 07:30 on a Tuesday, her coach, and Jo, who has noted nothing."""
    with Seen(tmp_path) as made:
        made.coach(made.athlete())
        made.coach(made.athlete(RUNA + 60, "Jo Berg"))
        yield made


def noted(
    talk: Talk, ago: int, minutes: int | None, effort: int | None = 4, *extras: Extra
) -> None:
    """Note a run of Runa's so many days ago."""
    entry = LoadEntry(
        day=TUESDAY - timedelta(days=ago),
        kind=LoadKind.RUN,
        minutes=minutes,
        effort=effort,
        extras=frozenset(extras),
    )
    talk.run(load.keep, 1, entry, talk.now)


def month(talk: Talk) -> None:
    """Let Runa run for a month: hills early in the week, a long one yesterday."""
    for ago in range(2, 28):
        hills = (Extra.UPHILL,) if ago % 4 == 0 else ()
        noted(talk, ago, 40, 4, *hills)
    noted(talk, 1, 60, None)


def test_the_card_has_the_weeks_beside_each_other(talk: Talk) -> None:
    """Minutes, load and counts, with the days that are known; the long run; nothing for nobody."""
    month(talk)
    said = talk.says(COACH, "/athlete Runa")
    assert (
        "Load, last 7 days: 260 min, load 800, hills 1 (6 of 7 days known, 1 effort not known)\n"
        "7 days before: 280 min, load 1,120, hills 2 (7 of 7 days known)\n"
        "28 days: 1,100 min, load 4,160, hills 6 (27 of 28 days known, 1 effort not known)\n"
        "Long run yesterday: 60 min; the longest of the 30 days before was 40."
    ) in talk.read(lambda _db: all_texts(talk, COACH))
    assert said
    talk.says(COACH, "/athlete Jo")
    assert "Load" not in list(talk.chats[COACH].values())[-1].text


def all_texts(talk: Talk, who: int) -> str:
    """Return everything in a chat."""
    return "\n".join(screen.text for screen in talk.chats[who].values())


def test_the_picture_has_the_minutes(talk: Talk) -> None:
    """28 days: what is not known is no day of rest."""
    noted(talk, 3, 40, 4, Extra.UPHILL)
    talk.run(load.keep, 1, LoadEntry(day=TUESDAY - timedelta(days=2), kind=LoadKind.NONE), talk.now)
    noted(talk, 4, 40)
    noted(talk, 4, None)
    talk.says(COACH, "/athlete Runa")
    (album,) = [one for one in talk.letters(COACH) if isinstance(one, Album)]
    found = {(TUESDAY - one.day).days: (one.minutes, one.felt) for one in album.charts[0].days}
    assert found[3] == (40, (Extra.UPHILL,))
    assert (found[2], found[1], found[4]) == ((0, ()), (None, ()), (None, ()))


def test_the_summary_has_one_line(talk: Talk) -> None:
    """The week beside the one before; who noted nothing has no line."""
    month(talk)
    talk.says(COACH, "/summary now")
    (letter,) = [one for one in talk.letters(COACH) if isinstance(one, Summary)]
    jo, runa = sorted(letter.athletes, key=lambda one: one.name)
    assert jo.load is not None
    assert jo.load.is_empty
    assert runa.load is not None
    assert (runa.load.week.minutes, runa.load.before.minutes) == (60, 280)
    text = all_texts(talk, COACH)
    assert (
        "Load: 60 min, load not known (1 of 2 days known, 1 effort not known); before: 280 min, "
        "load 1,120 (7 of 7 days)"
    ) in text
    assert "; 28 days: 1,100 min, load 4,160, hills 6 (27 of 28 days known" in text
    assert text.count("load ") == 3


def test_the_table_of_all_has_load(talk: Talk) -> None:
    """Three spans, each with the days that are noted; of who noted nothing the cells are empty."""
    month(talk)
    talk.says(COACH, "/summary now")
    talk.taps(COACH, "CSV of all")
    (file,) = talk.enclosed
    assert isinstance(file, WeekFile)
    made = talk.read(week_document, COACH, file, talk.now)
    assert isinstance(made, tuple)
    jo, runa = sorted(
        csv.DictReader(io.StringIO(made[1].decode("utf-8-sig"))), key=lambda row: row["athlete"]
    )
    names = ("days_noted", "sport_minutes", "load", "not_rated", "uphill", "hinge")
    assert [runa[name] for name in names] == ["1", "60", "", "1", "0", "0"]
    assert [runa[f"week_before_{name}"] for name in names] == ["7", "280", "1120", "0", "2", "0"]
    assert [runa[f"28_days_{name}"] for name in names] == ["27", "1100", "4160", "1", "6", "0"]
    assert {jo[f"28_days_{name}"] for name in names} == {""}


def test_f160_the_week_before_says_what_is_not_rated(talk: Talk) -> None:
    """Nothing that nobody rated is a load of zero, on either side."""
    noted(talk, 4, 50, None)
    talk.says(COACH, "/summary now")
    text = all_texts(talk, COACH)
    assert "before: 50 min, load not known (1 of 7 days, 1 effort not known)" in text
    assert "load 0" not in text


def test_page_and_files(talk: Talk) -> None:
    """The page has lines, the table a row each, the export the figures and the rows."""
    month(talk)
    page = talk.read(report_page, 1, talk.now, 2)
    assert "Load, 7 days: 260 min" in page.lines[4]
    assert page.lines[6].startswith("28 days: 1,100 min, load 4,160, hills 6")
    assert page.lines[7].startswith("Long run ")
    _, table = talk.read(csv_document, 1, talk.now, 2)
    table_rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    mine = [row for row in table_rows if row["row"] == "load"]
    assert len(mine) == 27
    newest = mine[-1]
    assert (newest["minutes"], newest["effort"], newest["load"]) == ("60", "", "")
    _, document = talk.read(coach_document, 1, talk.now, 2)
    found: dict[str, Any] = json.loads(document)
    assert len(found["load_entries"]) == 27
    assert set(found["left_out"]) >= {"message_id", "hash"}
    assert not {"message_id", "hash"} & set(found["load_entries"][0])
    counted = found["counted"]["load"]
    assert (counted["minutes"], counted["entries_not_rated"]) == (1_100, 1)
    assert counted["long_runs"][-1]["minutes"] == 60


# ---- what is left out -----------------------------------------------------------------------


def test_a_restriction_until_a_day(talk: Talk) -> None:
    """The athlete is told, and reminded beside an entry; it ends by itself."""
    said = talk.says(COACH, "/restrict Runa uphill until 1 Mar")
    assert "No hills until Mon 1 Mar 2027." in said
    assert "A message to Runa Holm is on its way." in said
    assert "Coach Kim asks you to leave this out: hills until Mon 1 Mar 2027." in talk.text(RUNA)
    told = talk.says(RUNA, "run 40 4 hills")
    assert "Your coach asks: no hills until Mon 1 Mar 2027." in told
    assert "Your coach asks" not in talk.says(RUNA, "run 40 4")
    assert "Asked to leave out: hills" in card(talk)
    talk.now += timedelta(days=97)
    assert "Your coach asks: no hills until today." in talk.says(RUNA, "run 40 4 hills")
    talk.now += timedelta(days=1)
    assert "Your coach asks" not in talk.says(RUNA, "run 40 4 hills")


def card(talk: Talk) -> str:
    """Return Runa's card as her coach reads it."""
    talk.says(COACH, "/athlete Runa")
    return all_texts(talk, COACH)


def test_until_a_stage_in_the_place_of_another_and_ended(talk: Talk) -> None:
    """One for each thing; again the same changes nothing; a button ends it."""
    talk.says(COACH, "/restrict Runa deadlift for 2 weeks")
    talk.says(COACH, "/restrict Runa deadlift until stage 2")
    assert "No deadlifts until stage 2." in talk.text(COACH)
    talk.says(RUNA, "gym 40 5 fast deadlift")
    assert "Your coach asks: no deadlifts until stage 2." in talk.text(RUNA)
    before = talk.count(AuditRow)
    talk.says(COACH, "/restrict Runa deadlift until stage 2")
    assert talk.count(AuditRow) == before
    talk.taps(COACH, "End it: deadlifts")
    assert "No longer left out: deadlifts." in talk.text(COACH)
    assert "lets you do this again: deadlifts" in talk.text(RUNA)
    assert talk.count(RestrictionRow, RestrictionRow.ended_at.is_(None)) == 0  # type: ignore[union-attr]
    talk.person(ADMIN, "Ada", Role.ADMIN)
    assert "asked to leave out: deadlifts until stage 2 → nothing" in talk.says(
        ADMIN, "/audit Runa"
    )


def test_it_is_never_for_ever(talk: Talk) -> None:
    """Without an end it is asked for; the tap completes it."""
    assert "Until when? It is never for ever." in talk.says(COACH, "/restrict Runa uphill")
    assert talk.count(RestrictionRow) == 0
    talk.taps(COACH, "for 2 weeks")
    assert "No hills until Tue 8 Dec." in talk.text(COACH)
    assert "It is never for ever." in talk.says(COACH, "/restrict Runa long sit forever")
    assert "No long sitting until Fri 27 Nov" in talk.says(COACH, "/restrict Runa no long sit fri")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("joy until 1 Mar", "“joy” is not something I can ask to leave out."),
        ("uphill until stage 1", "Stage 1 ends nothing"),
        ("uphill until 1 Mar 2020", "is past"),
        ("uphill until the cows", "is not a day I can read"),
        ("uphill for 3 years", "24 Nov 2029 is more than two years away"),
        ("uphill for " + " ".join(["9999 weeks"] * 60), "is more than two years away"),
    ],
)
def test_bad_restrictions(talk: Talk, text: str, said: str) -> None:
    """One sentence, and nothing is stored."""
    assert said in talk.says(COACH, f"/restrict Runa {text}")
    assert talk.count(RestrictionRow) == 0


@pytest.mark.parametrize("stage", [2, 3])
def test_until_a_stage_that_is_reached(talk: Talk, stage: int) -> None:
    """One sentence to the coach, none to the athlete, and nothing is stored."""
    talk.says(COACH, f"/plan Runa stage={stage}")
    before = len(talk.letters(RUNA))
    said = talk.says(COACH, "/restrict Runa uphill until stage 2")
    assert f"Runa Holm is at stage {stage} already, so it would end at once." in said
    assert talk.count(RestrictionRow) == 0
    assert len(talk.letters(RUNA)) == before
    assert "No hills until stage 4." in talk.says(COACH, "/restrict Runa uphill until stage 4")


def test_nobody_elses_athlete(talk: Talk) -> None:
    """A coach without consent, and the athlete, may not."""
    talk.person(STRANGER, "Coach Ivo", Role.COACH)
    assert "No athletes yet" in talk.says(STRANGER, "/restrict Runa uphill until 1 Mar")
    assert "There is no /restrict" in talk.says(RUNA, "/restrict Runa uphill until 1 Mar")
    assert talk.count(RestrictionRow) == 0
