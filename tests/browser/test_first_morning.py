"""A manager's first morning: from an empty installation to a day whose figures agree with the ledger to the cent."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum
from playwright.sync_api import Page, expect

from cinema.models import Payment, Refund, Seat, Show, StaffRole, Theatre, Ticket, User
from cinema.selectors.figures.ledger import ledger_faults
from tests.browser.seats import box, fill_in, open_map
from tests.factories import PASSWORD
from tests.mails import outbox

OWNER, MANAGER = "olga@example.org", "mina@example.org"
FILMS = "Title,Year,Runtime,Language\nUp,2009,96,English\nSholay,1975,204,Hindi\nLost,2001,,English\n"


def button(page: Page, name: str | re.Pattern[str]):
    return page.get_by_role("main").get_by_role("button", name=name)


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/sign-in/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    button(page, "Sign in").click()


def go(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="Back office").get_by_role("link", name=section, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def said(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("#messages")).to_contain_text(text)


def open_the_house(page: Page, password: Path) -> None:
    """The owner creates the first account on the command line, then the theatre, and invites a manager."""
    call_command("createowner", OWNER, name="Olga", password_file=str(password), stdout=io.StringIO())
    sign_in(page, OWNER)
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.click()
    page.get_by_label("Name", exact=False).first.fill("Roxy")
    page.get_by_label("City").fill("Mumbai")
    page.get_by_role("textbox", name="Address*", exact=True).fill("1 Marine Drive")
    page.locator("[name=time_zone]").fill("Asia/Kolkata")
    button(page, "Add the theatre").click()
    said(page, "“Roxy” has been added")
    page.get_by_role("link", name="Roxy Mumbai").click()
    go(page, "People")
    page.get_by_label("Email address").fill(MANAGER)
    page.get_by_label("Name").fill("Mina")
    page.get_by_label("manager", exact=False).first.check()
    button(page, "Add").click()
    said(page, MANAGER)


def accept_the_invitation(page: Page) -> None:
    """The manager chooses a password with the link in the mail."""
    letter = next(m for m in outbox() if MANAGER in m.to)
    path = re.search(r"http://\S+?(/account/\S+)", letter.body)[1]
    page.goto(path)
    for field in page.locator("main input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    sign_in(page, MANAGER)
    expect(page).to_have_url(re.compile("/staff/"))


def draw_a_hall(page: Page) -> None:
    page.get_by_role("link", name="Name your seat categories").click()
    page.locator("[name^=name-]").first.fill("Stalls")
    button(page, "Save").click()
    page.get_by_role("link", name="Add a screen").first.click()
    page.get_by_label("Name").fill("Grand")
    page.get_by_label("The text drawing below").check()
    page.get_by_text("As text").click()
    page.locator("[name=plan]").fill("aaaaaa\naaaaaa\naaaaaa")
    button(page, "Create the screen").click()
    said(page, "Grand")
    page.locator("label", has_text="Gap (erase)").click()
    page.get_by_role("gridcell", name="Row A, seat 6,").click()
    expect(page.locator("#seats-total")).to_have_text("Seats: 17")
    button(page, "Preview changes").click()
    button(page, "Save the hall").click()
    said(page, "has been saved")


def import_films(page: Page) -> None:
    go(page, "Films")
    page.get_by_role("link", name="Import a table").first.click()
    page.locator("[name=table]").set_input_files(
        {"name": "films.csv", "mimeType": "text/csv", "buffer": FILMS.encode()}
    )
    button(page, "Preview").click()
    expect(page.get_by_role("main")).to_contain_text("Sholay")
    button(page, "Import").click()
    expect(page.get_by_role("heading", name="films.csv is imported")).to_be_visible()


def make_prices(page: Page) -> None:
    go(page, "Prices")
    page.get_by_role("link", name="Ticket types").first.click()
    button(page, "Add these").click()
    go(page, "Prices")
    page.get_by_role("link", name=re.compile("price card", re.IGNORECASE)).first.click()
    page.locator("input[name$=name]").first.fill("Standard")
    prices = page.locator(".price-grid input")
    for number, amount in enumerate(["250", "150"]):
        prices.nth(number).fill(amount)
    button(page, "Save").click()


def plan_two_weeks(page: Page, first: date) -> None:
    """One show and its twin on the first day of a week, then the week copied to the next; all published."""
    go(page, "Schedule")
    page.goto(f"{page.url.split('?')[0]}?day={first}&view=week")
    if not page.get_by_label("Film*", exact=True).is_visible():
        page.get_by_text("Add shows").click()
    page.get_by_label("Film*", exact=True).select_option(label="Up (2009)")
    page.get_by_label("Screen*", exact=True).select_option(label="Grand")
    page.get_by_label("Times").fill("15:00, 18:00")
    page.get_by_label("From", exact=False).first.fill(first.isoformat())
    page.get_by_label("Until", exact=False).first.fill((first + timedelta(days=1)).isoformat())
    page.get_by_label("Price card").first.select_option(label="Standard")
    button(page, "Plan").click()
    expect(page.locator("#planner [id^=show-]")).to_have_count(4)

    page.get_by_role("link", name=re.compile("Copy this week")).first.click()
    button(page, "Preview the copies").click()
    button(page, re.compile("Plan the 4 copies")).click()
    expect(page.locator("#planner [id^=show-]")).to_have_count(4)
    for day in (first, first + timedelta(days=7)):
        page.goto(f"{page.url.split('?')[0]}?day={day}&view=week")
        page.get_by_role("link", name=re.compile("Publish")).click()
        button(page, "Put 4 shows on sale").click()
        said(page, "4")


def buy(page: Page, show: Show, names: str) -> Ticket:
    open_map(page, show)
    for name in names.split():
        box(page, name).click()
    button(page, "Continue").click()
    fill_in(page)
    hold_and_pay_from_here(page)
    return Ticket.objects.get(code=page.url.rstrip("/").rpartition("/")[2])


def hold_and_pay_from_here(page: Page) -> None:
    button(page, re.compile("Pay")).click()
    button(page, re.compile("Pay|Approve|Succeed")).first.click()
    expect(page).to_have_url(re.compile("/tickets/"))


def take_a_broken_seat_off_sale(page: Page, name: str, day: date) -> None:
    go(page, "Blocked seats")
    page.get_by_role("link", name=re.compile("Block seats")).first.click()
    if page.get_by_role("link", name=re.compile("Grand")).count():
        page.get_by_role("link", name=re.compile("Grand")).first.click()
    page.get_by_role("checkbox", name=f"Row {name[0]}, seat {name[1:]}").click()
    page.get_by_label("From").fill(day.isoformat())
    page.get_by_label("Reason").fill("The spring is through")
    button(page, "Preview").click()
    expect(page.get_by_role("main")).to_contain_text("1 ticket has already been sold for these seats")
    button(page, "Block these seats").click()
    button(page, re.compile("^Move ")).first.click()
    said(page, "1 ticket has new seats")


def call_off(page: Page, show: Show) -> None:
    page.goto(f"/staff/theatres/{show.screen.theatre.slug}/shows/{show.pk}/cancellation/")
    page.get_by_label("A full refund, at once").check()
    page.get_by_label("Reason").fill("The projector is broken")
    button(page, "Cancel the show").click()
    expect(page.locator("#progress")).to_contain_text("1 of 1 ticket settled")


def figure(page: Page, name: str) -> str:
    """The text under one of the main figures."""
    return page.locator(".figures-head div").filter(has_text=name).locator("dd").first.inner_text()


@pytest.mark.nightly
def test_a_managers_first_morning(page, other_page, new_page, tmp_path):
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    open_the_house(new_page(), password)
    accept_the_invitation(page)
    assert StaffRole.objects.get().user == User.objects.get(email=MANAGER)

    draw_a_hall(page)
    assert Seat.objects.filter(retired_at=None).count() == 17
    import_films(page)
    make_prices(page)
    theatre = Theatre.objects.get()
    first = date.today() + timedelta(days=7 - date.today().weekday())  # next Monday
    plan_two_weeks(page, first)
    shows = list(Show.objects.filter(status=Show.Status.SCHEDULED).order_by("starts_at"))
    assert [f"{show.starts_at.astimezone(theatre.tz):%a %H:%M}" for show in shows] == [
        "Mon 15:00",
        "Mon 18:00",
        "Tue 15:00",
        "Tue 18:00",
    ] * 2

    afternoon, evening = shows[:2]
    ticket = buy(other_page, afternoon, "B1 B2")
    lost = buy(other_page, evening, "C1 C2 C3")

    take_a_broken_seat_off_sale(page, "B1", first)
    seats = {line.show_seat.seat.label for line in ticket.seats.select_related("show_seat__seat")}
    assert "Row B, seat 1" not in seats
    assert len(seats) == 2

    call_off(page, evening)
    lost.refresh_from_db()
    assert lost.status == Ticket.Status.CANCELLED

    go(page, "Figures")
    page.get_by_label("From").fill(first.isoformat())
    page.get_by_label("Until").fill(first.isoformat())
    button(page, "Update").click()
    received = Payment.objects.exclude(status__in=["PENDING", "FAILED"]).aggregate(sum=Sum("amount"))["sum"]
    returned = Refund.objects.aggregate(sum=Sum("amount"))["sum"]
    assert (received, returned) == (Decimal(1250), Decimal(750))
    expect(page.get_by_role("main")).to_contain_text("₹500")
    assert figure(page, "Revenue") == "₹500"
    assert figure(page, "Admissions") == "2"
    assert not list(ledger_faults())
