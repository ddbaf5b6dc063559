"""Words and buttons about an athlete's stage."""

from datetime import datetime
from typing import Final

from bot.conversation.phrases import say_told
from bot.conversation.screen import (
    Button,
    Screen,
    Style,
    Words,
    command_data,
    esc,
    lines,
    paragraphs,
    sentence,
)
from bot.programme.stages.messages import StageShown, TestAskedOfYou, Wish
from bot.programme.stages.phrases import say_condition, say_stage
from bot.protocol.load.stages import LAST, Met

WORDS: Final = Words()
_WISHES: Final[dict[Wish, str]] = {
    "hold": "a hold of 45 s",
    "test": "the load test",
    "stride": "advice on the stride",
}


@WORDS.of(StageShown)
def _shown(said: StageShown, _now: datetime) -> Screen:
    name = esc(said.name)
    problem = (
        f"“{esc(said.problem[:40])}” is not something I can ask for. Write for example "
        f"/stage {name} test on"
        if said.problem
        else ""
    )
    listed = [f"• {sentence(say_condition(*one))}" for one in said.conditions]
    asked = " and ".join(_WISHES[one] for one in said.wishes)
    text = paragraphs(
        problem,
        lines(f"<b>{name}</b>", say_stage(said.stage)),
        lines("Before stage 2:", *listed) if listed else "",
        lines(f"You ask for {asked}." if asked else "", say_told(said.name, said.told)),
        "Only a coach moves the stage. Tap what you ask for.",
    )
    return Screen(text=text, rows=(*_moves(said), *((_toggle(said, one),) for one in _WISHES)))


def _moves(said: StageShown) -> tuple[tuple[Button, ...], ...]:
    """Return the button to the next stage: out of the first one only when all is met."""
    if said.stage >= LAST or any(met is not Met.YES for _, met in said.conditions):
        return ()
    after = said.stage + 1
    words = command_data("plan", said.athlete_id, f"stage={after}")
    return ((Button(f"Move to stage {after}", words, Style.SUCCESS),),)


def _toggle(said: StageShown, wish: Wish) -> Button:
    mark, word = ("✓ ", "off") if wish in said.wishes else ("", "on")
    label = f"{mark}{sentence(_WISHES[wish])}"
    return Button(label, command_data("stage", said.athlete_id, f"{wish} {word}"))


@WORDS.of(TestAskedOfYou)
def _test_asked(said: TestAskedOfYou, _now: datetime) -> Screen:
    if not said.wanted:
        return Screen(text=f"{esc(said.by)} does not ask for the load test any more.")
    return Screen(
        text=f"{esc(said.by)} asks for a load test, once a day, three days running: three short "
        f"bridges on one leg. Stop when the pain goes over {said.limit}. Then send the worst pain, "
        "for example /test 2"
    )
