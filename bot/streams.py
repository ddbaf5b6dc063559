"""Standard output and error that never raise: whether a line can be read is not the bot's trouble.

Their reader may be gone or hang, the disk full, the stream closed, and a terminal may not know a
character. What cannot be written is lost, and nothing else happens.
"""

import io
import os
import select
import sys
from collections.abc import Iterable
from typing import Final, TextIO

PATIENCE_MS: Final = 100
"""How long a line of the log waits for a reader that is behind."""
PIECE: Final = 1024
"""Characters written at once: a pipe that is not full takes so many without waiting."""


class Forgiving(io.TextIOBase):
    """Writes to `inner`, and loses what cannot be written.

    `waits` is for output that somebody asked for: it waits for its reader, as a pager needs. The
    log does not wait: a reader that hangs would stop the whole program.
    """

    def __init__(self, inner: TextIO | None, *, waits: bool) -> None:
        self._inner = inner
        self._waits = waits
        self._lost = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of what is underneath."""
        return getattr(self._inner, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """What becomes of a character that the encoding does not have."""
        return "backslashreplace"

    def fileno(self) -> int:
        """Return the file descriptor of what is underneath."""
        if self._inner is None:
            raise io.UnsupportedOperation("fileno")
        return self._inner.fileno()

    def isatty(self) -> bool:
        """Whether this is a terminal."""
        try:
            return self._inner is not None and self._inner.isatty()
        except ValueError:  # closed
            return False

    def writable(self) -> bool:
        """Whether this takes text; it always does."""
        return True

    def write(self, text: str) -> int:
        """Write what can be written; return the length of `text`. Raises TypeError for bytes."""
        if not isinstance(text, str):
            raise TypeError(f"text is wanted, not {type(text).__name__}")
        if self._inner is not None:
            self._write(self._inner, text)
        return len(text)

    def _write(self, inner: TextIO, text: str) -> None:
        try:
            known = text.encode(self.encoding, self.errors).decode(self.encoding)
            if self._waits:
                inner.write(known)
                return
            if self._lost:
                known = f"\nlevel=warning event=log_lines_lost count={self._lost}\n{known}"
            for start in range(0, len(known), PIECE):
                self._put(inner, known[start : start + PIECE])
        except Exception:  # noqa: BLE001 - there is nobody left who could be told
            self._lost += 1
        else:
            self._lost = 0

    def _put(self, inner: TextIO, piece: str) -> None:
        """Write a piece at once, or raise BlockingIOError where that would take its time."""
        try:
            number = self.fileno()
        except io.UnsupportedOperation:  # no file: nothing to wait for
            number = -1
        if number >= 0:
            poll = select.poll()
            poll.register(number, select.POLLOUT)
            if not poll.poll(0 if self._lost else PATIENCE_MS):
                raise BlockingIOError
        inner.write(piece)
        inner.flush()

    def flush(self) -> None:
        """Have written what was written; what cannot be is lost."""
        if self._inner is not None:
            try:
                self._inner.flush()
            except Exception:  # noqa: BLE001 - as above
                self._lost += 1


def forgiving(stream: TextIO | Forgiving | None, *, waits: bool = False) -> Forgiving:
    """Return `stream`, made forgiving if it is not yet."""
    return stream if isinstance(stream, Forgiving) else Forgiving(stream, waits=waits)


def say(lines: Iterable[str]) -> None:
    """Print lines on standard output, which are lost if its reader is behind: nothing waits."""
    text = "".join(f"{line}\n" for line in lines)
    Forgiving(sys.stdout, waits=False).write(text)


def guard() -> None:
    """From now on nothing that is printed raises, whoever prints it.

    A standard stream that was closed before the start is opened on nothing: else the next file
    that is opened, the database perhaps, would get its number and what is printed with it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
    sys.stdout = forgiving(sys.stdout, waits=True)
    sys.stderr = forgiving(sys.stderr)
