"""The sandbox's HTTP server; it listens on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aiohttp import web

from telegram_sandbox import control, http_api, page
from telegram_sandbox.errors import SandboxError
from telegram_sandbox.webhook import deliver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram_sandbox.sandbox import Sandbox

HOST = "127.0.0.1"
_BODY_LIMIT = 64 * 1024 * 1024
_GRACE = 0.05


class Server:
    """A running server."""

    def __init__(self, sandbox: Sandbox, runner: web.AppRunner, port: int) -> None:
        self.sandbox = sandbox
        self.port = port
        self.url = f"http://{HOST}:{port}"
        """The page stands here, and a bot's base address is this with "/bot" behind."""
        self._runner = runner

    @property
    def base_url(self) -> str:
        """The address before the token, as Bot(base_url=...) takes it."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The address of files, as Bot(base_file_url=...) takes it."""
        return f"{self.url}/file/bot"

    async def close(self) -> None:
        """Stop listening; open requests are cut."""
        await self._runner.cleanup()


async def serve(sandbox: Sandbox, port: int = 0, host: str = HOST) -> Server:
    """Start serving; port 0 takes a free one. Only the loopback address 127.0.0.1 is taken."""
    if host != HOST:
        raise SandboxError(f"the sandbox listens on {HOST} only, not on {host!r}")
    runner = web.AppRunner(
        _application(sandbox), access_log=None, shutdown_timeout=_GRACE, handler_cancellation=True
    )
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise SandboxError(f"cannot listen on {HOST}:{port}: {error.strerror}") from error
    return Server(sandbox, runner, runner.addresses[0][1])


@contextlib.asynccontextmanager
async def serving(sandbox: Sandbox, port: int = 0) -> AsyncIterator[Server]:
    """Serve while the block runs."""
    server = await serve(sandbox, port)
    try:
        yield server
    finally:
        await server.close()


def _application(sandbox: Sandbox) -> web.Application:
    app = web.Application(client_max_size=_BODY_LIMIT, middlewares=[control.guard])
    app[http_api.SANDBOX] = sandbox
    http_api.add_routes(app)
    control.add_routes(app)
    page.add_routes(app)
    app.cleanup_ctx.append(_webhook)
    return app


async def _webhook(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(deliver(app[http_api.SANDBOX]))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
