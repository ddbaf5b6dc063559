"""What is due happens when it is due, as by the program's alarm, but on any clock."""

import asyncio

from bot.delivery.ports import SenderClock
from bot.dispatch import due_work
from bot.store.engine import Store

SOON_S = 0.001


async def act(
    store: Store, clock: SenderClock, moved: asyncio.Event, *, look_s: float | None = None
) -> None:
    """Act on what is due, for ever; `moved` tells that something else may be due now.

    With `look_s` it looks again after so many seconds, as the program's sweep does.
    """
    while True:
        moved.clear()
        while (await store.write(due_work.act_due, clock.now()))[0]:
            pass
        at = store.read_now(due_work.earliest)
        waits = [] if at is None else [max(SOON_S, (at - clock.now()).total_seconds())]
        if look_s is not None:
            waits.append(look_s)
        await clock.wait(moved, min(waits, default=None))
