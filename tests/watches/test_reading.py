"""Watches' files: what they say is read, and each trap ends in what could be read or a reason."""

import gzip
import io
import random
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.protocol.load.activities import Activity, UnreadFile, Why
from bot.protocol.load.entries import LoadKind
from bot.watches import unpacking
from bot.watches.reading import read
from bot.watches.tracks import Point, climb_m, metres, moving_s, start_of
from tests.watches.samples import (
    CYCLING,
    RUNNING,
    SESSION,
    START,
    SWIMMING,
    TRANSITION,
    UINT8,
    UINT32,
    file_id,
    fit,
    gpx,
    message,
    records,
    run,
    session,
    stamp,
    tcx,
)

RUN: Final = Activity(
    kind=LoadKind.RUN, started_at=START, moving_s=2_400, metres=8_000, climb_m=120
)


def zipped(*files: tuple[str, bytes]) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def one(data: bytes) -> Activity:
    """Return the one outing of a file."""
    found = read(data)
    assert isinstance(found, tuple), found
    (activity,) = found
    return activity


def why(data: bytes) -> Why:
    """Return why a file cannot be read."""
    found = read(data)
    assert isinstance(found, UnreadFile), found
    return found.why


# ---- FIT ------------------------------------------------------------------------------


def test_a_fit_file() -> None:
    """Start, minutes moving without the pauses, metres, the watch's own climb."""
    assert one(run()) == RUN


@pytest.mark.parametrize(
    ("sport", "kind"),
    [
        (RUNNING, LoadKind.RUN),
        (CYCLING, LoadKind.BIKE),
        (SWIMMING, LoadKind.SWIM),
        (11, LoadKind.WALK),
        (17, LoadKind.WALK),
        (10, LoadKind.OTHER),  # training
        (250, LoadKind.OTHER),  # of a later version
    ],
)
def test_sports(sport: int, kind: LoadKind) -> None:
    """What is known by its name; anything else is another sport."""
    assert one(fit(file_id(), session(START, 2_400, sport))).kind is kind


def test_strength_and_effort() -> None:
    """Strength has a sport below its sport; the effort is kept as 0 to 100."""
    found = one(fit(file_id(), session(START, 2_400, 10, (6, 0x00, 20), (193, UINT8, 70))))
    assert (found.kind, found.effort) == (LoadKind.STRENGTH, 7)


def test_f163_a_start_since_power_on() -> None:
    """Below 0x10000000 it is no date: the end tells, else the points, else nobody knows."""
    end = START + timedelta(seconds=2_700)
    assert one(fit(file_id(), session(12_345, end=end))).started_at == START
    assert one(fit(file_id(), records(), session(12_345))).started_at == START
    assert one(fit(file_id(), session(12_345))).started_at is None


def test_f163_several_sports_in_one_file() -> None:
    """Each is an outing of its own; changing shoes is none."""
    parts = [
        session(START, 1_500, SWIMMING),
        session(START + timedelta(hours=1), 200, TRANSITION),
        session(START + timedelta(hours=2), 3_600, CYCLING),
        session(START + timedelta(hours=4), 2_400),
    ]
    found = read(fit(file_id(), records(), *parts))
    assert isinstance(found, tuple)
    assert [each.kind for each in found] == [LoadKind.SWIM, LoadKind.BIKE, LoadKind.RUN]


@pytest.mark.parametrize("kind", [2, 5, 6, 15])
def test_f163_what_was_not_done(kind: int) -> None:
    """Settings, a workout, a course, a day of steps."""
    assert why(fit(file_id(kind))) is Why.NO_ACTIVITY


def test_f163_a_file_cut_in_the_middle() -> None:
    """Without its sum the points tell, and it is said that it was cut."""
    found = one(run()[: len(fit(file_id(), records(61))) - 200])
    assert found.cut
    assert found.started_at == START
    assert 500 <= found.moving_s <= 600
    assert found.metres is not None
    assert 1_200 <= found.metres <= 1_500
    assert found.climb_m is not None
    assert 40 <= found.climb_m <= 60


def test_a_cut_after_the_sum_keeps_it() -> None:
    """All was read that matters."""
    assert one(run()[:-1]).moving_s == 2_400


@pytest.mark.parametrize("seconds", [0, 90_000])
def test_absurd_lengths(seconds: int) -> None:
    """No time, or over a day: nobody moved so long."""
    fields = [(2, UINT32, stamp(START)), *((one, UINT32, seconds * 1000) for one in (7, 8, 59))]
    found = read(fit(file_id(), message(SESSION, fields)))
    assert isinstance(found, UnreadFile)


def test_f160_a_time_of_zero_is_not_known() -> None:
    """A watch that does not count the seconds in motion writes 0: the next time of it counts."""
    assert one(fit(file_id(), session(START, 2_400, RUNNING, (59, UINT32, 0)))).moving_s == 2_400
    assert one(fit(file_id(), session(START, 0))).moving_s == 300


