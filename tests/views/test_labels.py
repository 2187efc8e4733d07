"""The labels of a show where moviegoers read them."""

import pytest
from django.urls import reverse

from cinema.models import Show, ShowLabel
from cinema.models.labels import stored_labels
from cinema.templatetags.labels import SYMBOLS
from tests.factories import ShowFactory, held, sold
from tests.mails import outbox
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db
WORDS = "Open captions Flashing lights Introduced by <the> director"


@pytest.fixture
def show() -> Show:
    labels = stored_labels(["strobe", "open-captions"])
    return ShowFactory(screen__plan="aa", labels=labels, label_note="Introduced by <the> director")


def test_each_label_has_a_symbol_of_its_own():
    assert set(SYMBOLS) == set(ShowLabel)
    assert len(set(SYMBOLS.values())) == len(ShowLabel)


@pytest.mark.parametrize("page", ["programme", "film", "theatre", "map"])
def test_a_page_that_names_a_show_names_its_labels(client, show, page):
    urls = {
        "programme": reverse("programme"),
        "film": show.movie.get_absolute_url(),
        "theatre": show.screen.theatre.get_absolute_url(),
        "map": show.get_absolute_url(),
    }

    answer = client.get(urls[page])

    assert WORDS in text(answer)
    assert answer.content.decode().count('class="show-label-symbol"') == 2


@pytest.mark.parametrize(("label", "sentence"), [("strobe", "flashing lights. They can"), ("members", "members only.")])
def test_a_warning_is_said_before_seats_are_chosen_and_before_they_are_paid(client, label, sentence):
    show = ShowFactory(screen__plan="aa", labels=stored_labels([label]))

    assert sentence in text(client.get(show.get_absolute_url()))
    assert sentence in text(browser("asha").get(held(show, "A1").get_absolute_url()))


def test_the_note_is_in_the_language_of_the_page_where_there_is_one(client, show):
    Show.objects.update(label_note_translations={"de": "Es spricht <die> Regie"})
    head = '<bdi class="show-label-note" '
    for prefix, note in (
        ("/de", f"{head}>Es spricht &lt;die&gt; Regie</bdi>"),
        ("/fr", f'{head}lang="en" dir="ltr">Introduced by &lt;the&gt; director</bdi>'),
        ("", f"{head}>Introduced by &lt;the&gt; director</bdi>"),
    ):
        for path in ("/", show.get_absolute_url()):
            assert note in client.get(prefix + path).content.decode()


def test_a_ticket_has_them_on_the_page_in_the_mail_and_in_the_calendar(show):
    ticket = sold(show, "A1")

    page = browser("asha").get(ticket.get_absolute_url())
    assert WORDS in text(page)
    [message] = [message for message in outbox() if "ticket" in message.subject.lower()]
    line = "Open captions · Flashing lights · Introduced by <the> director"
    assert line in message.body
    assert "Introduced by &lt;the&gt; director" in message.alternatives[0][0]
    calendar = browser("asha").get(reverse("ticket-calendar", args=[ticket.code])).content.decode()
    assert line in calendar.replace("\r\n ", "")


def test_the_programme_is_filtered_by_a_label_without_a_script(client, show):
    other = ShowFactory()
    page = client.get(reverse("programme"), {"label": "open-captions", "day": ""}, follow=True)

    assert page.redirect_chain == [("/?label=open-captions", 302)]
    assert (str(show.movie) in text(page), str(other.movie) in text(page)) == (True, False)
    assert '<option value="open-captions" selected>Open captions</option>' in page.content.decode()
    [film] = page.context["programme"].films
    assert film.movie == show.movie


def test_a_label_without_shows_can_be_removed_and_an_unknown_one_is_passed_over(client, show):
    empty = client.get(reverse("programme"), {"label": "babies"})
    unknown = client.get(reverse("programme"), {"label": "smell-o-vision"})

    assert ("With babies", "/") in empty.context["chosen_filters"]
    assert "There is no label “smell-o-vision”. Showing all shows." in text(unknown)
    assert str(show.movie) in text(unknown)
