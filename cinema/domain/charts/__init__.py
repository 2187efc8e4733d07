"""Charts as inline SVG, drawn on the server without access to the database.

They have CSS classes only (static/css/charts.css), because the Content-Security-Policy forbids inline styles. To a
screen reader each chart is one image with a title and a description; pages show the same values in a table.
"""

from cinema.domain.charts.bars import bar_chart, column_chart
from cinema.domain.charts.hall import HallSeat, hall_chart
from cinema.domain.charts.lines import line_chart
from cinema.domain.charts.svg import ChartItem

__all__ = ["ChartItem", "HallSeat", "bar_chart", "column_chart", "hall_chart", "line_chart"]