def test_f160_a_sport_that_is_not_named() -> None:
    """It is another sport: nobody knows that it was a run."""
    unnamed = [(2, UINT32, stamp(START)), (8, UINT32, 2_400_000)]
    assert one(fit(file_id(), message(SESSION, unnamed))).kind is LoadKind.OTHER
    assert one(fit(file_id(), records())).kind is LoadKind.OTHER
    assert one(gpx(kind=" ")).kind is LoadKind.OTHER
    assert one(tcx(sport="")).kind is LoadKind.OTHER


def test_f163_the_decoder_raises_what_it_likes() -> None:
    """AssertionError, struct.error and others: each place of damage ends in a value."""
    whole, chance = run(), random.Random(7)
    for _ in range(120):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(14, len(broken))] = chance.randrange(256)
        cut = broken[: chance.randrange(12, len(broken) + 1)]
        assert isinstance(read(bytes(cut)), tuple | UnreadFile)
    assert isinstance(read(fit(message(18, [(0, UINT8, 1)]))), tuple | UnreadFile)


# ---- GPX and TCX ----------------------------------------------------------------------


def test_a_gpx_file() -> None:
    """Times, places and heights of the points: a rise of 5 m or more counts."""
    found = one(gpx())
    assert (found.kind, found.started_at, found.moving_s) == (LoadKind.RUN, START, 2_400)
    assert found.metres is not None
    assert 6_600 < found.metres < 6_750
    assert found.climb_m == 20


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("", LoadKind.OTHER),
        ("9", LoadKind.RUN),
        ("cycling", LoadKind.BIKE),
        ("Mountain Biking", LoadKind.BIKE),
        ("hiking", LoadKind.WALK),
        ("kitesurfing", LoadKind.OTHER),
    ],
)
def test_gpx_sports(kind: str, expected: LoadKind) -> None:
    """A file that names none is taken for a run."""
    assert one(gpx(kind=kind)).kind is expected


def test_f163_times_without_a_zone_are_no_start() -> None:
    """How long it took is known all the same; and so for times of another age."""
    naive = one(gpx(zone=""))
    assert (naive.started_at, naive.moving_s) == (None, 2_400)
    absurd = one(gpx(datetime(1970, 1, 1, tzinfo=UTC)))
    assert (absurd.started_at, absurd.moving_s) == (None, 2_400)
    assert one(gpx(zone="+01:00")).started_at == START - timedelta(hours=1)


def test_gpx_without_times_or_tracks() -> None:
    """A planned route has no times; places are nothing that was done."""
    assert why(gpx(None)) is Why.NO_TIMES
    assert why(b'<gpx version="1.1"><wpt lat="1" lon="2"/></gpx>') is Why.NO_ACTIVITY


def test_gpx_cut_in_the_middle() -> None:
    """What came before is kept, and said to be cut."""
    whole = gpx()
    found = one(whole[: len(whole) // 2])
    assert found.cut
    assert 1_100 <= found.moving_s <= 1_300
    assert why(whole[:200]) is Why.BROKEN


def test_a_pause_between_parts_is_no_way() -> None:
    """Neither its time nor its distance counts, though the parts lie far apart."""
    first = gpx(count=61).decode()
    second = gpx(START + timedelta(hours=1), count=61).decode().replace('lon="13.4"', 'lon="14.4"')
    inner = second[second.index("<trkseg>") : second.index("</trkseg>") + 9]
    found = one(first.replace("</trk>", f"{inner}</trk>").encode())
    assert found.moving_s == 1_200
    assert found.metres is not None
    assert found.metres < 3_500


@pytest.mark.parametrize("mark", ["utf-16", "utf-8-sig"])
def test_other_codings(mark: str) -> None:
    """A mark at the beginning says which it is."""
    assert one(gpx().decode().encode(mark)).moving_s == 2_400


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE gpx SYSTEM "file:///etc/passwd">',
        '<!ENTITY x SYSTEM "http://127.0.0.1/">',
    ],
)
def test_f164_nothing_is_declared(declared: str) -> None:
    """No entity, no reference to another file."""
    assert why(gpx().replace(b"<gpx", f"{declared}<gpx".encode(), 1)) is Why.BROKEN


def test_a_tcx_file() -> None:
    """Laps are summed; courses are nothing that was done."""
    found = one(tcx())
    assert (found.started_at, found.moving_s, found.metres) == (START, 2_400, 8_000)
    assert found.climb_m == 60
    assert one(tcx(sport="Biking")).kind is LoadKind.BIKE
    assert one(tcx(sport="Other")).kind is LoadKind.OTHER
    course = tcx().replace(b"Activit", b"Cours")
    assert why(course) is Why.NO_ACTIVITY
    found = one(tcx()[:-120])
    assert found.cut


