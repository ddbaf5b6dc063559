"""GPX and TCX: what is XML, without any entity or reference of its own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import gpxpy
from defusedxml import ElementTree

from bot.protocol.load.activities import Activity, UnreadFile, Why
from bot.protocol.load.entries import LoadKind
from bot.watches import tracks
from bot.watches.tracks import Point

_KINDS: Final = (
    (LoadKind.RUN, ("run", "jog")),
    (LoadKind.BIKE, ("bik", "cycl", "ride")),
    (LoadKind.SWIM, ("swim",)),
    (LoadKind.WALK, ("walk", "hik")),
    (LoadKind.STRENGTH, ("strength", "weight")),
)
_NUMBERED: Final = {"9": LoadKind.RUN, "1": LoadKind.BIKE, "10": LoadKind.WALK, "4": LoadKind.WALK}
"""Sports by number, as Strava writes them."""
_GPX: Final = re.compile(r"<(?:\w+:)?gpx[\s>]", re.IGNORECASE)
_TCX: Final = re.compile(r"<(?:\w+:)?TrainingCenterDatabase[\s>]", re.IGNORECASE)
_DECLARES: Final = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LOOKS: Final = 4_096
_LONGEST: Final = 24 * 3600
_BOMS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def text_of(data: bytes) -> str | None:
    """Return the text of XML, in UTF-8 or UTF-16; None for what is no XML of a watch."""
    coding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    text = data.decode(coding, errors="replace")
    start = text[:_LOOKS]
    return text if _GPX.search(start) or _TCX.search(start) else None


def read(text: str, *, cut: bool = False) -> tuple[Activity, ...] | UnreadFile:
    """Return what was done; of a text that breaks off, what comes before."""
    if _DECLARES.search(text):
        return UnreadFile(Why.BROKEN)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    is_gpx = _GPX.search(text[:_LOOKS]) is not None
    read_one, ends = (_gpx, _GPX_ENDS) if is_gpx else (_tcx, _TCX_ENDS)
    try:
        return _told(read_one(text), cut=cut)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, what came before may be right
        mended = _mended(text, *ends)
    if mended is None:
        return UnreadFile(Why.BROKEN)
    try:
        return _told(read_one(mended), cut=True)
    except Exception:  # noqa: BLE001 - it is broken elsewhere
        return UnreadFile(Why.BROKEN)


_GPX_ENDS: Final = ("trkpt", "trkseg", "trk", "gpx")
_TCX_ENDS: Final = (
    "Trackpoint",
    "Track",
    "Lap",
    "Activity",
    "Activities",
    "TrainingCenterDatabase",
)


def _mended(text: str, *ends: str) -> str | None:
    """Return a text up to its last whole point, with everything closed that is open there."""
    last = text.rfind(f"</{ends[0]}>")
    if last < 0:
        return None
    end = last + len(f"</{ends[0]}>")
    return text[:end] + "".join(f"</{name}>" for name in ends[1:])


def _told(found: list[Activity | None], *, cut: bool) -> tuple[Activity, ...] | UnreadFile:
    if not found:
        return UnreadFile(Why.NO_ACTIVITY)
    done = tuple(one for one in found if one is not None)
    if not done:
        return UnreadFile(Why.NO_TIMES)
    return tuple(replace(one, cut=True) for one in done) if cut else done


def _kind(said: str | None) -> LoadKind:
    """Return the sport; where a file names none, nobody knows that it was a run."""
    word = (said or "").strip().casefold()
    if word in _NUMBERED:
        return _NUMBERED[word]
    found = (kind for kind, parts in _KINDS if any(part in word for part in parts))
    return next(found, LoadKind.OTHER)


def _of(
    parts: list[list[Point]], kind: LoadKind, seconds: float = 0, far: float = 0
) -> Activity | None:
    """Return the outing of these parts of a way; between two of them nobody moved."""
    moving = round(max(0, seconds)) or sum(map(tracks.moving_s, parts))
    if not 0 < moving <= _LONGEST:
        return None
    ways = [one for one in map(tracks.metres, parts) if one is not None]
    climbs = [one for one in map(tracks.climb_m, parts) if one is not None]
    return Activity(
        kind=kind,
        started_at=tracks.start_of(point for part in parts for point in part),
        moving_s=moving,
        metres=round(max(0, far)) or (sum(ways) if ways else None),
        climb_m=sum(climbs) if climbs else None,
    )


# ---- GPX ------------------------------------------------------------------------------


def _gpx(text: str) -> list[Activity | None]:
    """Return one outing of all tracks, which are its parts; routes and places are none."""
    for _event, element in ElementTree.iterparse(_Stream(text)):
        element.clear()
    found: list[Any] = gpxpy.parse(text).tracks
    parts = [part.points for one in found for part in one.segments if part.points]
    if not parts:
        return []
    kind = _kind(next((one.type for one in found if one.type), None))
    return [_of([[_gpx_point(one) for one in part] for part in parts], kind)]


def _gpx_point(one: Any) -> Point:
    return Point(one.time, one.latitude, one.longitude, one.elevation)


class _Stream:
    """Hands a text to the parser in pieces."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self, size: int = -1) -> str:
        """Return the next piece."""
        end = len(self._text) if size < 0 else self._at + size
        piece, self._at = self._text[self._at : end], end
        return piece


# ---- TCX ------------------------------------------------------------------------------


def _tcx(text: str) -> list[Activity | None]:
    """Return one outing for each activity; courses and workouts are none."""
    root = ElementTree.fromstring(text)
    return [_activity(one) for one in _all(root, "Activity")]


def _activity(found: Any) -> Activity | None:
    laps = list(_all(found, "Lap"))
    points = [_tcx_point(one) for lap in laps for one in _all(lap, "Trackpoint")]
    begins = Point(_time(_text(found, "Id")))
    seconds = sum(_number(_text(lap, "TotalTimeSeconds")) or 0 for lap in laps)
    far = sum(_number(_own(lap, "DistanceMeters")) or 0 for lap in laps)
    return _of([[begins], points], _kind(found.get("Sport")), seconds, far)


def _tcx_point(one: Any) -> Point:
    return Point(
        _time(_text(one, "Time")),
        _number(_text(one, "LatitudeDegrees")),
        _number(_text(one, "LongitudeDegrees")),
        _number(_text(one, "AltitudeMeters")),
        _number(_text(one, "DistanceMeters")),
    )


def _all(element: Any, name: str) -> Iterator[Any]:
    return (one for one in element.iter() if _name(one) == name)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any, name: str) -> str | None:
    found = next(_all(element, name), None)
    return None if found is None else found.text


def _own(element: Any, name: str) -> str | None:
    return next((one.text for one in element if _name(one) == name), None)


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if abs(found) < 1e9 else None  # noqa: PLR2004 - neither infinite nor absurd


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else found
