"""Films from a table, through the page: look first, then do it, then read what was done."""

import os
import re
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cinema.models import AuditEvent, FilmImport, Movie
from cinema.services.films import film_uploads
from tests.factories import MANAGER, MovieFactory, ShowFactory, TheatreFactory, staff
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

IMPORT = reverse("staff-films-import")
TABLE = "Title,Year,Runtime,Genres,Rating\nUp,2009,96,Animation,8.3\nLost,2001,,,\nCoco,2017,105,Animation,99\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def manager():
    return staff(TheatreFactory(), MANAGER, name="Meera")


@pytest.fixture
def client(manager):
    client = browser()
    client.force_login(manager)
    return client


def upload(client, content: str | bytes = TABLE, name: str = "films.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(IMPORT, {"table": SimpleUploadedFile(name, data)})


def kept(media: Path) -> list[str]:
    return sorted(path.name for path in (media / "imports").rglob("*") if path.is_file())


def test_a_table_is_previewed_first_and_nothing_is_saved(client, media):
    there = MovieFactory(title="Coco", slug="coco-2017", year=2017, runtime=100)

    page = client.get(upload(client).url)

    assert "1 new 1 in the library, with differences 0 already in the library 1 left out 1 to check" in text(page)
    assert "runtime from “100” to “105”; genres" in text(page).replace("” genres", "”; genres")
    assert "3 Lost no runtime" in text(page)
    assert "4 Coco rating is not between 0 and 10 (99)" in text(page)
    assert list(Movie.objects.all()) == [there]
    assert kept(media) == ["films.csv"]


def test_the_table_is_imported_and_the_report_shows_the_result(client, media):
    page = client.post(upload(client).url, follow=True)

    assert page.redirect_chain[0][1] == 303
    assert "films.csv is imported" in text(page)
    assert "2 added 0 updated 0 already there 1 left out 1 to check" in text(page)
    assert "By Meera" in text(page)
    assert sorted(Movie.objects.values_list("slug", flat=True)) == ["coco-2017", "up-2009"]
    assert kept(media) == []


def test_a_second_click_leads_to_the_same_report(client):
    preview = upload(client).url
    first = client.post(preview)

    assert client.post(preview).url == first.url
    assert client.get(preview).url == first.url
    assert AuditEvent.objects.count() == 1


def test_existing_films_stay_unchanged_by_default(client):
    MovieFactory(title="Up", slug="up-2009", year=2009, runtime=90, distributor="Disney")

    client.post(upload(client).url)
    assert Movie.objects.get(slug="up-2009").runtime == 90

    report = client.post(upload(client).url, {"update": "on"}, follow=True)
    up = Movie.objects.get(slug="up-2009")
    assert (up.runtime, up.distributor, [genre.name for genre in up.genres.all()]) == (96, "Disney", ["Animation"])
    assert "0 added 1 updated 1 already there" in text(report)


def test_what_the_library_knows_just_so_is_no_change(client):
    client.post(upload(client).url)

    page = client.get(upload(client).url)

    assert "0 new 0 in the library, with differences 2 already in the library" in text(page)
    assert "There is nothing to import" in text(page)


def test_an_update_that_a_show_forbids_is_rejected_and_saves_nothing(client):
    up = MovieFactory(title="Up", slug="up-2009", year=2009, runtime=60)
    show = ShowFactory(movie=up)
    ShowFactory(screen=show.screen, starts_at=show.ends_at, movie=MovieFactory(title="The Next"))

    response = client.post(upload(client).url, {"update": "on"})

    assert response.status_code == 409
    assert "would overlap “The Next”" in text(response)
    assert not Movie.objects.filter(slug="coco-2017").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and so on", "XLSX/ZIP"),
        (b"\x00\x00\x00\x00", "this is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "this is PNG, not text"),
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        ("Title,Runtime\n" + "Up,96\n" * 5001, "has more than 5,000 rows"),
    ],
)
def test_a_file_that_is_no_table_is_rejected_and_not_stored(client, media, content, said):
    response = upload(client, content)

    assert response.status_code == 400
    assert said in text(response)
    assert kept(media) == []


