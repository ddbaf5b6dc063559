"""Long lists, a page at a time."""

import pytest

from bot.conversation.paging import Page, asked, turning, typed


@pytest.mark.parametrize(
    ("wanted", "number", "shown"),
    [(0, 1, [0, 1, 2]), (2, 2, [3, 4, 5]), (3, 3, [6]), (9, 3, [6])],
)
def test_a_page_that_is_not_there_is_the_nearest_one(
    wanted: int, number: int, shown: list[int]
) -> None:
    """Before the first page is the first, behind the last the last."""
    page = Page.of(7, 3, wanted)
    assert (page.number, page.count, list(page.cut(range(7)))) == (number, 3, shown)


def test_an_empty_list_is_one_page() -> None:
    """Nothing is shown on page 1 of 1."""
    assert (Page.of(0, 8, 1).number, Page.of(0, 8, 1).count) == (1, 1)


@pytest.mark.parametrize(
    ("words", "by_button", "by_hand"),
    [("p3", 3, 3), ("3", None, 3), ("pp3", None, None), ("Runa", None, None), ("p³", None, None)],
)
def test_a_page_is_asked_for_by_button_or_by_hand(
    words: str, by_button: int | None, by_hand: int | None
) -> None:
    """A number alone is a page only where it cannot be a name."""
    assert (asked(words), typed(words)) == (by_button, by_hand)


@pytest.mark.parametrize(
    ("page", "found"),
    [(1, ["1:c:x::p2"]), (2, ["1:c:x::p1", "1:c:x::p3"]), (3, ["1:c:x::p2"]), (9, [])],
)
def test_buttons_lead_to_the_pages_beside_it(page: int, found: list[str]) -> None:
    """There is no button to a page that does not exist."""
    rows = turning(page, range(1, 4), "c", "x", "")
    assert [button.data for row in rows for button in row] == found
