"""No page has words of another language: whatever a process keeps, it keeps for each."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.utils.translation import override, trans_real

from cinema.templatetags import keeping
from tests.security.site import Site

pytestmark = pytest.mark.django_db

# Languages that no other test speaks, since what a process keeps stays in it.
FIRST, SECOND = "eo", "ia"
WITH_WORDS = ("text/", "application/json", "application/rss", "application/manifest")
SILENT = {"sign-out"}  # leads elsewhere


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """Two languages in which each text says which of them it is in."""
    settings.LANGUAGES = [("en", "English"), (FIRST, "Esperanto"), (SECOND, "Interlingua")]
    catalogue = trans_real.DjangoTranslation
    one, many = catalogue.gettext, catalogue.ngettext

    def mark(translation: trans_real.DjangoTranslation, text: str) -> str:
        return f"~{translation.language()}~{text}" if text and translation.language() in (FIRST, SECOND) else text

    monkeypatch.setattr(catalogue, "gettext", lambda self, text: mark(self, one(self, text)))
    monkeypatch.setattr(catalogue, "ngettext", lambda self, *texts: mark(self, many(self, *texts)))


def pages(site: Site, language: str) -> Iterator[tuple[str, HttpResponse]]:
    """Every page but those of the back office, which no visitor sees, as the owner sees it in a language."""
    client = site.browser()
    headers = {"accept-language": language, "authorization": f"Bearer {site.secret}"}
    with override(language):
        addresses = [each for each in site.addresses() if not each[0].startswith(("staff-", "admin:"))]
    for name, address in addresses:
        yield name, client.get(address, headers=headers)


def test_a_page_has_no_words_of_the_language_in_which_it_was_drawn_before(marked):
    site = Site()
    drawn = dict(pages(site, FIRST))
    mixed, silent = set(), set()
    for name, page in pages(site, SECOND):
        kind = page.headers.get("Content-Type", "")
        said = page.content.decode() if kind.startswith(WITH_WORDS) else ""
        if f"~{FIRST}~" in said:
            mixed.add(name)
        if kind.startswith("text/html") and page.status_code == 200 and f"~{SECOND}~" not in said:
            silent.add(name)

    assert len(drawn) > 80
    assert (mixed, silent) == (set(), set())


def test_a_part_that_is_kept_for_all_languages_is_noticed(marked, client, monkeypatch):
    """The control."""
    monkeypatch.setattr(keeping, "get_language", lambda: "any")
    client.get(f"/{FIRST}/")

    assert f"~{FIRST}~" in client.get(f"/{SECOND}/").content.decode()
