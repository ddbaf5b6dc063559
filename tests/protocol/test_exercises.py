"""The catalogue of holds: what PROTOCOL 6 says of each, as data."""

import pytest

from bot.protocol.calendar.input_error import InputError
from bot.protocol.dose.dose import Dose
from bot.protocol.dose.exercises import (
    CATALOGUE,
    REFUSED,
    WITHOUT_BAND,
    Anchor,
    Target,
)
from bot.protocol.dose.parse import parse_plan

FLAGS = {
    "H1": (),
    "H2": (),
    "H3": (),
    "H4": (),
    "H5": (),
    "H6": ("iii",),
    "H8": ("iii",),
    "H10": ("i", "ii", "iii"),
    "H16": ("compression",),
}
"""Those of PROTOCOL 6."""


def test_what_is_advised_against_follows_from_the_data() -> None:
    """The source's three questions and the tendon's compression flag what PROTOCOL 6 flags."""
    assert {one.id: one.flags for one in CATALOGUE.values()} == FLAGS
    assert REFUSED == {"H12": "seated heel-dig"}


def test_easier_and_harder_holds_are_of_the_stage_and_may_be_chosen() -> None:
    """No way up leads to what is flagged unless it begins there; no circle goes on for ever."""
    for one in CATALOGUE.values():
        for other in (*one.regress_to, *one.progress_to):
            assert CATALOGUE[other].stage == one.stage == 1
        ups = [CATALOGUE[other] for other in one.progress_to]
        assert one.flags or not any(other.flags for other in ups)
        assert not set(one.regress_to) & set(one.progress_to)
    assert CATALOGUE["H1"].regress_to == ("H5", "H6")


def test_without_a_band_another_hold_is_held() -> None:
    """It needs none, is not flagged, and works the part that is treated; seconds stay."""
    found = CATALOGUE[WITHOUT_BAND]
    assert not found.needs_band
    assert not found.flags
    assert found.works(Target.UPPER)
    dose = Dose(exercise="H2", band=3, band_label="black", hold_s=15, rest_s=30)
    assert dose.needs_band
    other = dose.instead(WITHOUT_BAND)
    assert other == Dose(exercise="H3", hold_s=15, rest_s=30)
    assert not other.needs_band
    assert dose.instead(None) is dose


def test_the_anchor_is_typed() -> None:
    """In any case; anything else is told what is possible, with an example."""
    assert parse_plan("anchor=Front").values == {"band_anchor": Anchor.FRONT}
    with pytest.raises(InputError) as wrong:
        parse_plan("anchor=above")
    assert str(wrong.value) == (
        "anchor=above is not possible: allowed is behind, front or side, for example anchor=behind."
    )
