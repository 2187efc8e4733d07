"""Charts as inline SVG, made on the server.

They carry no style of their own, which the Content-Security-Policy would refuse, only classes that
static/css/charts.css gives the site's colours to, in light and dark. Each is one picture to a screen reader, with a
title and a description; what it shows stands in a table as well. Nothing here knows the database.
"""

from cinema.domain.charts.bars import bar_chart, column_chart
from cinema.domain.charts.hall import HallSeat, hall_chart
from cinema.domain.charts.lines import line_chart
from cinema.domain.charts.svg import Item

__all__ = ["HallSeat", "Item", "bar_chart", "column_chart", "hall_chart", "line_chart"]
