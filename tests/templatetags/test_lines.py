"""Lines of plain text: templatetags.lines."""

from cinema.templatetags.lines import linked_lines, one_line


def test_broken_lines_become_one_and_spaces_that_do_not_break_stay():
    assert (
        one_line("\n  Row A, seat 1,\n\n    Premium: 250\N{NO-BREAK SPACE}₹\n")
        == "Row A, seat 1, Premium: 250\N{NO-BREAK SPACE}₹"
    )


def test_words_with_a_url_become_a_link_and_other_lines_stay():
    assert linked_lines("Bring <proof>: please\nNo more reminders: https://rex.example/a?b&c") == (
        'Bring &lt;proof&gt;: please<br><a href="https://rex.example/a?b&amp;c">No more reminders</a>'
    )
