"""Pictures of exercises over Telegram's wire: sent, chosen by, replaced; and a quiz about them."""

from datetime import timedelta

import pytest

from bot.coaching.exports.report_page import report_page
from bot.drawings.files import Drawing, SheetOfAll, content
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.dose.exercises import Anchor
from bot.store import facts
from bot.store.tables import OwnPictureRow, SessionRow
from telegram_sandbox import ChatMessage, Fault, FaultKind, Person
from testkit import database
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=1, rest_s=20)


def drawn(exercise: str, side: Side = Side.LEFT, anchor: Anchor = Anchor.BEHIND) -> bytes:
    """Return the bytes of a drawing."""
    return content(Drawing.of(exercise, side, anchor))


def photos(who: Person) -> list[ChatMessage]:
    """Return the pictures that the bot sent somebody."""
    return [one for one in who.chat if one.from_bot and one.photo is not None]


def uploads(world: BotWorld, method: str = "sendPhoto") -> int:
    """Return how many files were uploaded by a method."""
    calls = [one for one in world.sandbox.log if one.method == method and one.ok]
    return sum(not isinstance(one.params["photo"], str) for one in calls)


async def whole_session(world: BotWorld, who: Person, label: str = "Start") -> None:
    """Hold a session of one hold from its reminder to its end."""
    await world.tap(who, label)
    await world.tap(who, "2")
    await world.passes(seconds=20)
    await world.tap(who, "1")


# ---- sent -----------------------------------------------------------------------------


async def test_a_new_exercise_is_shown_before_anything_is_asked(world: BotWorld) -> None:
    """Once, silently, as a photo of its own; again when the side is new, or where it is fixed."""
    coach = world.coach()
    maria = world.athlete(coach=coach, dose=SHORT, times="07:30")
    await world.passes(minutes=30)
    await world.tap(maria, "Start")
    picture, question = maria.chat[-2:]
    assert (picture.photo, picture.silent) == (drawn("H1"), True)
    assert "This hold is new for you" in picture.text
    assert "Drive the hip forward" in picture.text
    assert question.text.startswith("Set up: ")
    await world.tap(maria, "2")
    await world.passes(seconds=20)
    await world.tap(maria, "1")
    await world.passes(hours=24)
    await whole_session(world, maria)
    assert len(photos(maria)) == 1 + 2  # and the charts of two sessions
    await world.say(coach, "/plan Maria side=right anchor=front")
    await world.passes(hours=24)
    await world.tap(maria, "Start")
    assert photos(maria)[-1].photo == drawn("H1", Side.RIGHT, Anchor.FRONT)
    assert "Drive the hip back" in photos(maria)[-1].text


async def test_a_drawing_is_uploaded_once(world: BotWorld) -> None:
    """Then it goes by Telegram's name of it, to whoever it is; another program's bot uploads it."""
    people = [world.athlete(name) for name in ("Maria", "Jonas")]
    for who in people:
        for _ in range(2):
            await world.say(who, "/how")
            assert who.last.photo == drawn("H1")
            await world.passes(minutes=1)
    assert uploads(world) == 1
    await world.restart()
    await world.say(people[0], "/how")
    assert uploads(world) == 1
    (known,) = world.read(facts.facts, "file:")
    world.run(facts.set_fact, known.key, known.value.replace("1 ", "2 ", 1), world.now)
    await world.say(people[0], "/how")
    assert uploads(world) == 2


async def test_a_name_that_telegram_forgot_is_uploaded_anew(world: BotWorld) -> None:
    """The picture comes all the same."""
    maria = world.athlete()
    await world.say(maria, "/how")
    gone = Fault(
        FaultKind.REFUSED,
        method="sendPhoto",
        status=400,
        description="Bad Request: wrong file identifier/HTTP URL specified",
    )
    world.sandbox.faults.add(gone)
    await world.say(maria, "/how")
    assert [one.photo for one in photos(maria)] == [drawn("H1")] * 2
    assert uploads(world) == 2


