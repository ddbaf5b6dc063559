"""Words that may name a warning sign: then the red-flag questions come first (PROTOCOL 5).

It is no judgement: a word too many asks six questions, a word too few asks none.
"""

import re
from typing import Final

from bot.protocol.session.speech import fold_spoken, warning_sign

_CANNOT: Final = r"(?:can ?not|can ?t|cant|could ?not|couldn ?t|unable to|not able to|hardly)"
_SIGNS: Final = re.compile(
    r"\b(?:"
    # tear: a pop, a bruise, weakness, not walking
    r"bruis\w*|weak\w*|ruptur\w*|snap\w*|clunk\w*|limp\w*|collaps\w*|buckl\w*|give\w* way|gave way"
    rf"|{_CANNOT} (?:\w+ )?(?:walk|stand|sit|move|lift|run|bend|straighten)\w*"
    rf"|{_CANNOT} (?:put|bear) (?:\w+ )?weight"
    # saddle and nerve
    r"|bladder|bowel\w*|incontinen\w*|groin|genital\w*|both legs|between (?:my|the) legs|saddle"
    rf"|{_CANNOT} (?:\w+ )?(?:pee|feel|hold)\w*|foot drop\w*|drop\w* foot"
    r"|burning|electric\w*|shoot\w*|sciatica|below (?:my|the) knee|sensation|asleep|dead leg"
    # bone, and the whole body
    r"|bone|bony|night pain|(?:pain|hurts?|aches?|wakes?|woke) (?:\w+ ){0,3}(?:night|sleep)"
    r"|fever\w*|chills?|sweat\w*|weight loss|(?:lost|losing) weight|cancer|tumou?r"
    # clot
    r"|calf|swell\w*|swollen|breath\w*|chest|faint\w*|dizz\w*|passed out|black(?:ed)? out|heart"
    r")\b"
)


def names_sign(text: str) -> bool:
    """Whether the words may name a warning sign, of whichever kind."""
    plain = " ".join(re.findall(r"[^\W_]+", fold_spoken(text)))
    return warning_sign(text) is not None or _SIGNS.search(plain) is not None
