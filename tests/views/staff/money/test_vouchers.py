"""Vouchers in the back office: issue a batch, download its codes, look one up, block them."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cinema.models import AuditEvent, Voucher, VoucherBatch
from cinema.services.money.payments import start_payment
from tests.factories import BOX_OFFICE, CONTACT, MANAGER, ShowFactory, TheatreFactory, held, order_holds, owner, staff
from tests.factories import vouchers as issue
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

KEY = "a key of sixteen characters"


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture(autouse=True)
def manager(client, theatre):
    user = staff(theatre, MANAGER)
    client.force_login(user)
    return user


def address(name, theatre, *args):
    return reverse(f"staff-vouchers{name}", args=[theatre.slug, *args])


def form(**changes):
    return {
        "name": "Acme, Christmas",
        "issued_to": "Acme Ltd",
        "number": "3",
        "face_value": "200",
        "key": KEY,
    } | changes


def used(theatre, voucher):
    """An order of a free seat at a new show, paid with the voucher."""
    hold = held(ShowFactory(screen__theatre=theatre), "A1", buyer=f"buyer of {voucher}")
    payment = order_holds(hold, contact=CONTACT, key=f"key {voucher.pk}", vouchers=[voucher.code])
    start_payment(payment=payment)
    return payment.order


def codes(response):
    file = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(file)))


def test_a_batch_is_issued_with_its_conditions_and_recorded(client, theatre, manager):
    category = ShowFactory(screen__theatre=theatre).screen.seats.first().category
    conditions = {"categories": [category.pk], "weekdays": ["0", "1"], "until_time": "17:00"}

    page = client.post(address("-add", theatre), form(valid_until="2030-12-31", **conditions), follow=True)

    batch = VoucherBatch.objects.get()
    assert batch.vouchers.count() == 3 and len({voucher.code for voucher in batch.vouchers.all()}) == 3
    assert (batch.face_value, batch.created_by, list(batch.categories.all())) == (200, manager, [category])
    assert "3 vouchers were issued." in text(page) and "open 3" in text(page)
    assert f"{category} · Mon, Tue · shows until 17:00 · until" in text(page)
    event = AuditEvent.objects.get(action="VOUCHERS")
    assert (event.user, event.details["issued"]) == (manager, 3)


def test_a_second_click_issues_nothing_again(client, theatre):
    first = client.post(address("-add", theatre), form())

    again = client.post(address("-add", theatre), form())

    assert first.url == again.url and VoucherBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "0"}, "greater than or equal to 1"),
        ({"number": "10001"}, "less than or equal to 10000"),
        ({"number": "9" * 30}, "less than or equal to 10000"),
        ({"face_value": "-1"}, "greater than or equal to 0"),
        ({"name": ""}, "This field is required"),
        ({"valid_from": "2030-02-02", "valid_until": "2030-02-01"}, "This is before the first day."),
        ({"from_time": "18:00", "until_time": "17:00"}, "This is before the first time."),
        ({"movies": ["7" * 30]}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_issued_is_said_beside_its_field(client, theatre, changes, said):
    page = client.post(address("-add", theatre), form(**changes))

    assert page.status_code == 400 and said in text(page)
    assert not VoucherBatch.objects.exists()


def test_only_owners_issue_vouchers_for_all_theatres(client, theatre):
    client.post(address("-add", theatre), form(everywhere="on"))
    assert VoucherBatch.objects.get().theatre == theatre

    client.force_login(owner())
    client.post(address("-add", theatre), form(everywhere="on", key=KEY + "2"))
    everywhere = VoucherBatch.objects.latest("pk")
    assert everywhere.theatre is None

    client.force_login(staff(theatre, MANAGER))
    assert client.get(address("-batch", theatre, everywhere.pk)).status_code == 200
    assert client.get(address("-export", theatre, everywhere.pk, "csv")).status_code == 404
    assert client.post(address("-block", theatre, everywhere.pk)).status_code == 404


def test_the_codes_are_downloaded_as_csv_and_excel_and_the_export_is_recorded(client, theatre):
    last = timezone.localdate() + timedelta(days=9)
    first, second = issue(theatre, 2, valid_until=last)
    order = used(theatre, first)

    rows = codes(client.get(address("-export", theatre, first.batch_id, "csv")))

    assert rows[0] == ["Code", "Last day", "Status", "Used on", "Order"]
    assert rows[1][0] == first.groups and rows[1][2] == "used" and rows[1][4] == order.reference
    assert rows[2] == [second.groups, last.isoformat(), "open", "", ""]
    assert AuditEvent.objects.filter(action="EXPORT").count() == 1
    excel = client.get(address("-export", theatre, first.batch_id, "xlsx"))
    sheet = load_workbook(io.BytesIO(b"".join(excel.streaming_content))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [first.groups, second.groups]
    assert client.get(address("-export", theatre, first.batch_id, "pdf")).status_code == 404


def test_no_page_shows_a_whole_code(client, theatre):
    [voucher] = issue(theatre)
    pages = address("", theatre), address("-batch", theatre, voucher.batch_id), address("-voucher", theatre, voucher.pk)

    for url in (*pages, f"{pages[0]}?q={voucher.code[-4:]}"):
        page = client.get(url).content.decode()
        assert voucher.code not in page and voucher.groups not in page, url


def test_the_batch_says_how_its_vouchers_stand(client, theatre):
    one, two, three, four = issue(theatre, 4, face_value=200)
    order = used(theatre, one)
    client.post(address("-voucher-block", theatre, two.pk))
    Voucher.objects.filter(pk=three.pk).update(extended_until="2020-01-01")

    page = text(client.get(address("-batch", theatre, one.batch_id)))

    for said in ("open 1", "used 1", "expired 1", "blocked 1", "Price of those used ₹200", "Seats they paid for ₹250"):
        assert said in page, said
    assert order.reference[:4] in page and f"vouchers:{one.batch_id}" in page
    for state, voucher in {"OPEN": four, "USED": one, "EXPIRED": three, "BLOCKED": two}.items():
        part = text(client.get(address("-batch", theatre, one.batch_id), {"state": state}))
        shown = [str(each) for each in (one, two, three, four) if str(each) in part]
        assert shown == [str(voucher)], state


def test_a_voucher_is_found_by_its_code_the_end_of_it_or_its_order(client, theatre):
    voucher, other = issue(theatre, 2)
    order = used(theatre, voucher)

    for query in (voucher.groups, voucher.code.lower(), voucher.end, order.reference):
        page = text(client.get(address("", theatre), {"q": query}))
        assert f"{voucher} " in page and f"{other} " not in page, query
    for query in ("nothing", "\0", "x" * 1000, "K7PM-3WXY-9QRT"):
        assert client.get(address("", theatre), {"q": query}).status_code == 200
    assert "No vouchers match “nobody”." in text(client.get(address("", theatre), {"q": "nobody"}))


def test_a_voucher_and_a_batch_are_blocked_and_unblocked(client, theatre):
    voucher, _other = issue(theatre, 2)

    client.post(address("-voucher-block", theatre, voucher.pk))
    client.post(address("-block", theatre, voucher.batch_id))
    page = text(client.get(address("-batch", theatre, voucher.batch_id)))
    assert "blocked 2" in page and "Nobody can use its vouchers." in page

    client.post(address("-block", theatre, voucher.batch_id), {"unblock": "1"})
    assert "open 1" in text(client.get(address("-batch", theatre, voucher.batch_id)))
    client.post(address("-voucher-block", theatre, voucher.pk), {"unblock": "1"})
    assert "open 2" in text(client.get(address("-batch", theatre, voucher.batch_id)))
    assert AuditEvent.objects.filter(action="VOUCHERS").count() == 5  # one for the issue


def test_the_box_office_looks_up_and_blocks_but_does_not_see_codes(client, theatre):
    [voucher] = issue(theatre)
    client.force_login(staff(theatre, BOX_OFFICE))

    assert "New vouchers" not in text(client.get(address("", theatre)))
    assert "Codes as CSV" not in text(client.get(address("-batch", theatre, voucher.batch_id)))
    assert client.post(address("-voucher-block", theatre, voucher.pk)).status_code == 303
    for name in ("-export", "-block", "-add"):
        args = {"-export": (voucher.batch_id, "csv"), "-block": (voucher.batch_id,)}.get(name, ())
        assert client.post(address(name, theatre, *args)).status_code in (403, 404, 405), name


def test_the_pages_need_as_many_queries_for_many_vouchers_as_for_one(client, theatre):
    def statements(url):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    one = issue(theatre)
    used(theatre, one[0])
    urls = [address("", theatre), address("-batch", theatre, one[0].batch_id)]
    few = [statements(url) for url in urls]
    for _number in range(30):
        VoucherBatch.objects.create(theatre=theatre, name="A", number=1, created_at=timezone.now())
        Voucher.objects.create(batch=one[0].batch)
    for voucher in one[0].batch.vouchers.order_by("pk")[1:3]:
        used(theatre, voucher)

    assert [statements(url) for url in urls] == few
    assert "Older" not in text(client.get(urls[0])) and "More" not in text(client.get(urls[1]))
    Voucher.objects.bulk_create(Voucher(batch=one[0].batch) for _number in range(30))
    assert "More" in text(client.get(urls[1]))


def test_pages_of_another_theatre_are_not_there(client, theatre):
    [foreign] = issue(TheatreFactory())

    for name, key in {"-batch": foreign.batch_id, "-voucher": foreign.pk}.items():
        assert client.get(address(name, theatre, key)).status_code == 404
    assert client.post(address("-voucher-block", theatre, foreign.pk)).status_code == 404
    assert f"{foreign} " not in text(client.get(address("", theatre), {"q": foreign.code}))
