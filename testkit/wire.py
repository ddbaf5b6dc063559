"""The bot's transport in tests: a call arrives as plain values, and a test says what becomes of it.

Who only answers overrides `exchange`. Who has a network between, with delays and lost answers,
makes the exchange by `crossed`: letters are held back and late answers heard as in the program.
"""

from abc import abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import IO, Any, Final

from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery import crossing
from bot.delivery.crossing import LISTEN_S, Crossing, HeldBackError, UnansweredError
from bot.delivery.transport import NotSentTimedOut
from telegram_sandbox.arguments import Upload

READ_S: Final = 5.0
"""How long an answer is waited for where the call does not say."""
CONNECT_S: Final = 5.0
"""How long a connection is waited for where the call does not say."""

FETCH: Final = "GET "
"""Before the path of a file that is fetched, in the place of a method."""

Response = tuple[int, bytes]
"""HTTP status and body."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it is handed over. `timeouts` are (pool, connect, write, read), as given."""

    method: str
    data: RequestData | None
    timeouts: tuple[ODVInput[float], ...]

    @property
    def params(self) -> dict[str, str]:
        """The parameters as they go over the wire: each a text, or JSON."""
        return dict(self.data.json_parameters) if self.data else {}

    @property
    def values(self) -> dict[str, Any]:
        """The parameters as plain values."""
        return dict(self.data.parameters) if self.data else {}

    @property
    def uploads(self) -> dict[str, Upload]:
        """The files."""
        files = self.data.multipart_data if self.data else {}
        return {name: Upload(file[0], file[2], _bytes(file[1])) for name, file in files.items()}

    @property
    def read_s(self) -> float:
        """How long the answer is waited for."""
        return _given(self.timeouts[3], READ_S)

    @property
    def connect_s(self) -> float:
        """How long a connection is waited for."""
        return _given(self.timeouts[1], CONNECT_S)


class Wire(BaseRequest):
    """A transport without connections, for `Bot(request=...)`."""

    @abstractmethod
    async def exchange(self, asked: Asked) -> Response:
        """Return the answer to a call; raise what the bot's own transport would."""

    @property
    def read_timeout(self) -> float | None:
        """The seconds an answer is waited for."""
        return READ_S

    async def initialize(self) -> None:
        """Nothing has to be opened."""

    async def shutdown(self) -> None:
        """Nothing has to be closed."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> Response:
        """Hand a call over; what is fetched is asked for by `FETCH` and its path."""
        timeouts = (pool_timeout, connect_timeout, write_timeout, read_timeout)
        called = url.rpartition("/")[2]
        if method == "GET":
            called = f"{FETCH}{url.partition('/file/bot')[2].partition('/')[2]}"
        return await self.exchange(Asked(called, request_data, timeouts))


async def crossed(
    asked: Asked, make: Callable[[float, Crossing | None], Coroutine[Any, Any, Response]]
) -> Response:
    """Make an exchange as the bot's transport does; `make` gets the seconds and the letter's way.

    The exchange has to tell the way when the call leaves, and is held back by it.
    """
    way = crossing.of_this_call()
    if way is None:
        return await make(asked.read_s, None)
    heard_s = LISTEN_S if way.listens else asked.read_s
    try:
        return await way.carry(make(heard_s, way), asked.read_s)
    except HeldBackError:
        raise NotSentTimedOut from None
    except UnansweredError:
        raise TimedOut from None


def _given(timeout: ODVInput[float], default: float) -> float:
    return default if timeout is None or isinstance(timeout, DefaultValue) else timeout


def _bytes(content: bytes | IO[bytes]) -> bytes:
    return content if isinstance(content, bytes) else content.read()
