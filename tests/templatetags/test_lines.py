"""Lines of plain text: templatetags.lines."""

from cinema.templatetags.lines import one_line


def test_broken_lines_become_one_and_spaces_that_do_not_break_stay():
    assert (
        one_line("\n  Row A, seat 1,\n\n    Premium: 250\N{NO-BREAK SPACE}₹\n")
        == "Row A, seat 1, Premium: 250\N{NO-BREAK SPACE}₹"
    )
