"""The figures of a run: how long things took by kind of fault, and which of them took too long."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.cluster import judge
from tests.cluster.faults import KINDS, Kind, Struck
from tests.cluster.judge import Run, quantile
from tests.crash.history import pain_of

NONE: Final = "–"


def table(run: Run, broken: dict[str, list[str]], seconds: float) -> list[str]:
    """Return the figures as two tables of Markdown."""
    head = "| fault | n | holds running | the next acts: p50, p95, most | holds longer: p50, most |"
    kinds = [kind for kind in KINDS if _of(run, kind)]
    updates = run.history.updates
    rows = {
        "faults": len(run.struck),
        "sessions": len(run.history.rows["session"]),
        "HOLDs": len(judge.holds(run.history.entries)),
        "– cut, and told": judge.cut(run),
        "said from memory": judge.unsaved(run),
        "calls over Telegram's limit": run.violations,
        "presses and words": len(updates),
        "– pain answers": sum(pain_of(update) is not None for update in updates),
        "reminders": len(run.history.of("outbox", kind="Reminder")),
        "– once more, as they were on their way": judge.repeats(run),
        **{f"**{name}**": f"**{len(lines)}**" for name, lines in broken.items()},
        "minutes": f"{seconds / 60:.1f}",
    }
    return [
        head,
        "|---|---:|---:|---:|---:|",
        *(_line(run, kind) for kind in kinds),
        f"| nothing wrong | | | | {_seconds(judge.longer(run, None), 0.5, 1.0)} |",
        "",
        "| | |",
        "|---|---:|",
        *(f"| {name} | {value} |" for name, value in rows.items()),
    ]


def _of(run: Run, kind: Kind) -> list[Struck]:
    return [one for one in run.struck if one.kind == kind.name]


def _line(run: Run, kind: Kind) -> str:
    found = _of(run, kind)
    phases = sum((Counter(one.phases) for one in found), Counter[str]())
    acted = _seconds([one.acted_s for one in found if one.acted_s is not None], 0.5, 0.95, 1.0)
    longer = _seconds(judge.longer(run, kind.name), 0.5, 1.0)
    return f"| {kind.name} | {len(found)} | {phases['holding']} | {acted} | {longer} |"


def _seconds(values: list[float], *shares: float) -> str:
    if not values:
        return NONE
    return ", ".join(f"{quantile(values, share):.2f}" for share in shares) + " s"


def bounds(run: Run) -> list[str]:
    """Return what took longer than it may."""
    return [line for kind in KINDS if _of(run, kind) for line in _too_long(run, kind)]


def _too_long(run: Run, kind: Kind) -> Iterable[str]:
    acted = [one.acted_s for one in _of(run, kind) if one.acted_s is not None]
    held = judge.longer(run, kind.name)
    for what, values, share, most in (
        ("95 of 100 fail-overs", acted, 0.95, kind.p95_s),
        ("the longest fail-over", acted, 1.0, kind.most_s),
        ("the longest hold", held, 1.0, kind.hold_s),
    ):
        if most is not None and values and quantile(values, share) > most:
            yield f"{kind.name}: {what}: {quantile(values, share):.2f} s, not {most} s"
