"""What is stored of updates, whatever their ids: each once, in the order of receipt."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import select

from bot.dispatch import updates, upkeep
from bot.store import inbox
from bot.store.engine import Store
from bot.store.inbox import Arrived
from bot.store.tables import InboxRow, SeenRow
from testkit import database
from testkit.database import in_memory
from testkit.plans import plans
from testkit.postgresql import databases

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
# So few ids that they come again, with other payloads and with the same; three dates of a message.
DATES = st.sampled_from((None, NOW, NOW - timedelta(hours=1)))
ARRIVED = st.builds(Arrived, st.integers(1, 6), st.integers(1, 2), st.sampled_from("abc"), DATES)
BATCHES = st.lists(
    st.tuples(st.lists(ARRIVED, max_size=5), st.booleans(), st.booleans()), max_size=8
)


@pytest.fixture
def store() -> Iterator[Store]:
    """Open an empty database."""
    with in_memory() as opened:
        yield opened


def name(one: Arrived) -> tuple[int, str]:
    """Return what tells an update from all others."""
    return one.update_id, one.payload


@given(BATCHES)
def test_f109_each_update_is_handled_once_in_the_order_of_receipt(
    batches: list[tuple[list[Arrived], bool, bool]],
) -> None:
    """Batches under any ids, repeated or not, handled at once or left for later."""
    received: dict[tuple[int, str], Arrived] = {}
    handled: list[str] = []
    with in_memory() as store:
        for batch, backlog, handles in batches:
            told = store.write_now(updates.receive, batch, NOW, backlog=backlog)
            for one in batch:
                received.setdefault(name(one), one)
            if handles:
                handled += taken(store)
                assert not set(_payloads(told)) - set(handled)
        handled += taken(store)
        assert taken(store) == []
    assert handled == [one.payload for one in received.values()]


def _payloads(told: list[Arrived]) -> list[str]:
    return [one.payload for one in told]


def taken(store: Store) -> list[str]:
    """Handle all that waits, in order; return its payloads."""
    found: list[str] = []
    for one in store.read_now(inbox.waiting).updates:
        assert store.write_now(took, one.update_id, NOW)
        found.append(one.payload)
    return found


def took(db: Db, update_id: int, now: datetime) -> bool:
    """Mark an update as handled; whether it was not before."""
    return inbox.take(db, update_id, now)() is not None


def test_no_key_is_noted_of_what_was_handled_before(store: Store) -> None:
    """Else it would stand in the way of the same press under another update's id."""
    store.write_now(inbox.keep, [Arrived(7, 1, "a")], NOW, backlog=False)
    assert store.write_now(took, 7, NOW)
    later = NOW + timedelta(seconds=1)
    assert not store.write_now(took, 7, later)
    assert store.write_now(lambda db: inbox.note_key(db, "q", 7, later).rowcount) == 0
    assert store.write_now(noted, "q", 8, later)


def test_f109_an_update_that_comes_again_long_after_is_another(store: Store) -> None:
    """What was handled a week ago is not compared any more: Telegram keeps an update for a day."""
    first = Arrived(7, 1, "{}")
    (kept,) = store.write_now(updates.receive, [first], NOW, backlog=False)
    store.write_now(inbox.take, kept.update_id, NOW)
    assert store.write_now(updates.receive, [first], NOW, backlog=False) == []
    store.write_now(inbox.prune, NOW + timedelta(days=8), 10)
    (again,) = store.write_now(updates.receive, [first], NOW, backlog=False)
    assert again.update_id > kept.update_id


def test_f109_what_is_known_is_found_by_its_index(store: Store) -> None:
    """However many updates are kept, none of them is looked through."""
    two = [Arrived(1, 1, "{}"), Arrived(2, 1, "{}")]
    steps = store.read_now(plans, lambda db: inbox.numbered(db, two))
    assert [one for one in steps if one.walks] == []
    assert "inbox_known" in {one.by for one in steps}


def test_what_was_overtaken_keeps_its_place(store: Store) -> None:
    """Posted by a webhook in whatever order, updates are handled in the order they were said in."""
    for number in (5, 3, 9, 4, 2):
        came = [Arrived(number, 1, str(number))]
        store.write_now(updates.receive, came, NOW, backlog=False, posted=True)
    assert taken(store) == ["2", "3", "4", "5", "9"]


