"""/plan: an athlete's dose by a coach or admin, typed and by buttons."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.dose.dose import PRESETS, Dose, Side
from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.dose.parse import parse_plan
from bot.store import sessions
from bot.store.sessions import Stored
from bot.store.tables import AuditRow, PlanRow
from bot.telegram.renderer import look
from bot.training.messages import SetUp
from bot.training.session import actions
from tests.flows.office import Office
from tests.flows.world import ADMIN, COACH, RUNA

KIM = 2
"""The coach's id."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return Runa with 5 holds of 10 s on the left, her coach and the admin."""
    found = Office.at(tmp_path)
    with found.world:
        yield found


# ---- what is typed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("hold=15s", {"hold_s": 15, "rest_s": 30}),
        ("HOLD = 15 s, rest=25", {"hold_s": 15, "rest_s": 25}),
        ("Set-Rest=60", {"set_rest_s": 60}),
        ("hold_s=12 rest_s=20 holds=8", {"hold_s": 12, "rest_s": 20, "holds": 8}),
        ("side=RIGHT effort=6/10 band=3", {"side": Side.RIGHT, "effort": 6, "band": 3}),
        ("label=“Grün, dick” sets=2", {"band_label": "Grün, dick", "sets": 2}),
        ("label='black'", {"band_label": "black"}),
        ("lead_in_first=20 lead-in=8", {"lead_in_first_s": 20, "lead_in_s": 8}),
        ("pain_limit=2 hard_stop=5", {"pain_limit": 2, "hard_stop": 5}),
        ("exercise=h3", {"exercise": "H3"}),
        ("Warm-up", PRESETS["warm-up"]),
        (
            "effort=4 fatigue hold=12",
            {**PRESETS["fatigue"], "hold_s": 12, "rest_s": 24, "effort": 4},
        ),
        ("hold=０１５", {"hold_s": 15, "rest_s": 30}),
        ("hold=١٥.", {"hold_s": 15, "rest_s": 30}),
        ("hold=15\u200f holds=8!", {"hold_s": 15, "rest_s": 30, "holds": 8}),
        ("pain=2 hard=5", {"pain_limit": 2, "hard_stop": 5}),
    ],
)
def test_fields_in_any_order(text: str, changed: dict[str, object]) -> None:
    """PROTOCOL 2's names, with units or without; a preset first, whatever stands before it."""
    assert parse_plan(text).of(Dose()) == replace(Dose(), **changed)  # type: ignore[arg-type]


WRONG = {
    "hold=0": ("hold=0", "5 to 60", "hold=5"),
    "hold=3600": ("hold=3600", "5 to 60", "hold=60"),
    "hold=-1": ("hold=-1", "5 to 60"),
    "hold=1": ("hold=1 ", "5 to 60"),
    "rest=0": ("rest=0", "5 to 180"),
    "holds=0": ("holds=0", "1 to 24"),
    "holds=50": ("holds=50", "1 to 24"),
    "hold=3,5": ("hold=3,5", "whole number", "hold=15"),
    "hold=٣": ("hold=3 ", "5 to 60"),
    "hold=three": ("hold=three", "whole number"),
    "exercise=wall heel press anyway": ("wall heel-press, standing;",),
    "exercise=seated heel dig hold=12": ("seated heel dig is refused", "presses on the tendon"),
    f"hold={'9' * 5000}": ("hold=999", "whole number"),
    "hold=": ("hold=", "whole number"),
    "hold": ("“hold”", "no value", "hold=15"),
    "hodl=15": ("“hodl”", "Did you mean hold?", "set_rest"),
    "fatige": ("“fatige”", "Did you mean fatigue?"),
    "hold=15 hold_s=20": ("hold is named twice", "hold=15"),
    "limit=3 pain_limit=3": ("named twice",),
    "fatigue warm-up": ("“warm-up”", "fatigue"),
    "side=up": ("side=up", "left, right or both", "side=left"),
    "exercise=H12": ("H12 is refused", 'exercise="wall heel-press, standing"'),
    "exercise=glute": ('for example exercise="standing glute squeeze"',),
    "exercise": ('exercise="wall heel-press, standing"', "allowed are", "prone leg-curl"),
    "exercise=H6 exercise=H8": ("named twice", 'exercise="wall heel-press', "long-lever bridge"),
    "exercise=H7": ("exercise=H7", "single-leg wall squat"),
    "limit=6": ("limit=6", "0 to 5"),
    "limit=5 hard_stop=5": ("5", "the lock must be over the limit", "lock=6"),
    "hard_stop=9": ("hard_stop=9", "8"),
    f'label="{"x" * 25}"': ("24 characters", "label="),
    'label="two\nlines"': ("one line",),
    "label=black thick": ("“thick”",),
    "=15": ("“=15”", "hold=15"),
    "'; DROP TABLE plan; --": ("“';”",),
}


