"""The library of films in the back office."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve, reverse
from django.utils import timezone
from PIL import Image

from cinema.models import Edit, Movie
from tests.factories import (
    MANAGER,
    GenreFactory,
    LanguageFactory,
    MovieFactory,
    ShowFactory,
    TheatreFactory,
    cancelled,
    listed,
    owner,
    past,
    staff,
)
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("staff-films"), reverse("staff-films-add")
UP = {"title": "Up", "runtime": "96", "year": "2009"}


@pytest.fixture
def manager():
    return staff(TheatreFactory(), MANAGER, name="Meera")


@pytest.fixture
def client(manager):
    client = browser()
    client.force_login(manager)
    return client


def edit(movie: Movie) -> str:
    return reverse("staff-films-edit", args=[movie.pk])


def poster_of(movie: Movie) -> str:
    return reverse("staff-films-poster", args=[movie.pk])


def entries(movie: Movie, **others: object) -> dict[str, object]:
    """What the form of the film would post, a few things otherwise."""
    return {"title": movie.title, "runtime": movie.runtime, "year": movie.year, "version": movie.version} | others


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (60, 90), "red").save(file, kind)
    return SimpleUploadedFile("mine.png", file.getvalue(), "image/png")


# --- The list


def test_the_list_shows_each_film_with_how_it_stands(client):
    ShowFactory(movie=MovieFactory(title="Up"))
    cancelled(past(ShowFactory(movie=MovieFactory(title="Over"))))
    MovieFactory(title="Soon", release_date=timezone.now().date() + timedelta(days=9))
    MovieFactory(title="Gone", retired_at=timezone.now())

    page = text(client.get(LIST))

    assert "3 films" in page
    assert "Up now playing 1" in page
    assert "Over not planned –" in page
    assert "Soon coming soon –" in page
    assert "Gone" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=playing", "Up"),
        ("state=coming", "Soon"),
        ("state=idle", "Over"),
        ("state=retired", "Gone"),
        ("q=gon", "Gone"),
        ("q=docter", "Up"),
        ("q=döcter", "Up"),
        ("q=up+docter", "Up"),
    ],
)
def test_films_are_found_by_words_and_state(client, query, found):
    ShowFactory(movie=MovieFactory(title="Up", director="Pete Docter"))
    MovieFactory(title="Over", director="Other")
    MovieFactory(title="Soon", release_date=timezone.now().date() + timedelta(days=9))
    MovieFactory(title="Gone", retired_at=timezone.now())

    response = client.get(f"{LIST}?{query}")

    assert [movie.title for movie, _planned, _state in response.context["rows"]] == [found]


@pytest.mark.parametrize(
    "query", ["q=%00", "state=nonsense", "page=0", "page=x", "page=99999999999999999999", "q=" + "x" * 500, "q=%25%5F"]
)
def test_nonsense_in_the_address_is_no_error(client, query):
    MovieFactory()

    assert client.get(f"{LIST}?{query}").status_code == 200


def test_many_films_come_in_pages_that_keep_the_search(client):
    Movie.objects.bulk_create(Movie(title=f"Film {n:03}", slug=f"film-{n}", runtime=90) for n in range(120))

    page = client.get(f"{LIST}?q=film&page=2")

    assert "Page 2 of 3" in text(page)
    assert 'href="?q=film&amp;page=3"' in page.content.decode()


def test_an_empty_library_shows_how_to_fill_it(client):
    page = client.get(LIST)

    assert "No films yet" in text(page)
    assert reverse("staff-films-import") in page.content.decode()


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_takes_the_same_few_statements_whatever_its_length(client, statements, number):
    for n in range(number):
        listed(movie=MovieFactory(title=f"Film {n}"))
    listed()

    with statements() as seen:
        client.get(LIST)

    assert len(seen) == 7  # session, person, where they work, their role (gate), how many, films, their shows


# --- Adding and changing


def test_a_film_is_added(client):
    genre, language = GenreFactory(), LanguageFactory()

    response = client.post(
        ADD,
        UP
        | {
            "genres": [genre.pk],
            "new_genres": "sci-fi, road movie",
            "languages": [language.pk],
            "new_languages": "Tamil, fr",
            "cast": "Ed Asner\n\n Jordan  Nagai \nEd Asner",
            "release_date": "2009-05-29",
            "rating": "8.3",
        },
    )

    movie = Movie.objects.get()
    assert (response.status_code, response.url) == (303, edit(movie))
    assert movie.cast == ["Ed Asner", "Jordan Nagai"]
    assert sorted(genre.name for genre in movie.genres.all()) == ["Drama", "Road Movie", "Sci-Fi"]
    assert sorted(language.code for language in movie.languages.all()) == ["fr", "hi", "ta"]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("112", 112),
        ("1h52", 112),
        ("1 h 52 min", 112),
        ("1:52", 112),
        ("1 Std. 52 Min.", 112),
        ("112 min", 112),
        ("2", 2),
    ],
)
def test_a_runtime_is_written_as_in_a_table(client, said, minutes):
    assert client.post(ADD, UP | {"runtime": said}).status_code == 303
    assert Movie.objects.get().runtime == minutes


@pytest.mark.parametrize("said", ["1,52", "12:30", "90 s", "1h 99h"])
def test_an_ambiguous_runtime_needs_a_choice(client, said):
    response = client.post(ADD, UP | {"runtime": said})

    assert response.status_code == 400
    assert f"“{said}” is not a runtime from 1 to 1000 minutes. Write it as 112 or 1h52." in text(response)


@pytest.mark.parametrize(
    ("said", "rating"), [("8,3", "8.3"), ("8.3", "8.3"), ("10", "10.0"), ("0", None), ("0,0", None)]
)
def test_a_rating_may_have_a_decimal_comma_and_0_is_none(client, said, rating):
    client.post(ADD, UP | {"rating": said})

    assert Movie.objects.get().rating == (rating and Decimal(rating))


def test_the_original_language_is_one_of_the_films_languages(client):
    hindi, english = LanguageFactory(), LanguageFactory(code="en", name="English")

    client.post(ADD, UP | {"languages": [english.pk], "original_language": hindi.pk, "format": "3D"})

    movie = Movie.objects.get()
    assert (movie.original_language, movie.format) == (hindi, "3D")
    assert movie.spoken == [hindi, english]
    page = client.get(edit(movie)).content.decode()
    assert f'<option value="{hindi.pk}" selected>Hindi</option>' in page


def test_the_only_language_of_a_film_is_its_original_one(client):
    client.post(ADD, UP | {"new_languages": "Tamil"})

    assert Movie.objects.get().original_language.name == "Tamil"


def test_an_existing_film_is_rejected_and_the_entries_stay(client):
    client.post(ADD, UP)

    response = client.post(ADD, UP | {"director": "Pete Docter"})

    assert response.status_code == 409
    assert "“Up” (2009) is already in the library" in text(response)
    assert "Pete Docter" in response.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "  "},
        {"title": "a\0b"},
        {"title": "x" * 201},
        {"runtime": ""},
        {"runtime": "0"},
        {"runtime": "-5"},
        {"runtime": "1001"},
        {"runtime": "9" * 30},
        {"runtime": "two hours"},
        {"year": "1200"},
        {"year": "99999999999999999999"},
        {"release_date": "2026-02-30"},
        {"release_date": "0001-01-01"},
        {"release_date": "9999-12-31"},
        {"release_date": "soon"},
        {"rating": "11"},
        {"rating": "-1"},
        {"rating": "NaN"},
        {"rating": "Infinity"},
        {"rating": "8.333"},
        {"genres": "999999"},
        {"genres": "x"},
        {"languages": "9" * 40},
        {"new_genres": "12, ?"},
        {"new_genres": "x" * 61},
        {"new_languages": "???"},
        {"cast": "x" * 201},
        {"cast": "\n".join(f"Name {n}" for n in range(201))},
        {"cast": "a\0b"},
        {"synopsis": "x" * 10_001},
        {"certificate": "x" * 21},
        {"distributor": "x" * 121},
        {"content_notes": "x" * 301},
        {"content_notes_de": "x" * 301},
        {"trailer_url": "http://example.org/"},
        {"trailer_url": "javascript:alert(1)"},
        {"trailer_url": "https://x"},
        {"trailer_url": "https://example.org/" + "x" * 300},
    ],
)
def test_bad_input_is_rejected_and_saves_nothing(client, wrong):
    response = client.post(ADD, UP | wrong)

    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not Movie.objects.exists()


def test_content_notes_and_trailer_are_saved_in_their_languages_and_recorded(client):
    notes = {"content_notes": "Grief", "content_notes_de": "Trauer", "trailer_url": "example.org/up"}
    client.post(ADD, UP | notes)

    movie = Movie.objects.get()
    assert (movie.content_notes, movie.content_notes_translations) == ("Grief", {"de": "Trauer"})
    assert movie.trailer_url == "https://example.org/up"
    page = client.get(edit(movie)).content.decode()
    assert 'value="Grief"' in page and 'value="Trauer"' in page and 'value="https://example.org/up"' in page
    client.post(edit(movie), entries(movie, content_notes="Loss"))
    assert Edit.objects.latest("pk").changes["content_notes"] == ["Grief", "Loss"]


def test_an_empty_post_gets_errors(client):
    assert client.post(ADD).status_code == 400
    assert client.post(edit(MovieFactory())).status_code == 400


def test_html_in_names_is_text(client):
    name = "<script>alert(1)</script>"
    client.post(ADD, UP | {"title": name, "director": name, "cast": name, "new_genres": "<b>bold", "distributor": name})

    movie = Movie.objects.get()
    assert movie.title == name
    for page in (client.get(LIST), client.get(edit(movie)), client.get(movie.get_absolute_url())):
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<b>bold" not in page.content.decode().lower()


def test_the_form_of_a_film_shows_what_is_known(client):
    movie = MovieFactory(title="Up", cast=["Ed Asner", "Jordan Nagai"], version=3)
    movie.genres.add(GenreFactory())

    page = client.get(edit(movie)).content.decode()

    assert "Ed Asner\nJordan Nagai" in page
    assert 'name="version" value="3"' in page
    assert "checked" in page


def test_a_film_is_changed_and_stays_at_its_address(client):
    movie = MovieFactory(title="Up", slug="up-2009")

    response = client.post(edit(movie), entries(movie, title="Up!", certificate="U"))

    assert response.status_code == 303
    assert Movie.objects.values_list("title", "slug", "certificate", "version").get() == ("Up!", "up-2009", "U", 1)


def test_the_second_to_save_gets_a_conflict_and_may_then_overwrite(client, manager):
    movie = MovieFactory(title="Up")
    client.post(edit(movie), entries(movie, title="Up!"))

    second = client.post(edit(movie), entries(movie, director="Pete Docter"))

    assert second.status_code == 409
    assert "Meera changed this" in text(second)
    assert "title from “Up” to “Up!”" in text(second)
    assert 'value="Pete Docter"' in second.content.decode()
    assert 'name="version" value="1"' in second.content.decode()
    assert client.post(edit(movie), entries(movie, director="Pete Docter", version=1)).status_code == 303
    assert Movie.objects.get().director == "Pete Docter"


def test_after_a_new_runtime_the_number_of_moved_shows_is_shown(client):
    show = ShowFactory(movie=MovieFactory(runtime=120))

    response = client.post(edit(show.movie), entries(show.movie, runtime=130), follow=True)

    assert "The end of 1 upcoming show has changed" in text(response)


def test_a_runtime_that_runs_into_the_next_show_names_both_and_keeps_the_entries(client):
    show = ShowFactory(movie=MovieFactory(runtime=120))
    ShowFactory(screen=show.screen, starts_at=show.ends_at, movie=MovieFactory(title="The Next"))

    response = client.post(edit(show.movie), entries(show.movie, runtime=121))

    assert response.status_code == 409
    assert "would overlap “The Next”" in text(response)
    assert 'value="121"' in response.content.decode()


@pytest.mark.parametrize(
    "address", ["staff-films-edit", "staff-films-retire", "staff-films-poster", "staff-films-still"]
)
def test_an_unknown_film_is_404(client, address):
    assert client.post(reverse(address, args=[999]), {"retired": "1"}).status_code == 404


# --- Retiring


def test_a_retired_film_explains_what_happens_to_its_shows(client):
    show = ShowFactory(movie=MovieFactory(title="Up"))

    response = client.post(reverse("staff-films-retire", args=[show.movie_id]), {"retired": "1"}, follow=True)

    assert "Its 1 upcoming show stays as it is" in text(response)
    assert "Bring back" in text(response)
    assert client.get(show.get_absolute_url()).status_code == 200


def test_a_retired_film_is_brought_back(client):
    movie = MovieFactory(retired_at=timezone.now())

    client.post(reverse("staff-films-retire", args=[movie.pk]))

    assert Movie.objects.get().retired_at is None


# --- Posters


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_an_uploaded_poster_shows_on_the_public_page_and_is_served(client, media):
    movie = MovieFactory()

    assert client.post(poster_of(movie), {"poster": picture()}).status_code == 303

    movie.refresh_from_db()
    assert movie.poster.url in browser().get(movie.get_absolute_url()).content.decode()
    assert (media / movie.poster.name).is_file()


def test_a_poster_is_taken_away(client, media):
    movie = MovieFactory()
    client.post(poster_of(movie), {"poster": picture()})

    client.post(poster_of(movie), {"remove": "1"})

    assert reverse("movie-poster", args=[movie.slug]) in browser().get(movie.get_absolute_url()).content.decode()


def test_a_still_shows_on_the_public_page_until_it_is_taken_away(client, media):
    movie = MovieFactory()
    address = reverse("staff-films-still", args=[movie.pk])

    assert client.post(address, {"still": picture()}).status_code == 303
    movie.refresh_from_db()
    page = browser().get(movie.get_absolute_url()).content.decode()
    assert movie.still.url in page
    assert reverse("movie-poster", args=[movie.slug]) in page, "its poster is still the drawn one"
    assert resolve(movie.still.url).url_name == "uploaded-picture"
    assert client.post(address, {"still": SimpleUploadedFile("x.png", b"hello", "image/png")}).status_code == 400

    client.post(address, {"remove": "1"})
    assert "movie-still" not in browser().get(movie.get_absolute_url()).content.decode()


@pytest.mark.parametrize("data", [b"hello", b"<svg></svg>", b""])
def test_a_file_that_is_no_picture_is_rejected(client, media, data):
    movie = MovieFactory()

    response = client.post(poster_of(movie), {"poster": SimpleUploadedFile("poster.png", data, "image/png")})

    assert response.status_code == 400
    assert "Picture" in text(response)
    assert not Movie.objects.get().poster


def test_a_missing_file_is_rejected(client):
    movie = MovieFactory()

    assert client.post(poster_of(movie)).status_code == 400
    assert client.post(poster_of(movie), {"poster": "a word"}).status_code == 400


def test_a_poster_of_200_mb_is_refused_before_it_is_read(client, media):
    movie = MovieFactory()

    class Unread(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("read")

    response = client.generic(
        "POST",
        poster_of(movie),
        b"",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024**2),
        **{"wsgi.input": Unread()},
    )

    assert response.status_code == 413
    assert "larger than 10 MB" in text(response)


def test_every_other_page_takes_only_forms(client):
    response = client.generic("POST", ADD, b"", CONTENT_LENGTH=str(4 * 1024**2))

    assert response.status_code == 413


def test_an_owner_needs_no_role(client):
    client.force_login(owner())

    assert client.get(LIST).status_code == 200
