"""Charts as SVG: cinema.domain.charts."""

import re
from xml.etree import ElementTree

import pytest

from cinema.domain.charts import ChartItem, HallSeat, bar_chart, column_chart, hall_chart, line_chart
from cinema.domain.charts.hall import heat
from cinema.domain.charts.svg import scale, short

SVG = "{http://www.w3.org/2000/svg}"
ITEMS = [ChartItem("Mon", 10, 5, "₹10"), ChartItem("Tue", 40, 0, "₹40"), ChartItem("Wed", 0, 20, "₹0")]
ABOUT = {"name": "c", "title": "Revenue by day", "desc": "Most: Tue."}
CHARTS = [bar_chart, column_chart, line_chart]


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def of_class(svg: str, name: str) -> list[ElementTree.Element]:
    return [element for element in read(svg).iter() if element.get("class") == name]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_one_picture_with_a_title_and_a_description(chart):
    root = read(chart(ITEMS, **ABOUT))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "c-title c-desc"
    assert (root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text) == ("Revenue by day", "Most: Tue.")
    assert root.find(f"{SVG}title").get("id") == "c-title"


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_has_no_style_of_its_own(chart):
    assert not re.search(r"style|fill=|stroke=|<script", chart(ITEMS, **ABOUT))


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    "items", [[], [ChartItem("a", 0, 0, "")], [ChartItem("a", 3, 0, "")], [ChartItem("a", -5, 0, "")]]
)
def test_no_item_one_item_and_a_negative_value_can_be_drawn(chart, items):
    root = read(chart(items, **ABOUT))
    for element in root.iter():
        for name in ("width", "height"):
            assert float(element.get(name, 0)) >= 0


@pytest.mark.parametrize("chart", CHARTS)
def test_names_are_escaped(chart):
    svg = chart([ChartItem("<b>&\"'", 1, 1, "<i>")], name="c", title="<script>", desc="</desc>")
    assert "<b>" not in svg
    assert "<script>" not in svg
    read(svg)


def test_bars_are_as_long_as_their_values():
    widths = [float(bar.get("width")) for bar in of_class(bar_chart(ITEMS, **ABOUT), "chart-bar")]
    assert widths[1] == 460
    assert widths[0] == pytest.approx(115)
    assert widths[2] == 0


def test_columns_are_as_high_as_their_values_on_one_baseline():
    columns = of_class(column_chart(ITEMS, **ABOUT), "chart-bar")
    heights = [float(column.get("height")) for column in columns]
    assert heights[0] == pytest.approx(heights[1] / 4, abs=0.1)
    assert {round(float(column.get("y")) + float(column.get("height"))) for column in columns} == {166}


def test_only_items_with_a_previous_value_have_a_mark():
    assert len(of_class(bar_chart(ITEMS, **ABOUT), "chart-before")) == 2


def test_a_line_has_every_value_and_previous_values_have_their_own():
    svg = line_chart(ITEMS, **ABOUT)
    [path] = of_class(svg, "chart-line")
    assert len(re.findall(r"[ML]", path.get("d"))) == 3
    assert len(of_class(svg, "chart-line-before")) == 1
    assert not of_class(
        line_chart([ChartItem("a", 1, 0, "1"), ChartItem("b", 2, 0, "2")], **ABOUT), "chart-line-before"
    )


def test_a_line_of_a_year_has_few_labels_and_no_dots():
    year = [ChartItem(str(n), n, 0, str(n)) for n in range(365)]
    svg = line_chart(year, **ABOUT)
    assert [text.text for text in of_class(svg, "chart-axis")][-8:] == [
        "0",
        "52",
        "104",
        "156",
        "208",
        "260",
        "312",
        "364",
    ]
    assert not of_class(svg, "chart-dot")


@pytest.mark.parametrize(
    ("top", "steps"), [(0, [0, 1]), (7, [0, 2, 4, 6, 8]), (100, [0, 25, 50, 75, 100]), (0.4, [0, 0.1, 0.2, 0.3, 0.4])]
)
def test_an_axis_has_round_numbers_up_to_the_top(top, steps):
    assert scale(top) == pytest.approx(steps)


def test_numbers_on_an_axis_are_short():
    assert [short(value) for value in (0, 950, 12_500, 3_000_000, 2e9)] == ["0", "950", "12.5k", "3M", "2G"]


def test_the_colour_of_a_seat_follows_its_value_among_the_others():
    assert [heat(value, 10, 70) for value in (None, 10, 19, 20, 69, 70)] == [0, 1, 1, 2, 6, 6]
    assert heat(5, 5, 5) == 6


def test_a_hall_chart_shows_every_seat_with_its_value_in_words():
    seats = [HallSeat("A", 4, 2, 50.0, "50", "Row A, seat 1: 50 %"), HallSeat("B", 8, 3, None, "", "Row B, seat 1")]
    svg = hall_chart(seats, **ABOUT)
    boxes = list(read(svg).iter(f"{SVG}rect"))
    assert [box.get("class") for box in boxes] == ["heat heat-6", "heat heat-0"]
    assert [box.find(f"{SVG}title").text for box in boxes] == ["Row A, seat 1: 50 %", "Row B, seat 1"]
    assert float(boxes[1].get("x")) - float(boxes[0].get("x")) == 60
    assert [mark.text for mark in of_class(svg, "heat-mark heat-mark-6")] == ["50"]


def test_a_hall_without_seats_is_still_drawn():
    assert read(hall_chart([], **ABOUT)).get("role") == "img"