@pytest.mark.parametrize("high", ["1e30", "1e308", "-1e308", "25000"])
def test_f163_heights_that_cannot_be(high: str) -> None:
    """The climb is not known then; the rest of the file is read."""
    found = one(gpx().replace(b"<ele>110</ele>", f"<ele>{high}</ele>".encode()))
    assert (found.moving_s, found.climb_m) == (2_400, None)


@pytest.mark.parametrize(
    ("far", "expected"), [("-5000", None), ("9e8", None), ("200001", None), ("200000", 400_000)]
)
def test_f163_metres_that_cannot_be(far: str, expected: int | None) -> None:
    """Fewer than none, or more than 400 km: they are not known; the laps' time is."""
    data = tcx().replace(b"<DistanceMeters>4000<", f"<DistanceMeters>{far}<".encode())
    found = one(data)
    assert (found.moving_s, found.metres) == (2_400, expected)


# ---- archives -------------------------------------------------------------------------


@pytest.mark.parametrize("data", [run(), gpx(), tcx()])
def test_packed_files(data: bytes) -> None:
    """As gzip and as zip it is the same outing."""
    assert read(gzip.compress(data)) == read(data)
    assert read(zipped(("a.fit", data))) == read(data)
    assert read(zipped(("__MACOSX/a", b"x"), ("dir/", b""), ("dir/a", data))) == read(data)


def test_archives_that_are_refused() -> None:
    """Several files, none, one in another, one that is locked or broken."""
    assert why(zipped(("a", run()), ("b", run()))) is Why.SEVERAL
    assert why(zipped()) is Why.NOT_KNOWN
    assert why(zipped(("a.gz", gzip.compress(run())))) is Why.NOT_KNOWN
    broken = bytearray(zipped(("a", run())))
    broken[40:60] = bytes(20)
    assert why(bytes(broken)) is Why.BROKEN
    assert why(b"\x1f\x8b" + bytes(30)) is Why.BROKEN


def test_f164_archives_that_unfold(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are given up at the bound, whatever they say of themselves."""
    monkeypatch.setattr(unpacking, "UNPACKED", 1_000_000)
    bomb = bytes(1_200_000)
    assert why(gzip.compress(bomb)) is Why.TOO_LARGE
    assert why(zipped(("a", bomb))) is Why.TOO_LARGE
    liar = bytearray(zipped(("a", bomb)))
    for at in (22, liar.index(b"PK\x01\x02") + 24):
        liar[at : at + 4] = struct.pack("<I", 10)
    assert why(bytes(liar)) in {Why.TOO_LARGE, Why.BROKEN, Why.NOT_KNOWN}


def test_gzip_cut_in_the_middle() -> None:
    """What comes out is read."""
    packed = gzip.compress(gpx())
    found = one(packed[: len(packed) * 3 // 4])
    assert found.cut


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over what Telegram hands to a bot."""
    monkeypatch.setattr(unpacking, "PACKED", 100)
    assert why(run()) is Why.TOO_LARGE


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"\x89PNG", b"<html></html>", b"run 40 4", bytes(100)]
)
def test_foreign_files(data: bytes) -> None:
    """Neither FIT nor GPX nor TCX."""
    assert why(data) is Why.NOT_KNOWN


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"", run()[:14], b"<gpx ", b"PK\x03\x04"]))
def test_any_bytes_end_in_a_value(data: bytes, head: bytes) -> None:
    """Nothing that is sent breaks the reader."""
    assert isinstance(read(head + data), tuple | UnreadFile)


# ---- points -----------------------------------------------------------------------------


def points(*values: tuple[int, float | None, float | None]) -> list[Point]:
    """Return points of (seconds, metres so far, height)."""
    return [Point(START + timedelta(seconds=at), far=far, high=high) for at, far, high in values]


def test_climb_has_a_threshold() -> None:
    """Rises of less than 5 m are noise; slow ones add up."""
    rolling = points(*((n, None, 100 + n % 2 * 4) for n in range(50)))
    steady = points(*((n, None, 100 + n) for n in range(50)))
    assert (climb_m(rolling), climb_m(steady)) == (0, 45)
    assert climb_m(points((0, None, None))) is None


def test_standing_and_long_gaps_are_no_motion() -> None:
    """Under 0.3 m a second it is standing; over a minute between points it is a pause."""
    assert moving_s(points((0, 0, None), (10, 30, None), (40, 31, None), (50, 60, None))) == 20
    assert moving_s(points((0, 0, None), (61, 300, None), (71, 330, None))) == 10
    assert moving_s(points((10, 0, None), (0, 30, None))) == 0
    assert metres(points((0, 5, None), (9, 30, None))) == 25
    assert metres([]) is None
    assert start_of([]) is None
