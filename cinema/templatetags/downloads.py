"""Links to an export as CSV, in each dialect that differs, and as XLSX."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cinema.exports.dialects import PLAIN, of_language

register = template.Library()


@register.simple_tag
def download_links(csv: str, xlsx: str, query: str = "", css: str = "", *, for_programs: bool = False) -> SafeString:
    """Links to the two addresses with a query string; ``for_programs`` is that of the sheet."""
    links = [(f"{csv}?{query}" if query else csv, "CSV")]
    if of_language() != PLAIN:
        dialect, label = (
            ("spreadsheet", _("CSV for spreadsheets")) if for_programs else ("plain", _("CSV for programs"))
        )
        links.append((f"{csv}?{query}&dialect={dialect}" if query else f"{csv}?dialect={dialect}", label))
    links.append((f"{xlsx}?{query}" if query else xlsx, "XLSX"))
    kind = format_html(' class="{}"', css) if css else ""
    return format_html_join("\n", '<a{} href="{}">{}</a>', ((kind, url, label) for url, label in links))
