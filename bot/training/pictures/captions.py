"""What stands below an exercise's picture: its three numbers, its colours, where the tubing is."""

from typing import Final

from bot.conversation.phrases import ANCHORS
from bot.conversation.screen import esc, lines, paragraphs, sentence
from bot.protocol.dose.dose import Side
from bot.protocol.dose.exercises import CATALOGUE, Anchor

_STILL: Final = "Nothing moves."
_UP: Final = f"Push the hips up and stay there. {_STILL}"
_DRIVE: Final = {
    Anchor.BEHIND: f"Drive the hip forward, against the tubing. {_STILL}",
    Anchor.FRONT: f"Drive the hip back, against the tubing. {_STILL}",
    Anchor.SIDE: f"Drive the hip away from the post. {_STILL}",
}
_POINTS: Final = {
    "H1": ("Squeeze the glute of the leg you stand on.", "", "Knee soft, stand tall."),
    "H2": ("Squeeze the glute of the front leg.", "", "Front heel heavy, a short step."),
    "H3": (
        "Squeeze the glute.",
        f"Press the heel back into the wall. {_STILL}",
        "No arch in the low back.",
    ),
    "H4": (
        "The back of the thigh works, high up.",
        f"Pull the straight leg down and back. {_STILL}",
        "Band at the heel, the leg 10 to 30 degrees in front.",
    ),
    "H5": (
        "Squeeze both glutes.",
        f"Squeeze inwards, and hold it. {_STILL}",
        "Knees soft, feet below the hips.",
    ),
    "H6": ("Squeeze both glutes.", _UP, "Ribs down."),
    "H8": ("Glute and the back of the thigh work.", _UP, "Push the heels down."),
    "H10": (
        "The back of the thigh works, near the knee.",
        f"Pull the heel towards you. {_STILL}",
        "The hips stay on the mat.",
    ),
    "H16": (
        "The back stays on the wall.",
        f"Push down through the heel. {_STILL}",
        "Knee over foot.",
    ),
}
"""What the numbers 1 to 3 of a drawing point at; where tubing is at the hip, its anchor says 2."""
_COLOURS: Final = (
    "Blue: which way you push, pull or squeeze. Orange: what works. Red: your sitting bone, where "
    "it may hurt."
)


def say_how(exercise: str, side: Side, anchor: Anchor) -> str:
    """Return the caption of a drawing."""
    name = sentence(CATALOGUE[exercise].name)
    head = f"<b>{esc(name)}</b>\n{say_side(side)}"
    return paragraphs(head, say_points(exercise, anchor), _COLOURS)


def say_points(exercise: str, anchor: Anchor) -> str:
    """Return what a drawing's numbers point at, and where the tubing is."""
    one, two, three = _POINTS[exercise]
    fixed = f"Tubing fixed {ANCHORS[anchor]}, at hip height."
    return lines(
        f"1  {one}",
        f"2  {two or _DRIVE[anchor]}",
        f"3  {three}",
        fixed if CATALOGUE[exercise].at_hip else "",
    )


def say_side(side: Side) -> str:
    """Return which side a picture shows."""
    if side is Side.BOTH:
        return "LEFT side, as drawn. Then RIGHT, the other way round."
    return f"{side.upper()} side"