@given(st.permutations(range(1, 9)), st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_posted_in_any_order_each_is_handled_once(order: list[int], sizes: list[int]) -> None:
    """Of what is there, the earliest first; what comes behind it is handled all the same."""
    handled: list[int] = []
    with in_memory() as store:
        for number, looks in zip(order, sizes, strict=True):
            came = [Arrived(number, 1, f"{number}")]
            for _ in range(1 + looks % 2):  # Telegram posts again what it got no answer for
                store.write_now(updates.receive, came, NOW, backlog=False, posted=True)
            if looks > 1:
                there = [int(one) for one in taken(store)]
                assert there == sorted(there)
                handled += there
        handled += [int(one) for one in taken(store)]
        assert taken(store) == []
    assert sorted(handled) == list(range(1, 9))


@given(
    st.lists(st.integers(1, 30_000), min_size=1, max_size=6, unique=True).flatmap(
        lambda ids: st.tuples(st.just(ids), st.permutations(ids))
    )
)
def test_numbers_are_the_same_in_whatever_order(orders: tuple[list[int], list[int]]) -> None:
    """Two ingresses that store the same updates insert the same rows: none waits for another."""

    def numbers(db: Db, ids: list[int]) -> list[Arrived]:
        return inbox.numbered(db, [Arrived(one, 1, f"{one}") for one in ids], posted=True)

    with in_memory() as store:
        store.write_now(inbox.keep, [Arrived(2_000, 1, "newest")], NOW, backlog=False)
        mine, theirs = (store.read_now(numbers, ids) for ids in orders)
    assert mine == theirs


def test_two_that_would_have_the_same_number(store: Store) -> None:
    """Ids that began anew fall among those of before: none is lost, none is taken for another."""
    for payload in "abc":
        came = [Arrived(7, 1, payload), Arrived(8, 1, payload)]
        store.write_now(updates.receive, came, NOW, backlog=False, posted=True)
        store.write_now(updates.receive, came, NOW, backlog=False, posted=True)
    assert sorted(taken(store)) == ["a", "a", "b", "b", "c", "c"]


def test_a_number_is_never_taken_twice_in_silence(store: Store) -> None:
    """What clashes is not stored, and so not confirmed: it comes again."""
    store.write_now(inbox.keep, [Arrived(7, 1, "a")], NOW, backlog=False)
    assert store.write_now(inbox.keep, [Arrived(7, 1, "a")], NOW, backlog=False) == 0
    with pytest.raises(inbox.ClashError):
        store.write_now(inbox.keep, [Arrived(7, 1, "b")], NOW, backlog=False)


@pytest.mark.one_database("of a server: several processes write")
def test_several_that_store_at_the_same_instant() -> None:
    """Hundreds of pairs under random ids, some the same: each is stored once, none is lost."""
    chance = Random(1)
    told = [Arrived(chance.randrange(1, 400), 1, f"{one}") for one in range(300)]
    with database.kind(database.POSTGRESQL), in_memory() as store:
        url = databases().server.url(next(reversed(databases().used.values())))
        gate, failures = Barrier(2), list[BaseException]()

        def stores(mine: list[Arrived]) -> None:
            with Store(url, inline=True) as own:
                for one in mine:
                    gate.wait(60)
                    try:
                        own.write_now(updates.receive, [one], NOW, backlog=False, posted=True)
                    except Exception as error:  # noqa: BLE001 - the test tells it
                        failures.append(error)

        other = [*told]
        for place in range(0, len(other), 2):  # every second pair is the same update
            other[place] = Arrived(other[place].update_id, 1, f"other {place}")
        threads = [Thread(target=stores, args=(mine,)) for mine in (told, other)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert failures == []
        found = Counter(store.read_now(lambda db: db.exec(select(InboxRow.payload)).all()))
    assert found == Counter({one.payload for one in (*told, *other)})


def test_handled_updates_are_deleted_after_a_week(store: Store) -> None:
    """A piece at a time; what waits stays, and so does the newest, emptied: numbers go on there."""
    came = [Arrived(number, 1, "{}") for number in range(1, 10)]
    store.write_now(updates.receive, came, NOW, backlog=False)
    for number in (1, 2, 3, 5, 6, 7, 8, 9):
        store.write_now(inbox.take, number, NOW)
    assert store.write_now(inbox.prune, NOW + inbox.KEPT, 9) == 0
    later = NOW + inbox.KEPT + timedelta(seconds=1)
    assert [store.write_now(inbox.prune, later, most) for most in (2, 1, 9)] == [2, 1, 4]

    def left(db: Db) -> list[tuple[int, str]]:
        return [(row.update_id, row.payload) for row in db.exec(select(InboxRow)).all()]

    assert sorted(store.read_now(left)) == [(4, "{}"), (9, "")]
    (following,) = store.write_now(updates.receive, [Arrived(2, 1, "{}")], later, backlog=False)
    assert following.update_id == 10


def test_what_is_old_goes_in_pieces(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as there may be more, it is said so: others get their turn in between."""
    monkeypatch.setattr(upkeep, "AT_ONCE", 4)
    came = [Arrived(number, 1, "{}") for number in range(1, 11)]
    store.write_now(updates.receive, came, NOW, backlog=False)
    for one in came:
        store.write_now(inbox.take, one.update_id, NOW)
    later = NOW + timedelta(days=8)
    assert store.write_now(upkeep.tidy, later) is True
    assert [store.write_now(upkeep.forget, later) for _ in range(3)] == [True, False, False]


def noted(db: Db, key: str, update_id: int, now: datetime) -> bool:
    """Note a key of an update that is handled; whether it was not before."""
    (kept,) = updates.receive(db, [Arrived(update_id, 1, key)], now, backlog=False)
    assert took(db, kept.update_id, now)
    return inbox.note_key(db, key, kept.update_id, now).rowcount == 1


def test_keys_go_in_pieces_as_well(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is kept for seven days, and forgotten with a few others at a time."""
    monkeypatch.setattr(upkeep, "AT_ONCE", 4)
    for number in range(10):
        store.write_now(noted, f"q{number}", number, NOW)
    assert store.write_now(upkeep.tidy, NOW + inbox.KEYS_KEPT) is False
    assert not store.write_now(noted, "q0", 11, NOW + inbox.KEYS_KEPT)
    later = NOW + inbox.KEYS_KEPT + timedelta(seconds=1)
    assert store.write_now(upkeep.tidy, later) is True
    assert [store.write_now(upkeep.forget, later) for _ in range(3)] == [True, False, False]
    assert store.read_now(lambda db: db.exec(select(SeenRow)).all()) == []
    oldest = {"before": NOW, "most": 4}
    steps = store.read_now(plans, lambda db: db.connection().execute(inbox._OLD_KEYS, oldest))
    assert [one for one in steps if one.walks or one.sorts] == []
