"""Line chart over time, with a fainter line for the previous period."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from cinema.domain.charts.svg import ChartItem, line, number, picture, rect, scale, short, text

WIDTH, HEIGHT = 960, 260
LEFT, BOTTOM, ABOVE, RIGHT = 44, 26, 12, 8
LABELS = 8  # along the bottom
DOTS = 45  # charts with more points have no dots


def line_chart(items: Sequence[ChartItem], *, name: str, title: str, desc: str) -> SafeString:
    """Draw a line through the values in order, and one through those of the previous period."""
    steps = scale(max((max(item.value, item.before) for item in items), default=0))
    room = (WIDTH - LEFT - RIGHT) / max(len(items) - 1, 1)
    plot = HEIGHT - BOTTOM - ABOVE

    def across(n: int) -> float:
        return LEFT + room * n if len(items) > 1 else (LEFT + WIDTH - RIGHT) / 2

    def up(value: float) -> float:
        return ABOVE + plot - max(value, 0) / steps[-1] * plot

    def path(values: Sequence[float]) -> str:
        return "L".join(f"{number(across(n))} {number(up(value))}" for n, value in enumerate(values))

    parts = []
    for step in steps:
        parts.append(line("chart-grid", LEFT, up(step), WIDTH - RIGHT, up(step)))
        parts.append(text("chart-axis", LEFT - 6, up(step) + 4, short(step), "end"))
    for n in _spread(len(items)):
        parts.append(text("chart-axis", across(n), HEIGHT - 6, items[n].label, _anchor(n, len(items))))
    if items:
        if any(item.before for item in items):
            parts.append(f'<path class="chart-line-before" d="M{path([item.before for item in items])}"/>')
        parts.append(f'<path class="chart-line" d="M{path([item.value for item in items])}"/>')
    if len(items) <= DOTS:
        parts += [rect("chart-dot", across(n) - 3, up(item.value) - 3, 6, 6) for n, item in enumerate(items)]
    return picture(name=name, title=title, desc=desc, width=WIDTH, height=HEIGHT, parts=parts)


def _spread(count: int) -> list[int]:
    """Indices of the labelled points: the first, the last and some at even distances between."""
    if count <= LABELS:
        return list(range(count))
    return [round(n * (count - 1) / (LABELS - 1)) for n in range(LABELS)]


def _anchor(n: int, count: int) -> str:
    if count == 1:
        return "middle"
    return {0: "start", count - 1: "end"}.get(n, "middle")