async def test_how_is_beside_the_reminder_and_the_question(world: BotWorld) -> None:
    """A tap shows it; an open question is asked again below it, and nothing else has changed."""
    maria = world.athlete(dose=SHORT)
    await world.passes(minutes=30)
    await world.tap(maria, "How")
    assert maria.last.photo == drawn("H1")
    await world.tap(maria, "Start")
    await world.tap(maria, "How")
    *_before, picture, question = maria.chat
    assert picture.photo == drawn("H1")
    assert question.button("2") is not None
    await world.tap(maria, "2", on=question)
    assert world.newest(maria).value.before[-1].value == 2
    await world.say(maria, "/how")
    assert maria.last.photo == drawn("H1")


async def test_a_changed_plan_shows_its_picture(world: BotWorld) -> None:
    """To the coach who typed it; the athlete has How below the news."""
    coach = world.coach()
    maria = world.athlete(coach=coach)
    await world.say(coach, "/plan Maria exercise=H3")
    assert photos(coach)[-1].photo == drawn("H3")
    assert photos(coach)[-1].text.startswith("This is what Maria sees:")
    await world.tap(maria, "How")
    assert maria.last.photo == drawn("H3")
    await world.say(coach, "/plan Maria holds=6")
    assert len(photos(coach)) == 1


# ---- without a band -------------------------------------------------------------------


async def test_no_band_today(world: BotWorld) -> None:
    """The reminder offers what needs none, for that session alone; the next one is as planned."""
    coach = world.coach()
    maria = world.athlete(coach=coach, dose=Dose(hold_s=10, holds=1, rest_s=20, band=2))
    await world.passes(minutes=30)
    await world.tap(maria, "No band today")
    assert "Wall heel-press, standing." in maria.last.text
    await world.tap(maria, "How")
    assert maria.last.photo == drawn("H3")
    await whole_session(world, maria, "Start without the band")
    stored = world.newest(maria)
    assert (stored.value.dose.exercise, stored.value.dose.band) == ("H3", 0)
    assert world.row(SessionRow, stored.id).exercise == "H3"
    await world.say(coach, "/athlete Maria")
    assert any("10 of 10 s · without the band" in one.text for one in coach.chat)
    page = world.read(lambda db: report_page(db, stored.athlete_id, world.now, stored.athlete_id))
    assert "wall heel-press" in page.sessions[0][2]
    assert page.sessions[0][-1] == "no band"
    await world.passes(hours=24)
    await world.tap(maria, "Start")
    assert world.newest(maria).value.dose.exercise == "H1"


@pytest.mark.parametrize("label", ["Start without the band", "With the band after all"])
async def test_no_band_after_days_away(world: BotWorld, label: str) -> None:
    """The questions come first, and again when they are open; then what was chosen is held."""
    maria = world.athlete(dose=Dose(hold_s=10, holds=1, rest_s=20, band=2))
    await world.until(world.now + timedelta(days=15, minutes=30))
    for _ in range(2):
        await world.tap(maria, "No band today")
        await world.tap(maria, label)
    assert "These questions are still open" in maria.last.text
    await world.tap(maria, "None of these")
    held = "H3" if label.startswith("Start") else "H1"
    assert world.newest(maria).value.dose.exercise == held


async def test_no_band_where_none_is_needed(world: BotWorld) -> None:
    """There is no such button, and a forged one is not active."""
    maria = world.athlete(dose=Dose(exercise="H5"))
    await world.passes(minutes=30)
    assert "No band today" not in maria.last.labels
    start = maria.last.button("Start")
    assert start is not None
    for what in ("noband", "bandless"):
        maria.press(str(start.data).replace("start", what), maria.last.id)
        await world.settle()
    assert world.count(SessionRow) == 0


# ---- the chooser ----------------------------------------------------------------------


