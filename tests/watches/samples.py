"""Small files as watches write them, made here: FIT, GPX and TCX."""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EPOCH: Final = datetime(1989, 12, 31, tzinfo=UTC)
START: Final = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
"""Monday, 17:30 in Berlin."""
UINT8, UINT16, UINT32, SINT32, ENUM = 0x02, 0x84, 0x86, 0x85, 0x00
_SIZES: Final = {UINT8: "B", ENUM: "B", UINT16: "H", UINT32: "I", SINT32: "i"}
FILE_ID, SESSION, RECORD, ACTIVITY = 0, 18, 20, 34
RUNNING, CYCLING, SWIMMING, TRANSITION = 1, 2, 5, 3
Field = tuple[int, int, int]
"""A field's number, its type, its value."""


def stamp(at: datetime) -> int:
    """Return an instant as FIT has it: seconds since 1989."""
    return int((at - EPOCH).total_seconds())


def message(number: int, fields: Iterable[Field]) -> bytes:
    """Return a definition and one data message."""
    listed = list(fields)
    head = struct.pack("<BBBHB", 0x40, 0, 0, number, len(listed))
    for name, kind, _value in listed:
        head += struct.pack("BBB", name, struct.calcsize(_SIZES[kind]), kind)
    values = b"".join(struct.pack(f"<{_SIZES[kind]}", value) for _name, kind, value in listed)
    return head + b"\x00" + values


def fit(*messages: bytes) -> bytes:
    """Return a FIT file of these messages, with its checksums."""
    body = b"".join(messages)
    head = struct.pack("<BBHI4s", 14, 0x20, 2132, len(body), b".FIT")
    head += struct.pack("<H", checksum(head))
    return head + body + struct.pack("<H", checksum(head + body))


def checksum(data: bytes) -> int:
    """Return the checksum that FIT wants."""
    table = (
        *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
        *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
    )
    crc = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            crc = (crc >> 4) & 0x0FFF ^ table[crc & 0xF] ^ table[nibble]
    return crc


def file_id(kind: int = 4) -> bytes:
    """Return what a file is: 4 is an activity, 2 settings, 5 a workout."""
    return message(FILE_ID, [(0, ENUM, kind)])


def session(
    start: int | datetime = START,
    seconds: int = 2_400,
    sport: int = RUNNING,
    *more: Field,
    end: datetime | None = None,
) -> bytes:
    """Return the sum of an outing: when, how long, which sport; 8 km and 120 m up."""
    begun = stamp(start) if isinstance(start, datetime) else start
    fields = [
        (2, UINT32, begun),
        (5, ENUM, sport),
        (7, UINT32, (seconds + 300) * 1000),  # with the pauses
        (8, UINT32, seconds * 1000),
        (9, UINT32, 800_000),
        (22, UINT16, 120),
        *more,
    ]
    if end is not None:
        fields.insert(0, (253, UINT32, stamp(end)))
    return message(SESSION, fields)


def records(count: int = 61, start: datetime = START, step: int = 10) -> bytes:
    """Return points every ten seconds: 25 m on, a metre up."""
    return b"".join(
        message(
            RECORD,
            [
                (253, UINT32, stamp(start + timedelta(seconds=step * number))),
                (5, UINT32, 2_500 * number),
                (2, UINT16, (100 + number + 500) * 5),
            ],
        )
        for number in range(count)
    )


def run(start: datetime = START, seconds: int = 2_400) -> bytes:
    """Return a usual run's file."""
    return fit(file_id(), records(start=start), session(start, seconds))


# ---- XML ------------------------------------------------------------------------------


def gpx(
    start: datetime | None = START, count: int = 241, kind: str = "running", **more: Any
) -> bytes:
    """Return a GPX track of ten seconds a point: 40 minutes, about 6.7 km, 24 m up and down."""
    points = "".join(_gpx_point(start, number, **more) for number in range(count))
    said = f"<type>{kind}</type>" if kind else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk>{said}<trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


def _gpx_point(start: datetime | None, number: int, zone: str = "Z") -> str:
    high = 100 + (min(number, 24))
    at = ""
    if start is not None:
        moment = start + timedelta(seconds=10 * number)
        at = f"<time>{moment:%Y-%m-%dT%H:%M:%S}{zone}</time>"
    north = 52.5 + number * 0.00025
    return f'<trkpt lat="{north:.5f}" lon="13.4"><ele>{high}</ele>{at}</trkpt>'


def tcx(start: datetime = START, sport: str = "Running") -> bytes:
    """Return a TCX activity of two laps: 40 minutes, 8 km."""
    at = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    lap = (
        f'<Lap StartTime="{at}"><TotalTimeSeconds>1200</TotalTimeSeconds>'
        "<DistanceMeters>4000</DistanceMeters><Track>"
        f"<Trackpoint><Time>{at}</Time><AltitudeMeters>10</AltitudeMeters></Trackpoint>"
        f"<Trackpoint><Time>{at}</Time><AltitudeMeters>40</AltitudeMeters></Trackpoint>"
        "</Track></Lap>"
    )
    return (
        "<TrainingCenterDatabase "
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="{sport}"><Id>{at}</Id>{lap}{lap}</Activity>'
        "</Activities></TrainingCenterDatabase>"
    ).encode()
