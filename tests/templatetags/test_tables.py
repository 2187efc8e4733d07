"""Cells of tables: templatetags.tables."""

from django.utils.translation import override

from cinema.templatetags.tables import cell, num_cell


def test_a_cell_has_its_label_and_escapes_both():
    assert cell("What & why", "<b>") == '<td><span class="cards-only">What &amp; why</span> &lt;b&gt;</td>'


def test_a_number_is_written_as_in_templates(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    with override("en"):
        assert num_cell("Seats", 1200) == '<td class="num"><span class="cards-only">Seats</span> 1,200</td>'