async def test_a_coach_chooses_by_three_questions(world: BotWorld) -> None:
    """One message: the sheet, its filters, an exercise, and back; then the plan has it."""
    coach = world.coach()
    maria = world.athlete("Runa", coach=coach)
    await world.say(coach, "/exercises Runa")
    sheet = coach.last
    assert sheet.photo == content(SheetOfAll())
    assert sheet.labels[-9:] == list("ABCDEFGHI")
    assert "\nA Standing hold · low · tubing · now\n" in sheet.text
    await world.tap(coach, "Upper")
    await world.tap(coach, "Glute works")
    await world.tap(coach, "Standing")
    assert coach.last.id == sheet.id
    assert coach.last.labels == [
        *("✓ Upper", "Lower", "Glute", "✓ Glute works", "✓ Standing"),
        *"ABCD",
    ]
    await world.tap(coach, "C")
    assert (coach.last.id, coach.last.photo) == (sheet.id, drawn("H3"))
    assert "Press the heel back into the wall" in coach.last.text
    await world.tap(coach, "All exercises")
    assert coach.last.photo == content(SheetOfAll())
    await world.tap(coach, "C")
    await world.tap(coach, "Use for Runa")
    assert any("Exercise: wall heel-press" in one.text for one in coach.chat)
    assert "changed your plan" in maria.last.text


async def test_a_flagged_exercise_needs_the_tick(world: BotWorld) -> None:
    """Why not is told; without the tick nothing can be used, whoever presses what."""
    coach = world.coach()
    world.athlete("Runa", coach=coach)
    await world.say(coach, "/exercises Runa bridge short")
    assert "The method advises against it: it is not done standing." in coach.last.text
    assert "Use for Runa" not in coach.last.labels
    button = coach.last.button("☐ I have read this")
    assert button is not None
    coach.press(str(button.data).replace("H6", "use H6").replace(" yes", ""), coach.last.id)
    await world.settle()
    assert "Use for Runa" not in coach.last.labels
    await world.tap(coach, "I have read this")
    await world.tap(coach, "Use for Runa")
    assert any("Exercise: short-lever double bridge" in one.text for one in coach.chat)


async def test_where_the_tubing_is_fixed_is_chosen_by_its_picture(world: BotWorld) -> None:
    """Each anchor shows its own; used, the plan and the athlete's picture have it."""
    coach = world.coach()
    maria = world.athlete("Runa", coach=coach)
    await world.say(coach, "/exercises Runa")
    await world.tap(coach, "A")
    assert "This is in Runa’s plan." in coach.last.text
    await world.tap(coach, "In front")
    assert coach.last.photo == drawn("H1", anchor=Anchor.FRONT)
    await world.tap(coach, "Use for Runa")
    assert any("The tubing is fixed in front" in one.text for one in coach.chat)
    await world.say(maria, "/how")
    assert maria.last.photo == drawn("H1", anchor=Anchor.FRONT)


async def test_without_a_name_an_exercise_is_shown_and_then_for_whom(world: BotWorld) -> None:
    """An admin with several athletes looks first and names somebody afterwards."""
    admin = world.admin()
    for name in ("Runa", "Jonas"):
        world.athlete(name)
    await world.say(admin, "/exercises")
    await world.tap(admin, "Standing")
    await world.tap(admin, "E")
    await world.tap(admin, "Use for …")
    await world.tap(admin, "Jonas")
    assert admin.last.photo == drawn("H5")
    await world.tap(admin, "Use for Jonas")
    assert any("Plan of Jonas" in one.text for one in admin.chat)
    await world.say(admin, "/exercises flying")
    assert "I know no exercise called “flying”." in admin.last.text


async def test_an_athlete_has_no_chooser(world: BotWorld) -> None:
    """It is the coach's."""
    maria = world.athlete()
    await world.say(maria, "/exercises")
    assert photos(maria) == []


# ---- a coach's own picture ------------------------------------------------------------

LIKE_THIS = drawn("H5")
"""A photo that somebody has taken."""


async def asked_for(world: BotWorld, coach: Person) -> None:
    """Ask to replace the picture of Runa's exercise."""
    await world.say(coach, "/exercises Runa")
    await world.tap(coach, "A")
    await world.tap(coach, "Send my own picture")
    assert "Send me a photo or video of this now, for Runa" in coach.last.text


