"""`holdfast ingress`: two processes against one, and cues that leave while both store.

On a PostgreSQL that keeps what it commits. Alone: `python -m bench ingress`.
"""

from pathlib import Path
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import func, select

from bench.both import durable, made
from bench.crowd import MOST_LOAD, Morning
from bench.lateness import CUE_ROWS, LOAD_S, Run, really, table
from bench.posting import Posted, Posts, posting
from bench.program import ingresses
from bench.table import Part
from bot.store.engine import Store
from bot.store.tables import InboxRow
from bot.telegram.webhook import CONNECTIONS
from testkit.postgresql import Server

COUNTS: Final = (1, 2)
ROUNDS: Final = 2
SECONDS: Final = 4.0
WARM_S: Final = 1.0
"""Not counted: a process that has just started compiles what it does."""
WANTED: Final = 1.2
BURST: Final = Morning(reminders=600, athletes=100)
BESIDE_PER_S: Final = 100.0
BESIDE_S: Final = 60.0
FAR: Final = 1_000_000
"""Between the numbers of one round's updates and the next one's."""


def _stored(db: Db) -> int:
    return int(db.connection().execute(select(func.count()).select_from(InboxRow)).scalar_one())


def _posted(server: Server, folder: Path, count: int, number: int) -> Posted:
    """Post to so many ingresses for a while; all that they confirm must be there."""
    url = made(server, f"ingress{number}x{count}")
    with ingresses(count, url, folder) as ports:
        with posting(Posts(ports=ports, first=1, clients=CONNECTIONS, seconds=WARM_S)) as ended:
            warm = ended()
        with posting(Posts(ports=ports, first=FAR, clients=CONNECTIONS, seconds=SECONDS)) as ended:
            found = ended()
    with Store(url) as store:
        stored = store.read_now(_stored)
    if stored != warm.count + found.count:
        raise RuntimeError(f"{stored} updates are stored, of {warm.count + found.count}")
    return found


def _cues(server: Server, folder: Path) -> Run:
    """Deliver a morning while two ingresses store what comes."""
    url = made(server, "morning")
    with ingresses(2, url, folder) as ports:
        posts = Posts(ports=ports, first=1, clients=20, seconds=BESIDE_S, per_s=BESIDE_PER_S)
        with posting(posts):
            run = really(BURST, url)
    with Store(url) as store:
        stored = store.read_now(_stored)
    if stored < 0.9 * BESIDE_PER_S * min(BESIDE_S, run.took_s):
        raise RuntimeError(f"only {stored} updates were stored meanwhile")
    return run


def measure(folder: Path) -> list[Part]:
    """Post to one and to two by turns; then deliver a morning beside two."""
    with durable(folder) as server:
        rounds = [
            [_posted(server, folder, count, number) for count in COUNTS] for number in range(ROUNDS)
        ]
        run = _cues(server, folder)
    return [_several(rounds), _beside(run)]


def _several(rounds: list[list[Posted]]) -> Part:
    best = [max(one.count / one.seconds for one in posted) for posted in zip(*rounds, strict=True)]
    return Part(
        "Posts to several ingresses",
        ("ingresses", "stored a second", "ratio", "to reach"),
        tuple(
            (
                f"{count}",
                f"{rate:,.0f}",
                f"{rate / best[0]:.2f} ×",
                f"≥ {WANTED} ×" if count > 1 else "",
            )
            for count, rate in zip(COUNTS, best, strict=True)
        ),
        f"`holdfast ingress` as processes; {CONNECTIONS} posts at once, as the bot "
        "asks Telegram to make them, to each in turn, for "
        f"{SECONDS:.0f} s, the best of {ROUNDS} rounds by turns. A post is answered once it is "
        "committed on PostgreSQL, which keeps it through a loss of power. Who posts and "
        "PostgreSQL share the cores with them: more cores let more of them store.",
    )


def _beside(run: Run) -> Part:
    mean, worst = BURST.load(LOAD_S)
    if worst > MOST_LOAD:
        raise RuntimeError(f"sessions take {worst:.0%} of the budget, over {MOST_LOAD:.0%}")
    return Part(
        "Live cues on PostgreSQL while two ingresses store",
        ("", "to reach", "Holdfast"),
        table(CUE_ROWS, (run,)),
        f"{BURST.athletes} athletes in sessions, {BURST.reminders} reminders due at once, and "
        f"{BESIDE_PER_S:.0f} updates a second posted to two ingresses meanwhile: ten times what "
        f"the athletes of one token can say. The sessions take {mean:.0%} of the budget. On the "
        "real clock, through HTTP.",
    )
