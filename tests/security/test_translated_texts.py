"""Every text that people read comes from the catalogues, as a whole: on pages, in mails, files and printed tickets.

All is shown in the pseudo-language (tests/pseudo.py), where a translated text stands in ⟦…⟧; names and notes of the
database have no Latin letters. What else is a word is not translated.
"""

import json
import re
from collections.abc import Iterator

import pytest
from django.db.models import EmailField
from django.utils.translation import gettext, ngettext, pgettext

from cinema.domain.languages import NAMES
from cinema.exports.receipt_pdf import ReceiptPage
from cinema.models import Movie, Order, PrintJob, User
from cinema.selectors.orders.slips import slip_of
from cinema.services.people import accounts
from tests.factories import owner
from tests.mails import forget_mails, outbox
from tests.pseudo import LANGUAGE, WORD, Texts, pseudo_language
from tests.security import hostile, hostile_world
from tests.security.hostile_world import World
from tests.security.test_hostile_files import part, post_all
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db

# The same in every language: names of files, codes and languages, values of fields, the columns of an uploaded table.
UNTRANSLATED = {"CSV", "XLSX", "UTF-8", "UTF-16", "Asia/Kolkata", "BOX_OFFICE", "MANAGER"}
UNTRANSLATED |= {"title", "year", "runtime", "director", "genres", "cast", *NAMES.values()}
# Tables that programs read, or that are read again, with the names of their columns.
FOR_PROGRAMS = ("showtimes", "theatre-showtimes", "staff-schedule-template", "staff-films-export")
KNOWN = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, sorted(UNTRANSLATED, key=len, reverse=True))) + r")(?!\w)")
CODES = re.compile(
    r"[A-Z0-9]{4}(-[A-Z0-9]{4})+"  # references
    r"|…[A-Z0-9]{4}"
    r"|https?://\S+|\S+@\S+"
    r"|vouchers:\d+"  # an account of the bookkeeper
    r"|\b[0-9a-f]{8,}\b"
)


def name(self, pk):
    """What stands in a row of a text column: no word."""
    if isinstance(self.field, EmailField):
        return f"{self.number}.{pk}@99.99"
    return f"Ω{self.number}Ω{pk}" if (self.field.max_length or 99) >= 12 else str(pk % 10)


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(hostile, "LONG", "Ω%02d%.0s")
    monkeypatch.setattr(hostile.Column, "text", name)
    monkeypatch.setattr(hostile_world, "SAID", "Ω97")
    with pseudo_language():
        world = World()
        Movie.objects.update(cast=["Ω1", "Ω2"])
        Order.objects.update(language=LANGUAGE)
        yield world


def untranslated(texts: Texts) -> list[str]:
    """The texts with words that no catalogue has."""
    return [text for text in texts.plain if WORD.search(KNOWN.sub(" ", CODES.sub(" ", text)))]


def shown(world: World) -> Iterator[tuple[str, Texts]]:
    """Everything there is to read, by name."""
    client = browser("asha")
    client.force_login(owner(email="boss@example.org", name="Ω"))
    yield from mails(world)
    for job in PrintJob.objects.select_related("order", "session__till", "session__theatre"):
        yield f"slip {job.kind}", spoken(*(text for piece in slip_of(job) for text in piece if isinstance(text, str)))
    for page, answer in [*world.pages(client), *world.tables(client)]:
        content, kind = b"".join(answer).decode(errors="replace"), answer["Content-Type"].partition(";")[0]
        if kind == "text/html" and not page.startswith("admin"):
            yield page, Texts(content)
        elif kind == "application/json" and answer.status_code >= 400:
            yield page, spoken(re.sub(r"^\w+: ", "", json.loads(content)["error"]))  # without the name of a field
        elif kind == "text/csv" and not page.startswith(FOR_PROGRAMS):
            yield page, spoken(*content.splitlines())


def spoken(*texts: str) -> Texts:
    found = Texts("")
    for text in texts:
        found.attribute(text)
    return found


def mails(world: World) -> Iterator[tuple[str, Texts]]:
    forget_mails()
    post_all(world)
    known = User.objects.filter(is_active=True).last()
    for email in ("98@99.99", known.email):
        accounts.ask_to_sign_up(email=email, name="Ω", client_ip="203.0.113.7")
        accounts.ask_to_change_email(user=world.clerk, email=email, client_ip="203.0.113.7")
    accounts.ask_for_password(email="97@99.99", client_ip="203.0.113.7")
    for message in outbox():
        yield f"mail “{message.subject}”", spoken(message.subject, *message.body.splitlines())
        yield f"mail “{message.subject}”", Texts(part(message, "text/html"))


@pytest.mark.nightly  # test_catalogues.py and test_translatable.py tell most in every run
def test_every_text_comes_from_the_catalogues(world, monkeypatch):
    drawn: list[str] = []
    monkeypatch.setattr(ReceiptPage, "known", lambda _page, text: drawn.append(text) or "–")

    texts = [*shown(world), ("receipts", spoken(*drawn))]

    assert not {page: wrong for page, text in texts if (wrong := untranslated(text))}
    assert not {page: text.glued for page, text in texts if text.glued}


# The checks can fail.


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello</p>",
        "<p>⟦Ĥééļļóó⟧ Asha</p>",
        "<a title='Hello'>1</a>",
        "<input type=submit value=Send>",
        "<meta name=description content='What is on'>",
        '<script type=\'application/json\'>{"failed": ["No connection"]}</script>',
    ],
)
def test_an_untranslated_text_is_found(html):
    assert untranslated(Texts(html))


@pytest.mark.parametrize("html", ["<p>⟦Šééáţ⟧ ⟦ţáķééñ⟧</p>", "<a title='⟦Ŕóóŵ⟧⟦šééáţ⟧'>1</a>"])
def test_a_sentence_of_two_translated_parts_is_found(html):
    assert Texts(html).glued


def test_what_is_translated_or_no_word_is_not_found():
    texts = Texts("<p title='⟦Á⟧'>⟦Ĥééļļóó <b>Asha</b>.⟧ ⟦Ţóó⟧ 5 K7PM-3WXY</p><style>p {}</style><code>x = y</code>")

    assert not untranslated(texts)
    assert not texts.glued


def test_a_text_keeps_its_placeholders_elements_and_formats():
    with pseudo_language():
        assert gettext("<b>%(n)d</b> of %s, 5%%") == "⟦<b>%(n)d</b> óóƒ %s, 5%%⟧"
        assert ngettext("one seat", "%d seats", 2) == "⟦%d šééááţš⟧"
        assert gettext("D j M Y") == "D j M Y"
        assert pgettext("a verb", " open ") == " ⟦óóþééñ⟧ "
