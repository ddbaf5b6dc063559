"""What a received update may still do, by its age: a table without a database."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.interaction import FRESH, SKEW, Admission, received, taken_up
from tests.flows.world import T0

SECOND = timedelta(seconds=1)
spans = st.integers(-86_400, 86_400).map(lambda seconds: seconds * SECOND)
moments = spans.map(lambda span: T0 + span)
maybe = st.none() | moments


@given(dated=maybe)
def test_f129_what_came_in_good_order_is_of_now(dated: datetime | None) -> None:
    """Whatever a clock that differs by two minutes says; a date in the future is ignored."""
    found = received(dated, T0, None)
    assert found.old is (dated is not None and T0 - dated > SKEW)
    assert found.said_at == (dated if found.old else T0)


@given(dated=maybe, since=moments.filter(lambda at: at <= T0))
def test_f129_after_trouble_it_is_judged_by_its_own_date(
    dated: datetime | None, since: datetime
) -> None:
    """Else by the last fetch in good order; never taken for newer than it can be."""
    found = received(dated, T0, since)
    assert found.said_at <= T0
    assert found.old is (T0 - found.said_at > FRESH)
    if dated is None or dated > T0:
        assert found.said_at == since
    else:
        assert found.said_at in {dated, max(dated, since)}


@given(waited=st.integers(0, 600).map(lambda seconds: seconds * SECOND), old=st.booleans())
def test_f129_what_waits_to_be_handled_becomes_old(waited: timedelta, old: bool) -> None:  # noqa: FBT001 - drawn
    """It is from when it was received; what was old then stays so."""
    found = taken_up(T0, T0, T0 + waited, old=old)
    assert found == Admission(T0, old or waited > FRESH)
