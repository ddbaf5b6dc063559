"""Runs the sandbox alone: telegram-sandbox --port 8081, or python -m telegram_sandbox."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from telegram_sandbox.errors import SandboxError
from telegram_sandbox.sandbox import Sandbox
from telegram_sandbox.server import serve

_CAST = ("Maria", "Jonas", "Ada")


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="telegram-sandbox",
        description="A local stand-in for Telegram with a chat page. Nothing leaves this machine.",
    )
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", default="1:SANDBOX", help="the token that the bot must use")
    parser.add_argument("--username", default="sandbox_bot", help="the bot's username")
    parser.add_argument(
        "--person",
        action="append",
        metavar="NAME[:ROLE]",
        help=f"somebody to begin with, once for each; {', '.join(_CAST)} if nobody is named",
    )
    parser.add_argument("--nobody", action="store_true", help="begin with no people")
    return parser.parse_args(argv)


async def run(argv: list[str]) -> None:
    """Serve until interrupted."""
    told = _arguments(argv)
    sandbox = Sandbox(told.token, told.username)
    for one in () if told.nobody else told.person or _CAST:
        name, _, role = one.partition(":")
        sandbox.person(name, role=role)
    server = await serve(sandbox, told.port)
    sys.stdout.write(
        f"Telegram sandbox: {server.url}/\n"
        f"For a bot: base address {server.url}, token {sandbox.token}\n"
    )
    sys.stdout.flush()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    await server.close()


def main() -> None:
    """Run, and end with one sentence if that fails."""
    try:
        asyncio.run(run(sys.argv[1:]))
    except (SandboxError, ValueError) as error:
        sys.exit(f"The sandbox cannot start: {error}")


if __name__ == "__main__":
    main()