@pytest.mark.parametrize("kind", ["photo", "video"])
async def test_a_coach_shows_it_otherwise(world: BotWorld, kind: str) -> None:
    """A photo or video takes the drawing's place for one athlete; only its name is kept."""
    coach = world.coach("Kim")
    runa, jonas = (world.athlete(name, coach=coach) for name in ("Runa", "Jonas"))
    await asked_for(world, coach)
    coach.send_photo(LIKE_THIS) if kind == "photo" else coach.send_video(LIKE_THIS)
    await world.settle()
    assert coach.last.text.startswith("Saved. Runa sees your picture of this from now on")
    for _ in range(2):
        assert (runa.last.kind, runa.last.silent) == (kind, True)
        assert "Kim shows how." in runa.last.text
        shown = runa.last.photo if kind == "photo" else runa.last.document
        assert shown is not None
        await world.say(runa, "/how")
    await world.say(jonas, "/how")
    assert jonas.last.photo == drawn("H1")
    assert len(LIKE_THIS) > 2000
    if database.is_file():
        assert world.path.read_bytes().find(LIKE_THIS[:64]) == -1
    await world.tap(coach, "Show the drawing again")
    await world.say(runa, "/how")
    assert runa.last.photo == drawn("H1")


async def test_what_is_no_picture_is_asked_for_again(world: BotWorld) -> None:
    """Words change nothing; cancel leaves it, and a later photo is not taken."""
    coach = world.coach("Kim")
    world.athlete("Runa", coach=coach)
    await asked_for(world, coach)
    await world.say(coach, "in a minute")
    assert coach.last.text.startswith("That was no photo or video; nothing is changed.")
    await world.say(coach, "cancel")
    coach.send_photo(LIKE_THIS)
    await world.settle()
    assert world.count(OwnPictureRow) == 0


async def test_consent_ends_a_coachs_picture(world: BotWorld) -> None:
    """Who stops sharing with the coach sees the drawing; who is erased leaves nothing of it."""
    coach = world.coach("Kim")
    runa = world.athlete("Runa", coach=coach)
    await asked_for(world, coach)
    coach.send_photo(LIKE_THIS)
    await world.settle()
    await world.say(runa, "/coach off")
    await world.say(runa, "/how")
    assert runa.last.photo == drawn("H1")
    await world.say(runa, "/erase")
    await world.tap(runa, "Erase everything")
    await world.passes(hours=25)
    assert world.count(OwnPictureRow) == 0


async def test_what_telegram_does_not_send_any_more_is_the_drawing(world: BotWorld) -> None:
    """And the coach hears of it, once."""
    coach = world.coach("Kim")
    runa = world.athlete("Runa", coach=coach)
    await asked_for(world, coach)
    coach.send_photo(LIKE_THIS)
    await world.settle()
    gone = Fault(
        FaultKind.REFUSED,
        method="sendPhoto",
        status=400,
        description="Bad Request: wrong file identifier/HTTP URL specified",
    )
    world.sandbox.faults.add(gone)
    await world.say(runa, "/how")
    assert runa.last.photo == drawn("H1")
    assert coach.last.text.startswith("Telegram cannot send your picture for Runa any more")
    assert world.count(OwnPictureRow) == 0


# ---- the quiz -------------------------------------------------------------------------


async def test_the_quiz_is_offered_after_the_third_session(world: BotWorld) -> None:
    """Three questions in one message, each told right or not; nothing is stored."""
    maria = world.athlete(dose=SHORT)
    await world.passes(minutes=30)
    offers = []
    for _ in range(3):
        await whole_session(world, maria)
        offers.append(sum("A quiz of three questions" in one.text for one in maria.chat))
        await world.passes(hours=24)
    assert offers == [0, 0, 1]
    await world.say(maria, "/quiz")
    first = maria.last
    assert (first.photo, first.labels) == (content(SheetOfAll()), list("ACFH"))
    await world.tap(maria, "H")
    assert maria.last.text.startswith("Right: H.")
    await world.tap(maria, "B")
    assert maria.last.text.startswith("Not quite: it is H, prone leg-curl hold")
    await world.tap(maria, "F")
    assert maria.last.id == first.id
    assert "2 of 3 right." in maria.last.text