@pytest.mark.parametrize("text", WRONG)
def test_f42_a_wrong_plan_is_one_precise_sentence(text: str) -> None:
    """The word that is wrong, what is allowed, an example."""
    with pytest.raises(InputError) as error:
        parse_plan(text).of(Dose())
    for part in WRONG[text]:
        assert part in str(error.value)
    assert len(str(error.value)) < 500


# ---- versions -------------------------------------------------------------------------


def versions(office: Office) -> list[PlanRow]:
    """Return all versions, oldest first."""
    query = select(PlanRow).order_by(col(PlanRow.version))
    return office.world.store.read_now(lambda db: list(db.exec(query)))


def test_a_change_is_a_new_version(office: Office) -> None:
    """The first stays as it was; before and after are echoed, audited and told in a sentence."""
    first = versions(office)[0].model_dump()
    told = office.types(COACH, "/plan Runa fatigue side=both")
    assert "• hold 10 s → 15 s" in told
    assert "• effort" not in told
    assert "10 holds of 15 s each side, LEFT first, then RIGHT" in told
    old, new = versions(office)
    assert old.model_dump() == first
    assert (new.version, new.created_by) == (2, KIM)
    (heard,) = office.heard()
    assert heard == (
        "Coach Kim changed your plan, from your next session on: hold 10 s → 15 s, holds 5 → 10, "
        "rest 20 s → 30 s, side left → both, "
        "stopping when tired counts as stopping early → counts as done."
    )
    audit = office.world.store.read_now(lambda db: db.exec(select(AuditRow)).all()[-1])
    assert (audit.action, audit.actor_id, audit.subject_id) == ("plan", KIM, office.runa)


def test_the_same_again_is_no_version(office: Office) -> None:
    """Nothing changed is said, and nobody else is told."""
    before = office.stored()
    assert "already the setting" in office.types(COACH, "/plan Runa warm-up side=left")
    assert (office.stored(), office.heard()) == (before, [])


def _live(db: Db, athlete_id: int) -> Stored:
    found = sessions.live(db, athlete_id)
    assert found is not None
    return found


def test_f19_f41_a_running_session_keeps_its_plan(office: Office) -> None:
    """Changed in the middle of a hold: this session goes on as it began, the next is new."""
    office.world.holding(office.runa)
    told = office.types(ADMIN, "/plan Runa hold=30 limit=1")
    assert "The session that is running keeps its plan." in told
    running = office.world.store.read_now(_live, office.runa)
    assert (running.plan_id, running.value.dose) == (1, Dose())
    assert office.dose() == replace(Dose(), hold_s=30, rest_s=60, pain_limit=1)


def test_undo_is_a_new_version_too(office: Office) -> None:
    """It equals the one before; an older button does nothing."""
    office.types(COACH, "/plan Runa hold=15")
    office.types(COACH, "/plan Runa holds=8")
    office.taps(COACH, "Undo last change")
    assert [(row.version, row.hold_s, row.holds) for row in versions(office)] == [
        (1, 10, 5),
        (2, 15, 5),
        (3, 15, 8),
        (4, 15, 5),
    ]
    assert "older change" in office.presses(COACH, f"1:c:plan:{office.runa}:undo 3")
    assert len(versions(office)) == 4


def test_it_shows_the_plan_and_who_changed_it(office: Office) -> None:
    """Dose, seconds held, how long it takes, and the last changes."""
    office.types(COACH, "/plan Runa sets=2 label=black")
    office.presses(RUNA, "1:s:side:right")
    told = office.types(ADMIN, "/plan Runa")
    assert "2 sets of 5 holds of 10 s, RIGHT side" in told
    assert "Time held: 100 s. Whole session: about 6 min." in told
    assert "Band: black" in told
    assert "today 01:30, Runa Holm: side left → right" in told
    assert "today 01:30, Coach Kim: sets 1 → 2, band label none → “black”" in told


def test_everything_by_tapping(office: Office) -> None:
    """Presets, steps and sides act at once; a step out of the range is not offered."""
    office.types(COACH, "/plan")
    assert "Hold 5 s" in office.labels(COACH)
    office.taps(COACH, "Hold 5 s")
    assert "Hold 0 s" not in office.labels(COACH)
    office.taps(COACH, "Holds 6")
    office.taps(COACH, "Both")
    assert (office.dose().hold_s, office.dose().holds, office.dose().side) == (5, 6, Side.BOTH)
    office.taps(COACH, "Fatigue 10 × 15 s")
    assert office.dose() == replace(Dose(), **PRESETS["fatigue"], side=Side.BOTH)  # type: ignore[arg-type]


