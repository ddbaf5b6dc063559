"""Draw `docs/architecture.svg`; run by `make docs`."""

from pathlib import Path
from typing import Final

TARGET: Final = Path("docs/architecture.svg")

OPENING: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 690" role="img" '
    'aria-label="The rooms of Holdfast and what passes between them">'
)
STYLE: Final = """\
  <style>
    text { font: 15px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
    .name { font-weight: 600; font-size: 17px; }
    .box { stroke: #33475b; stroke-width: 1.5; }
    .edge { fill: #e8f0fa; } .middle { fill: #e6f4ea; } .rows { fill: #fdf3dc; }
    .outside { fill: #f3f3f3; stroke-dasharray: 5 4; }
    .arrow { stroke: #33475b; stroke-width: 1.8; fill: none; marker-end: url(#tip); }
    .words { fill: #33475b; font-size: 14px; }
  </style>
  <defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"
    orient="auto-start-reverse"><path d="M0,0 L10,5 L0,10 z" fill="#33475b"/></marker></defs>"""

BOXES: Final = (
    # x, y, width, height, class, name, line below it
    (30, 20, 250, 56, "outside", "Telegram", "updates by long polling"),
    (500, 20, 250, 56, "outside", "time", "APScheduler: alarm and sweep"),
    (30, 130, 250, 64, "edge", "bot/telegram", "inbox, router; looks of intents"),
    (500, 130, 250, 64, "edge", "bot/clock", "wakes what is due"),
    (265, 250, 250, 64, "middle", "capabilities", "one use case, one transaction"),
    (500, 370, 250, 64, "middle", "bot/protocol", "session machine; no clock, no I/O"),
    (30, 370, 250, 64, "rows", "bot/store", "inbox, due rows, outbox"),
    (30, 490, 250, 64, "edge", "bot/delivery", "pace, priorities, verdicts"),
    (500, 490, 250, 64, "edge", "bot/charts", "charts in a process of their own"),
    (30, 610, 250, 56, "outside", "Telegram", "the Bot API"),
)
ARROWS: Final = (
    # path, words, x and y of the words
    ("M155,76 L155,128", "stored before it is confirmed", 165, 108),
    ("M625,76 L625,128", "at the earliest row", 488, 108),
    ("M200,194 L318,248", "what was said", 130, 232),
    ("M580,194 L462,248", "a due row", 545, 232),
    ("M470,314 L590,368", "state, event", 545, 340),
    ("M555,370 L430,316", "state, effects", 380, 358),
    ("M318,314 L200,368", "rows", 215, 340),
    ("M155,434 L155,488", "outbox rows, claimed one by one", 165, 466),
    ("M498,522 L282,522", "looks, by telegram’s renderer", 308, 514),
    ("M155,554 L155,608", "sent, most urgent first", 165, 588),
)


def drawing() -> str:
    """Return the picture of the rooms."""
    parts = [
        OPENING,
        STYLE,
        '  <rect width="780" height="690" fill="white"/>',
    ]
    for x, y, width, height, kind, name, line in BOXES:
        middle = x + width / 2
        size = f'x="{x}" y="{y}" width="{width}" height="{height}"'
        parts += [
            f'  <rect class="box {kind}" {size} rx="8"/>',
            f'  <text class="name" x="{middle:g}" y="{y + 25}" text-anchor="middle">{name}</text>',
            f'  <text class="words" x="{middle:g}" y="{y + 45}" text-anchor="middle">{line}</text>',
        ]
    for path, words, x, y in ARROWS:
        parts += [
            f'  <path class="arrow" d="{path}"/>',
            f'  <text class="words" x="{x}" y="{y}">{words}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Write the picture."""
    TARGET.write_text(drawing(), encoding="utf-8")


if __name__ == "__main__":
    main()
