"""Words about stages that several messages share."""

from typing import Final

from bot.conversation.phrases import STAGES
from bot.protocol.load.stages import LAST, ExitCondition, Met

CONDITIONS: Final = {
    ExitCondition.LEVEL: "a week at the top dose, most sessions done",
    ExitCondition.PAIN: "pain within the limit and lessening, no stop for a week",
    ExitCondition.MORNINGS: "mornings calm, not above the week before",
    ExitCondition.LONG_HOLD: "a hold of 45 s",
    ExitCondition.TEST: "the load test within the limit, three days running",
    ExitCondition.FLAGS: "no warning sign open",
}
_ANSWERS: Final = {Met.YES: "yes", Met.NO: "no", Met.UNKNOWN: "not known"}


def say_stage(stage: int) -> str:
    """Return "Stage 1 of 4: holds alone"."""
    return f"Stage {stage} of {LAST}: {STAGES[stage]}"


def say_condition(found: ExitCondition, met: Met) -> str:
    """Return "a hold of 45 s: not known"."""
    return f"{CONDITIONS[found]}: {_ANSWERS[met]}"


def say_left(conditions: tuple[tuple[ExitCondition, Met], ...]) -> str:
    """Return how many conditions are met, and how many nobody knows."""
    yes, unknown = (sum(met is one for _, met in conditions) for one in (Met.YES, Met.UNKNOWN))
    rest = f", {unknown} not known" if unknown else ""
    return f"{yes} of {len(conditions)} conditions for the next stage are met{rest}"
