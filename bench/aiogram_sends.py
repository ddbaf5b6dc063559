"""Sends for each second of CPU by aiogram's bare client.

aiogram holds back pydantic and so is not among the libraries here: `bench/throughput.py` runs this
file in an environment of its own. Arguments: the Bot API's address, token, sends, sends at once,
core, and the message as JSON; prints CPU and clock seconds as JSON.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

from aiogram import Bot  # type: ignore[import-not-found]
from aiogram.client.session.aiohttp import AiohttpSession  # type: ignore[import-not-found]
from aiogram.client.telegram import TelegramAPIServer  # type: ignore[import-not-found]
from aiogram.types import InlineKeyboardMarkup  # type: ignore[import-not-found]


async def _measure(
    url: str, token: str, sends: int, at_once: int, message: dict[str, Any]
) -> tuple[float, float]:
    """Return the seconds of CPU and of the clock."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(token, session=session)
    buttons = InlineKeyboardMarkup(inline_keyboard=message["buttons"])
    await bot.get_me()
    numbers = iter(range(1, sends + 1))

    async def work() -> None:
        for number in numbers:
            await bot.send_message(number, message["text"], parse_mode="HTML", reply_markup=buttons)

    cpu, clock = time.process_time(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    took = time.process_time() - cpu, time.perf_counter() - clock
    await session.close()
    return took


def main() -> None:
    """Run as told."""
    url, token, sends, at_once, core, message = sys.argv[1:]
    if core != "-":
        os.sched_setaffinity(0, {int(core)})
    took = asyncio.run(_measure(url, token, int(sends), int(at_once), json.loads(message)))
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main()
