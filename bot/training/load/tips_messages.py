"""What /tips says, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class TipsShown(Reply):
    """Whether lines of advice come; `wrong` is what was typed and is neither on nor off."""

    topic: ClassVar[str] = "tips_shown"
    on: bool
    wrong: str = ""
