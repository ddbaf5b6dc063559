"""What a received update may still do, by its age. The one place that decides it.

Whatever somebody said is handled, however old it is: a STOP, a high pain and a warning sign always
count. What is old never begins anything by itself: no session opens, no hold follows.

- Received in good order, an update is of now.
- Received after fetching or storing had failed, it can be as old as the last fetch that was in
  good order; a message has its own date as well, and that is the better one.
- A message whose own date is long ago is old, however it came. Telegram's clock and this machine's
  may differ a little: a date that is only a little ago says nothing by itself.
- An update that was received in time and could not be handled for a while has become old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FRESH: Final = timedelta(seconds=5)
"""What was said so long ago, at most, is of now."""
SKEW: Final = timedelta(minutes=2)
"""So far Telegram's clock may be from this machine's."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The earliest instant that something can have been said at, and whether that is old."""

    said_at: datetime
    old: bool = False


def received(dated: datetime | None, now: datetime, since: datetime | None) -> Admission:
    """Judge an update that is received `now`.

    `dated` is a message's own date; one in the future is ignored. `since` is None where fetching
    was in good order, else the last instant at which it was.
    """
    own = dated if dated is not None and dated <= now else None
    if own is not None and now - own > SKEW:
        return Admission(own, old=True)
    if since is None:
        return Admission(now)
    said_at = since if own is None else max(own, since)
    return Admission(said_at, old=now - said_at > FRESH)


def taken_up(received_at: datetime, said_at: datetime, now: datetime, *, old: bool) -> Admission:
    """Judge an update that is handled `now`, from how it was judged when it was received."""
    return Admission(said_at, old or now - received_at > FRESH)
