"""Labels of buttons: read whole in one line, the warning signs first and "none" last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.screen import ROOM, Button, Screen, in_one_line, width
from bot.protocol.red_flags.flags import RED_FLAGS
from tests.chat import stored
from tests.chat.variants import NOW
from tests.labels import CUT, too_long


@pytest.mark.parametrize(
    ("text", "wide"),
    [("Stop", 4), ("王小明", 6), ("Åsa", 3), ("A\u030asa", 3), ("🙂", 2), ("สวัสดี", 4), ("", 0)],
)
def test_a_wide_sign_counts_as_two(text: str, wide: int) -> None:
    """And a mark on a letter as none."""
    assert width(text) == wide


@given(st.text(max_size=80), st.sampled_from(sorted(ROOM)), st.integers(0, 1))
def test_any_name_is_cut_to_its_room(name: str, of: int, but: int) -> None:
    """What fits stays as it is; what does not ends with "…"."""
    label, room = in_one_line(name, of=of, but=but), ROOM[of] - but
    plain = " ".join(name.split())
    assert width(label) <= room
    assert label == plain if width(plain) <= room else label.endswith("…")


def test_a_label_that_would_be_cut_is_found() -> None:
    """By the number of buttons beside it."""
    fits, cut = Button("Sixteen letters!", "1"), Button("Seventeen letters", "2")
    assert too_long(Screen(text="", rows=((fits, fits), (cut,)))) == []
    assert too_long(Screen(text="", rows=((fits, cut),))) == ["Seventeen letters (17 of 16)"]
    CUT.clear()


def test_the_warning_signs_come_first_and_none_comes_last() -> None:
    """Joining asks as a session does: one sign a row; nobody taps "none" before they have read."""
    screen = stored.screen("enrol_red_flags", {}, NOW)
    labels = [[button.label for button in row] for row in screen.rows]
    signs = [f"{number}. {flag.short}" for number, flag in enumerate(RED_FLAGS.values(), start=1)]
    assert labels == [*([sign] for sign in signs), ["None of these"], ["Back", "Cancel"]]
