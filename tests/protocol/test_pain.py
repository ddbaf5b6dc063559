"""Reading pain answers (F35) and dose fields (F42)."""

import pytest

from bot.protocol.dose.dose import Dose, DoseError
from bot.protocol.session.pain import parse_pain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("3/10", 3),
        ("3 / 10", 3),
        ("3 of 10", 3),
        ("3 out of 10", 3),
        ("three", 3),
        ("Three.", 3),
        ("3.5", 4),
        ("3,5", 4),
        ("3.0", 3),
        ("3,2", 4),
        ("9,5", 10),
        ("٣", 3),
        ("０", 0),
        ("10", 10),
        ("no pain", 0),
    ],
)
def test_f35_plain_answers(text: str, expected: int) -> None:
    """What is plainly a number is taken; a fraction rounds up."""
    assert parse_pain(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "11",
        "10,5",
        "4 but ok",
        "",
        "3-4",
        "3 5",
        "30",
        "1e1",
        "three-ish",
        "²",
        "Ⅲ",
        "½",
        "+3",
        "3/5",
        "👍",
        "3\n4",
    ],
)
def test_f35_unclear_answers_are_asked_again(text: str) -> None:
    """What is not plainly a number is never guessed."""
    assert parse_pain(text) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hold_s", 0),
        ("hold_s", 1),
        ("hold_s", 3600),
        ("hold_s", -5),
        ("rest_s", 0),
        ("holds", 0),
        ("holds", 50),
        ("pain_limit", 6),
        ("hard_stop", 3),
        ("hard_stop", 9),
    ],
)
def test_f42_a_dose_out_of_range_is_refused(field: str, value: int) -> None:
    """The error names the field, the range and an example."""
    with pytest.raises(
        DoseError, match=rf"{field}={value} is not possible: allowed is .* for example"
    ):
        Dose(**{field: value})  # type: ignore[arg-type]
