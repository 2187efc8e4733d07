"""A manager works in German: decimal commas, days before months, and tables as German spreadsheets have them."""

import csv
from datetime import date, timedelta
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from cinema.models import Movie, Show, Theatre, TicketType
from tests.browser.staff import enter
from tests.factories import MANAGER, ScreenFactory, staff

PRICE = "9,50\u00a0€"


def button(page: Page, name: str):
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def fifth_of_december() -> date:
    """The next 5 December after tomorrow: a day that could be misread as 12 May."""
    soon = timezone.now().date() + timedelta(days=2)
    return min(day for year in (soon.year, soon.year + 1) if (day := date(year, 12, 5)) >= soon)


def add_a_film(page: Page) -> None:
    page.get_by_label("Titel", exact=False).first.fill("Metropolis")
    page.get_by_label("Laufzeit").fill("153")
    # This Chromium has fields for days in the American form only; elsewhere people type into a plain field.
    page.get_by_label("Kinostart").evaluate("field => { field.type = 'text'; }")
    page.get_by_label("Kinostart").fill("05.12.2026")
    page.get_by_label("Bewertung").fill("8,3")
    page.get_by_label("Weitere Sprachen").fill("Deutsch")
    button(page, "Film hinzufügen").click()
    expect(page.locator("#messages")).to_contain_text("„Metropolis“ wurde hinzugefügt.")
    expect(page.get_by_label("Kinostart")).to_have_value("2026-12-05")
    expect(page.get_by_label("Bewertung")).to_have_value("8,3")


def add_a_price(page: Page, theatre: Theatre) -> None:
    page.goto(reverse("staff-prices-add", args=[theatre.slug]))
    page.get_by_label("Name").first.fill("Normal")
    page.locator(".price-grid input").fill("9,50")
    button(page, "Speichern").click()
    expect(page.get_by_role("main")).to_contain_text("Normal")


def plan_a_show(page: Page, theatre: Theatre, day: date) -> None:
    """Paste a table with a day as Germans write it, and publish its show."""
    page.goto(reverse("staff-schedule-import", args=[theatre.slug]))
    line = f"{day:%d.%m.%Y};20:15;Saal 1;Metropolis;Normal"
    page.locator("textarea[name=text]").fill(f"Datum;Uhrzeit;Saal;Film;Preisliste\n{line}\n")
    button(page, "Vorschau der Zeilen").click()
    button(page, "Die Vorstellung planen").click()
    page.get_by_role("link", name="veröffentlichen").first.click()
    button(page, "1 Vorstellung in den Verkauf geben").click()


def film_table(page: Page) -> list[dict[str, str]]:
    """The rows of the table of films, as a German spreadsheet reads them."""
    page.goto(reverse("staff-films"))
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_a_manager_writes_and_reads_numbers_and_days_in_german(new_page, settings):
    settings.CURRENCY = "EUR"
    theatre = ScreenFactory(name="Saal 1", plan="aaaa", theatre__time_zone="Europe/Berlin").theatre
    TicketType.objects.create(theatre=theatre, name="Erwachsene", rank=1)
    page, day = new_page(locale="de-DE"), fifth_of_december()
    enter(page, staff(theatre, MANAGER), reverse("staff-films-add"), "Verwaltung")

    add_a_film(page)
    add_a_price(page, theatre)
    plan_a_show(page, theatre, day)
    show = Show.objects.get(status=Show.Status.SCHEDULED)
    page.goto(show.get_absolute_url())

    assert show.trading_day == day
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("main")).to_contain_text("5. Dezember")
    expect(page.get_by_role("list", name="Preise")).to_contain_text(PRICE)
    [row] = film_table(page)
    assert (row["title"], row["rating"], row["release_date"]) == ("Metropolis", "8,3", "05.12.2026")
    assert Movie.objects.get().release_date == date(2026, 12, 5)
