"""Statistics over a whole table: film_tables.survey."""

import pytest

from cinema.film_tables.columns import assign
from cinema.film_tables.survey import settled, survey
from cinema.film_tables.table import TableRow


def fields(**cells: list[str]) -> dict[str, str | None]:
    """The field of each column after the survey."""
    columns = list(cells)
    rows = [
        TableRow(number, dict(zip(columns, row, strict=True)))
        for number, row in enumerate(zip(*cells.values(), strict=True), 2)
    ]
    assigned = assign(columns)
    found = settled(assigned, survey(rows, columns, assigned).cells)
    return {column: found.get(column) for column in columns}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"rating": ["R", "PG-13", "PG"], "score": ["8.4", "5.8", "7.1"]},
            {"rating": "certificate", "score": "rating"},
        ),
        (
            {"Rating": ["UA", "A", "U"], "IMDb Rating": ["8.1", "7", "6.4"]},
            {"Rating": "certificate", "IMDb Rating": "rating"},
        ),
        ({"rating": ["8.4", "5.8", "7.1"]}, {"rating": "rating"}),
        ({"rating": ["R", "PG-13", ""]}, {"rating": "certificate"}),
        ({"rating": ["12", "16", "6"]}, {"rating": "certificate"}),
        ({"rating": ["7", "8", "9"]}, {"rating": "rating"}),
        ({"certificate": ["7.9", "8.8", "6.1"]}, {"certificate": "rating"}),
        ({"certificate": ["12A", "15", "U"]}, {"certificate": "certificate"}),
    ],
    ids=[
        "a rating of marks beside a score",
        "two columns called rating",
        "a rating of scores",
        "a rating of marks",
        "a rating of ages",
        "a rating of whole scores",
        "scores called certificate",
        "certificates",
    ],
)
def test_most_cells_of_a_column_decide_if_it_is_certificate_or_rating(cells, expected):
    assert fields(**cells) == expected
