"""FIT: the watches' own format, with a summary of each outing where the file is whole."""

import io
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import fitdecode
from fitdecode import CrcCheck, ErrorHandling, FitReader

from bot.protocol.load.activities import Activity, UnreadFile, Why
from bot.protocol.load.entries import LoadKind
from bot.watches import tracks
from bot.watches.tracks import Point

MARK: Final = b".FIT"
_MARK_AT: Final = slice(8, 12)
_KINDS: Final = {
    "running": LoadKind.RUN,
    "cycling": LoadKind.BIKE,
    "e_biking": LoadKind.BIKE,
    "swimming": LoadKind.SWIM,
    "walking": LoadKind.WALK,
    "hiking": LoadKind.WALK,
}
_STRENGTH: Final = "strength_training"
_TRANSITION: Final = "transition"
_ACTIVITY: Final = "activity"
_NOTHING: Final = frozenset({"workout", "settings", "course", "sport", "schedules", "weight"})
"""Files of a watch that tell nothing that was done."""
_DEGREES: Final = 180 / 2**31
_LONGEST: Final = 24 * 3600


def is_fit(data: bytes) -> bool:
    """Whether it begins as such files do."""
    return data[_MARK_AT] == MARK


def read(data: bytes, *, cut: bool = False) -> tuple[Activity, ...] | UnreadFile:
    """Return what was done, outing by outing; of a file that breaks off, what could be read."""
    found = _Found()
    try:
        for frame in _messages(data):
            found.take(frame)
    except Exception:  # noqa: BLE001 - the decoder raises AssertionError, struct.error and more
        cut = True
    return found.told(cut=cut)


def _messages(data: bytes) -> Iterator[Any]:
    """Yield the data messages; a wrong checksum or one bad message is passed over."""
    with FitReader(
        io.BytesIO(data), check_crc=CrcCheck.DISABLED, error_handling=ErrorHandling.IGNORE
    ) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                yield frame


class _Found:
    """What was read so far of a file."""

    def __init__(self) -> None:
        self.file_type: str | None = None
        self.sessions: list[dict[str, Any]] = []
        self.points: list[Point] = []
        self.sport: dict[str, Any] = {}

    def take(self, frame: Any) -> None:
        """Keep what a message says."""
        match frame.name:
            case "file_id":
                self.file_type = _value(frame, "type")
            case "session":
                self.sessions.append({field.name: field.value for field in frame.fields})
            case "sport":
                self.sport = {field.name: field.value for field in frame.fields}
            case "record":
                self.points.append(_point(frame))

    def told(self, *, cut: bool) -> tuple[Activity, ...] | UnreadFile:
        """Return the outings that the sessions sum up; without any, what the points tell."""
        done = [one for one in map(self._of_session, self.sessions) if one is not None]
        if done and not cut:
            return tuple(done)
        if done:
            return tuple(replace(one, cut=True) for one in done)
        if self.points:
            return self._of_points()
        if isinstance(self.file_type, str) and self.file_type in _NOTHING:
            return UnreadFile(Why.NO_ACTIVITY)
        return UnreadFile(Why.BROKEN if cut else Why.NO_ACTIVITY)

    def _of_session(self, session: dict[str, Any]) -> Activity | None:
        if session.get("sport") == _TRANSITION:
            return None
        seconds = _first(session, "total_moving_time", "total_timer_time", "total_elapsed_time")
        if seconds is None or seconds > _LONGEST:
            return None
        effort = _number(session.get("workout_rpe"))
        climb = _number(session.get("total_ascent"))
        return Activity(
            kind=_kind(session),
            started_at=self._start(session),
            moving_s=round(seconds),
            metres=_whole(_number(session.get("total_distance"))),
            climb_m=self._climb() if climb is None else round(climb),
            effort=None if effort is None else _effort(effort),
        )

    def _climb(self) -> int | None:
        """Return the climb of the points, where they are those of one outing."""
        return tracks.climb_m(self.points) if len(self.sessions) == 1 else None

    def _start(self, session: dict[str, Any]) -> datetime | None:
        """Return when it began, by its start or its end; a time since power-on is none."""
        start, end = session.get("start_time"), session.get("timestamp")
        if isinstance(start, datetime) and tracks.is_usable(start):
            return start.astimezone(UTC)
        elapsed = _first(session, "total_elapsed_time", "total_timer_time")
        if isinstance(end, datetime) and tracks.is_usable(end) and elapsed is not None:
            return end.astimezone(UTC) - timedelta(seconds=elapsed)
        return tracks.start_of(self.points) if len(self.sessions) == 1 else None

    def _of_points(self) -> tuple[Activity, ...] | UnreadFile:
        """Return what the points tell: the sum at the file's end is missing."""
        seconds = tracks.moving_s(self.points)
        if not 0 < seconds <= _LONGEST:
            return UnreadFile(Why.NO_TIMES)
        found = Activity(
            kind=_kind(self.sport),
            started_at=tracks.start_of(self.points),
            moving_s=seconds,
            metres=tracks.metres(self.points),
            climb_m=tracks.climb_m(self.points),
            cut=True,
        )
        return (found,)


def _kind(said: dict[str, Any]) -> LoadKind:
    """Return the sport; where a file names none, nobody knows that it was a run."""
    sport = said.get("sport")
    if said.get("sub_sport") == _STRENGTH:
        return LoadKind.STRENGTH
    return _KINDS.get(sport, LoadKind.OTHER) if isinstance(sport, str) else LoadKind.OTHER


def _value(frame: Any, name: str) -> Any:
    return frame.get_value(name, fallback=None)


def _point(frame: Any) -> Point:
    at = _value(frame, "timestamp")
    high = _number(_value(frame, "enhanced_altitude"))
    return Point(
        at if isinstance(at, datetime) else None,
        _degrees(_value(frame, "position_lat")),
        _degrees(_value(frame, "position_long")),
        _number(_value(frame, "altitude")) if high is None else high,
        _number(_value(frame, "distance")),
    )


def _degrees(value: Any) -> float | None:
    found = _number(value)
    return None if found is None else found * _DEGREES


def _number(value: Any) -> float | None:
    """Return a finite number; a field may hold several, or none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _first(said: dict[str, Any], *names: str) -> float | None:
    """Return the first of these that is over 0: a watch fills with 0 what it does not count."""
    found = (_number(said.get(name)) for name in names)
    return next((one for one in found if one is not None and one > 0), None)


def _whole(value: float | None) -> int | None:
    return None if value is None or value <= 0 else round(value)


def _effort(value: float) -> int | None:
    """Return an effort of 10: the watch keeps it as 0 to 100."""
    found = round(value / 10)
    return found if 0 <= found <= 10 else None  # noqa: PLR2004 - the scale
