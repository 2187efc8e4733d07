"""Bar charts: horizontal for named items, vertical for ordered ones."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from cinema.domain.charts.svg import ChartItem, line, number, picture, rect, scale, short, text

WIDTH = 460
BAR, GAP = 30, 12  # height of a horizontal bar with its label, and space below it
LETTERS = 44  # longest label that fits


def bar_chart(items: Sequence[ChartItem], *, name: str, title: str, desc: str) -> SafeString:
    """Draw a horizontal bar for each item, with label and value; a mark shows the previous value."""
    top = max((max(item.value, item.before) for item in items), default=0) or 1
    parts = []
    for n, item in enumerate(items):
        y = n * (BAR + GAP)
        label = item.label if len(item.label) <= LETTERS else item.label[: LETTERS - 1] + "…"
        parts.append(text("chart-label", 0, y + 13, label))
        parts.append(text("chart-value", WIDTH, y + 13, item.text, "end"))
        parts.append(rect("chart-track", 0, y + 20, WIDTH, 10))
        parts.append(rect("chart-bar", 0, y + 20, item.value / top * WIDTH, 10))
        if item.before > 0:
            x = min(item.before / top * WIDTH, WIDTH - 1.5)
            parts.append(line("chart-before", x, y + 17, x, y + 33))
    height = max(len(items) * (BAR + GAP), BAR)
    return picture(name=name, title=title, desc=desc, width=WIDTH, height=height, parts=parts)


def column_chart(items: Sequence[ChartItem], *, name: str, title: str, desc: str) -> SafeString:
    """Draw a vertical bar for each item above its label; a mark shows the previous value."""
    left, height, bottom, above = 38, 190, 24, 10
    steps = scale(max((max(item.value, item.before) for item in items), default=0))
    plot = height - bottom - above

    def at(value: float) -> float:
        return above + plot - max(value, 0) / steps[-1] * plot

    parts = []
    for step in steps:
        parts.append(line("chart-grid", left, at(step), WIDTH, at(step)))
        parts.append(text("chart-axis", left - 6, at(step) + 4, short(step), "end"))
    room = (WIDTH - left) / max(len(items), 1)
    every = -(-len(items) * 34 // (WIDTH - left))  # skip labels that would touch
    for n, item in enumerate(items):
        x, wide = left + room * n, min(room * 0.7, 44)
        middle = x + room / 2
        parts.append(rect("chart-bar", middle - wide / 2, at(item.value), wide, at(0) - at(item.value)))
        if item.before > 0:
            ends = middle - wide / 2 - 3, middle + wide / 2 + 3
            parts.append(line("chart-before", ends[0], at(item.before), ends[1], at(item.before)))
        if n % max(every, 1) == 0:
            parts.append(text("chart-axis", middle, height - 6, item.label, "middle"))
    parts.append(f'<path class="chart-base" d="M{left} {number(at(0))}H{WIDTH}"/>')
    return picture(name=name, title=title, desc=desc, width=WIDTH, height=height, parts=parts)