def test_a_flagged_exercise_needs_a_tick(office: Office) -> None:
    """The question names why; only the button, or the word, stores it."""
    before = office.stored()
    told = office.types(COACH, "/plan Runa exercise=H6 hold=15")
    assert "it is not done standing" in told
    assert office.stored() == before
    office.taps(COACH, "Yes, use this hold")
    assert (office.dose().exercise, office.dose().hold_s) == ("H6", 15)
    assert "twice" not in office.types(COACH, "/plan Runa hold=20")


def test_a_question_too_long_for_a_button_is_answered_in_words(office: Office) -> None:
    """Words that a button cannot carry are written once more, with one word at the end."""
    words = 'exercise=H8 label="grün, mit Knoten" hold=15 rest=40 effort=4 band=2'
    assert "anyway" in office.types(COACH, f"/plan Runa {words}")
    assert office.labels(COACH) == ["No, keep it as it is"]
    office.types(COACH, f"/plan Runa {words} anyway")
    assert (office.dose().exercise, office.dose().band_label) == ("H8", "grün, mit Knoten")


def test_the_set_up_says_the_band(office: Office) -> None:
    """The athlete reads the coach's own label before the first hold; as text, not as HTML."""
    office.types(COACH, '/plan Runa label="<b>black" band=3')
    _picture, asked = office.world.does(RUNA, actions.begin)
    assert isinstance(asked, SetUp)
    assert (asked.band, asked.band_label) == (3, "<b>black")
    assert "Band: &lt;b&gt;black (3 of 6)" in look(asked, office.world.now).text


# ---- whatever is typed ----------------------------------------------------------------

NAMES = ("hold", "holds", "sets", "rest", "set-rest", "lead_in", "effort", "band", "hard_stop")
pieces = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.integers(-3, 70)).map(lambda it: f"{it[0]}={it[1]}"),
    st.sampled_from(["fatigue", "warm-up", "side=both", "label=x", "label=", "undo 2"]),
    st.sampled_from(["limit=2", "limit=5", "exercise=H2", "exercise=H6", "anyway", "hold=1s"]),
    st.text(max_size=12),
)


lines = st.lists(pieces, max_size=4).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(lines | st.text(max_size=60))
def test_any_text_is_a_dose_or_a_sentence(text: str) -> None:
    """Nothing but InputError comes out of reading, and never a dose out of its ranges."""
    try:
        found = str(parse_plan(text).of(Dose()))
    except InputError as why:
        found = str(why)
    assert 10 < len(found) < 400


@pytest.mark.any_words
@settings(max_examples=12, deadline=None)
@given(st.lists(lines, min_size=1, max_size=5))
def test_any_text_changes_what_it_says_or_nothing(texts: list[str]) -> None:
    """One answer each; a new version exactly where the text can be read, equal to what it says."""
    with TemporaryDirectory() as folder:
        office = Office.at(Path(folder))
        with office.world:
            for text in texts:
                check(office, " ".join(text.split()))


def check(office: Office, text: str) -> None:
    """Type a text after /plan Runa, and compare what is stored with what was said."""
    before, rows, heard = office.dose(), versions(office), len(office.heard())
    answered = office.types(COACH, f"/plan Runa {text}")
    after = office.dose()
    changed = [name for name, value in asdict(before).items() if asdict(after)[name] != value]
    assert [row.model_dump() for row in versions(office)[: len(rows)]] == [
        row.model_dump() for row in rows
    ]
    assert len(versions(office)) == len(rows) + bool(changed)
    assert len(office.heard()) == heard + bool(changed)
    assert ("Changed for" in answered) == bool(changed)
    if changed and not text.startswith("undo"):
        typed = parse_plan(text)
        assert after == typed.of(before)
    assert answered


@pytest.mark.parametrize("exercise", CATALOGUE)
def test_a_hold_is_named_as_the_examples_name_it(exercise: str) -> None:
    """In quotes, whatever words its name has; no example has a code."""
    name = CATALOGUE[exercise].name
    assert parse_plan(f'exercise="{name}" hold=12').values == {"exercise": exercise, "hold_s": 12}
    for wrong in (f"exercise={exercise}9", f"exercise={name.split()[0]}", "exercise", "exercise="):
        with pytest.raises(InputError) as error:
            parse_plan(wrong)
        said = str(error.value).partition(" ")[2]
        assert re.search(r"\bH\d", said.replace(f"{exercise}9", "")) is None
        assert "allowed are" in said.casefold()


def test_f91_a_hold_named_in_several_words_is_asked_about_as_a_whole() -> None:
    """Each choice stands in the place of all of them, and what follows stays."""
    with pytest.raises(WhichError) as which:
        parse_plan("exercise=wall heel press hold=12 anyway")
    assert which.value.choices == ("H3",)
    typed = parse_plan(which.value.filled("H3"))
    assert (typed.values, typed.confirmed) == ({"exercise": "H3", "hold_s": 12}, True)