def test_a_table_with_unknown_headers_can_be_mapped_by_hand(client):
    preview = upload(client, "Werk,Meter,Wer\nUp,96,Pete Docter\n").url

    page = client.get(preview)
    assert page.status_code == 200
    assert "No column was recognised for: title, runtime. Please choose it below." in text(page)
    assert "Not used: Werk, Meter, Wer" in text(page)
    assert client.post(preview).status_code == 400
    assert not Movie.objects.exists()

    chosen = {"c0": "title", "c1": "runtime", "c2": "director"}
    page = client.get(preview, chosen)
    assert "1 new" in text(page)
    assert "title Werk runtime Meter director Wer Every column is used." in text(page)
    hidden = dict(re.findall(r'<input type="hidden" name="(c\d)" value="(\w*)">', page.content.decode()))
    assert hidden == chosen

    client.post(preview, hidden)
    assert Movie.objects.get().director == "Pete Docter"


def test_a_column_can_be_left_out_by_hand(client):
    preview = upload(client, "Title,Runtime,Rating\nUp,96,8.3\n").url

    client.post(preview, {"c0": "title", "c1": "runtime", "c2": ""})

    assert Movie.objects.get().rating is None


def test_the_page_says_which_column_is_used_for_what_and_which_are_not(client):
    page = text(client.get(upload(client, "Titel;Laufzeit;Verleih;Land;Kasse\nUp;96;Disney;USA;1\n").url))

    assert "title Titel runtime Laufzeit distributor Verleih" in page
    assert "Not used: Land, Kasse" in page
    assert "Encoding: UTF-8." in page


def test_the_first_ten_films_are_shown_as_they_will_be(client):
    head = (
        "Title,Year,Release date,Runtime,Certificate,Language,Rating,Genres,Director,Distributor,Format,Cast,Overview"
    )
    row = "2009-05-29,96,PG,hi|en,8.3,Animation,Pete Docter,Disney,3D,Ed Asner,A house flies."
    rows = "".join(f"Film {n:02},2009,{row}\n" for n in range(12))

    page = text(client.get(upload(client, f"{head}\n{rows}").url))

    assert "The first 10 films as they will be" in page
    assert (
        "Film 09 (2009) Released 29 May 2009 Runtime 1 h 36 min Certificate PG "
        "Languages Hindi, English (the first is the original) Genres Animation Director Pete Docter Cast Ed Asner "
        "Distributor Disney Format 3D Rating 8.3 Synopsis A house flies."
    ) in page
    assert "All 12 new films" in page


def test_the_encoding_can_be_chosen(client):
    preview = upload(client, "Title,Runtime\nW nich cała nadzieja,98\n".encode("cp1250")).url

    page = client.get(preview, {"encoding": "cp1250"})
    assert "W nich cała nadzieja" in text(page)
    assert "Encoding: Central European (Windows-1250)" in text(page)
    assert '<input type="hidden" name="encoding" value="cp1250">' in page.content.decode()

    client.post(preview, {"encoding": "cp1250"})
    assert Movie.objects.get().title == "W nich cała nadzieja"


def test_an_encoding_that_does_not_fit_is_rejected_and_the_old_one_used(client):
    page = client.get(upload(client, "Title,Runtime\nAmélie,122\n".encode("cp1252")).url, {"encoding": "utf-8"})

    assert page.status_code == 400
    assert "cannot be read in that encoding" in text(page)
    assert "Amélie (" not in text(page)
    assert "Runtime 2 h 2 min" in text(page)


def test_the_order_in_dates_is_shown_and_can_be_chosen(client):
    preview = upload(client, "Title,Runtime,Released\nUp,96,06/12/2009\n").url

    assert "Dates such as 06/12/2009 are read with the month first." in text(client.get(preview))
    assert "6 December 2009" in text(client.get(preview, {"dates": "day"}))

    client.post(preview, {"dates": "day"})
    assert str(Movie.objects.get().release_date) == "2009-12-06"


@pytest.mark.parametrize(
    "query",
    [
        {"c0": "slug"},
        {"c99": "title", "cx": "title", "c0": "title", "c2": "runtime"},
        {"encoding": "hex", "dates": "x"},
        {f"c{n}": "title" for n in range(1000)},
    ],
)
def test_choices_that_make_no_sense_do_no_harm(client, query):
    assert client.get(upload(client).url, query).status_code == 200


def test_the_report_keeps_the_titles_of_rows_and_what_columns_were_used_for(client):
    client.post(upload(client).url)

    report = FilmImport.objects.get()
    assert report.skipped == [[3, "no runtime", "", "Lost"]]
    assert report.event.details["columns"] == {
        "Title": "title", "Year": "year", "Runtime": "runtime", "Genres": "genres", "Rating": "rating",
    }  # fmt: skip


def test_a_report_from_before_titles_were_kept_is_still_shown(client):
    event = AuditEvent.objects.create(action=AuditEvent.Action.IMPORT, subject="old.csv")
    report = FilmImport.objects.create(
        event=event,
        created=1,
        updated=0,
        already_there=0,
        skipped=[[3, "no runtime", ""]],
        skipped_in_all=1,
        warnings_in_all=0,
    )

    assert "3 – no runtime" in text(client.get(reverse("staff-films-import-report", args=[report.pk])))


def test_a_file_imported_twice_at_once_is_imported_once(client, manager, monkeypatch):
    url = upload(client).url
    monkeypatch.setattr(film_uploads, "discard_upload", lambda **which: None)  # the first is not that far yet
    first, second = client.post(url), client.post(url)

    assert (second.status_code, second.url) == (303, first.url)
    assert FilmImport.objects.count() == 1


def test_a_missing_file_is_an_error(client):
    assert client.post(IMPORT).status_code == 400


def test_a_file_that_is_too_large_is_rejected_and_not_stored(client, media, monkeypatch):
    monkeypatch.setattr(film_uploads, "LARGEST_FILE", 50)

    response = upload(client)

    assert response.status_code == 400
    assert "larger than" in text(response)
    assert kept(media) == []


def test_a_file_far_too_large_is_refused_unread(client):
    assert client.generic("POST", IMPORT, b"", CONTENT_LENGTH=str(200 * 1024**2)).status_code == 413


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.csv", "…", "x" * 300, "फ़िल्में.csv", ".csv", "a\0b.csv"])
def test_whatever_its_name_the_file_stays_in_its_folder(client, media, name):
    preview = upload(client, name=name).url

    assert client.get(preview).status_code == 200
    assert [path for path in media.rglob("*") if path.is_file()] == list((media / "imports").glob("*/*"))


def test_html_in_a_table_is_text(client):
    page = client.get(upload(client, "Title,Runtime,Genres\n<script>alert(1)</script>,x,\n<b>Up,96,<i>Fun\n").url)

    assert "<script>alert" not in page.content.decode()
    assert "<b>Up" not in page.content.decode()


def test_somebody_elses_upload_is_not_found(client):
    preview = upload(client).url
    other = browser()
    other.force_login(staff(TheatreFactory(), MANAGER))

    assert other.get(preview).status_code == 404
    assert other.post(preview).status_code == 404
    assert client.get(preview).status_code == 200


@pytest.mark.parametrize("word", ["1", "..", "1-" + "0" * 32, "x" * 500])
def test_an_unknown_upload_asks_for_another(client, word):
    response = client.get(f"{IMPORT}{word}/")

    assert response.status_code == 404


def test_an_expired_upload_has_a_notice(client, manager):
    response = client.post(reverse("staff-films-import-preview", args=[f"{manager.pk}-{'0' * 32}"]))

    assert response.status_code == 404
    assert "upload has expired" in text(response)


def test_one_person_has_one_table_at_a_time(client, media):
    first = upload(client, name="first.csv").url
    upload(client, name="second.csv")

    assert kept(media) == ["second.csv"]
    assert client.get(first).status_code == 404


def test_what_was_left_lying_goes_after_a_day(client, media):
    stranger = media / "imports" / f"999-{'a' * 32}"
    stranger.mkdir(parents=True)
    (stranger / "films.csv").write_text("x")
    upload(client)
    assert stranger.exists()
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(stranger, (two_days_ago, two_days_ago))

    upload(client)

    assert not stranger.exists()


def test_no_address_leads_to_an_upload(client, media):
    upload(client)
    path = next((media / "imports").glob("*/*")).relative_to(media)

    assert client.get(f"/media/{path}").status_code == 404


def test_every_manager_sees_a_report_but_other_audit_events_are_none(client):
    report = client.post(upload(client).url).url
    other = browser()
    other.force_login(staff(TheatreFactory(), MANAGER))
    action_form = AuditEvent.objects.create(action=AuditEvent.Action.FILM, subject="x")

    assert other.get(report).status_code == 200
    assert other.get(reverse("staff-films-import-report", args=[action_form.pk])).status_code == 404


def test_the_look_ahead_takes_the_same_statements_whatever_the_number_of_films(client, statements):
    counts = set()
    for number in (1, 3, 30):
        Movie.objects.all().delete()
        content = "Title,Runtime\n" + "".join(f"Film {n},90\n" for n in range(number))
        client.post(upload(client, content).url)
        preview = upload(client, content.replace("90", "91")).url
        with statements() as seen:
            client.get(preview)
        counts.add(len(seen))

    assert len(counts) == 1
    assert max(counts) <= 8
