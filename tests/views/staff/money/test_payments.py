"""Money in the back office: the payments of a day, what waits or does not fit, payouts and comparisons."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import Dispute, MoneyEntry, Payment, PaymentIncident, Payout, ReconciliationRun, Refund
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import BOX_OFFICE, MANAGER, ShowFactory, TheatreFactory, booked, due, sold, staff, ticket_of
from tests.views.browsers import answers, text

pytestmark = pytest.mark.django_db

LABEL = re.compile(r'<span class="cards-only">.*?</span>')
CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
NOTHING = "No payments are overdue.", "No refunds are overdue."


@pytest.fixture
def theatre(client):
    theatre = TheatreFactory(slug="galaxy")
    client.force_login(staff(theatre, MANAGER))
    return theatre


@pytest.fixture
def show(theatre):
    return ShowFactory(screen__theatre=theatre, screen__plan="aaaaaaaa")


def page(client, **query: str) -> str:
    return text(client.get(reverse("staff-payments", args=["galaxy"]), query))


def rows(client, section: str, **query: str) -> list[list[str]]:
    """The rows of the table of a section, each as the texts of its cells, without the labels for phones."""
    said = client.get(reverse("staff-payments", args=["galaxy"]), query).content.decode()
    part = LABEL.sub("", said.split(f'<h2 id="{section}">')[1].split("</section>")[0])
    lines = re.findall(r"<tr>(.*?)</tr>", part, re.DOTALL)[1:]
    return [
        [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in CELL.findall(line)] for line in lines
    ]


def failing(payment: Payment, error: str, since: timedelta = timedelta(minutes=16)) -> None:
    Payment.objects.filter(pk=payment.pk).update(failing_since=Now() - since, last_error=error)


def test_nothing_is_overdue_while_all_goes_its_ordinary_way(client, show):
    payment = booked(show, "A1")
    failing(payment, "PaymentsUnavailable", since=timedelta(minutes=14))
    due(payment, ago=timedelta(minutes=14))
    cancel_ticket(code=sold(show, "A2", buyer="ben").code)

    assert all(sentence in page(client) for sentence in NOTHING)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("PaymentsUnavailable", "The provider does not answer."),
        ("PaymentMismatch", "The provider reports a different amount."),
        ("OtherRefund", "The provider reports a different amount."),
        ("PaymentUndecided", "The provider cannot say whether this was paid."),
        ("ZeroDivisionError", "The provider’s answer was not understood (ZeroDivisionError)."),
    ],
)
def test_a_payment_that_fails_is_listed_with_its_order_and_why(client, show, error, why):
    payment = booked(show, "A1")
    failing(payment, error)

    said = page(client)

    assert why in said
    assert ticket_of(payment).order.name in said
    assert NOTHING[0] not in said


def test_a_payment_not_polled_in_time_is_listed(client, show):
    due(booked(show, "A1"), ago=timedelta(minutes=16))

    assert "Please check that the background jobs are running." in page(client)


def test_a_payment_that_is_decided_is_not_listed(client, show):
    failing(sold(show, "A1").order.payments.get(), "PaymentsUnavailable")

    assert NOTHING[0] in page(client)


def test_a_refund_that_takes_long_is_listed(client, show):
    cancel_ticket(code=sold(show, "A1").code)
    Refund.objects.update(created_at=Now() - timedelta(minutes=61), last_error="PaymentsUnavailable")

    assert "The provider does not answer." in page(client)
    assert NOTHING[1] not in page(client)


def test_what_is_overdue_at_another_theatre_is_not_listed(client, theatre):
    failing(booked(ShowFactory(), "A1"), "PaymentsUnavailable")

    assert NOTHING[0] in page(client)


def test_the_page_takes_the_same_few_statements_however_much_is_overdue(client, show, django_assert_max_num_queries):
    for number in range(1, 6):
        failing(booked(show, f"A{number}", buyer=str(number)), "PaymentsUnavailable")
        with django_assert_max_num_queries(12):
            page(client)


# Refused refunds, disputes, and reports that do not fit


@pytest.fixture
def refused(show) -> Refund:
    cancel_ticket(code=sold(show, "A1").code)
    Refund.objects.update(status=Refund.Status.FAILED, due_at=None, last_error="RefundRefused")
    return Refund.objects.get()


def settle(client, refund: Refund, **said):
    order = reverse("staff-orders-order", args=["galaxy", refund.ticket.reference])
    form = answers(client.get(order)) | {"refund": refund.pk, "reason": "paid in cash"} | said
    return client.post(f"{order}settle/", form, follow=True)


def test_a_refused_refund_is_listed_at_once_and_in_todays_problems(client, refused):
    assert "The provider refuses this refund." in page(client)
    assert "The payment provider refuses 1 refund of ₹250. Please settle it by hand." in text(
        client.get(reverse("staff-today", args=["galaxy"]))
    )


def test_a_refused_refund_is_settled_by_hand_on_the_orders_page(client, refused):
    answer = text(settle(client, refused))

    assert "The refund is marked as settled by hand." in answer
    assert "refund settled by hand" in answer
    assert "paid in cash" in answer
    refused.refresh_from_db()
    assert refused.status == Refund.Status.BY_HAND
    assert NOTHING[1] in page(client)


def test_settling_needs_a_note(client, refused):
    answer = settle(client, refused, reason="")

    assert answer.status_code == 400
    assert "This field is required." in text(answer)
    refused.refresh_from_db()
    assert refused.status == Refund.Status.FAILED


def test_an_open_dispute_is_shown_with_the_days_left(client, show):
    payment = sold(show, "A1").order.payments.get()
    now = timezone.now()
    Dispute.objects.create(
        payment=payment,
        gateway="stripe",
        dispute_id="dp_1",
        amount=250,
        status="OPEN",
        opened_at=now,
        respond_by=now + timedelta(days=9, hours=1),
    )
    elsewhere = sold(ShowFactory(), "A1", buyer="ben").order.payments.get()
    Dispute.objects.create(
        payment=elsewhere, gateway="stripe", dispute_id="dp_2", amount=999, status="OPEN", opened_at=now
    )

    said = page(client)
    assert "9 days left" in said
    assert "999" not in said
    today = text(client.get(reverse("staff-today", args=["galaxy"])))
    assert "disputes a payment of ₹250 with their bank. 9 days are left to answer." in today


def test_a_report_that_does_not_fit_is_shown_for_good(client, show):
    payment = booked(show, "A1")
    PaymentIncident.objects.create(payment=payment, kind="MISMATCH", reported="1.00 INR", created_at=timezone.now())
    today = reverse("staff-today", args=["galaxy"])
    assert "another amount or currency than asked for was paid" in text(client.get(today))

    PaymentIncident.objects.update(created_at=Now() - timedelta(days=400))

    assert "1.00 INR" in page(client)
    assert "another amount" not in text(client.get(today))


def test_the_page_takes_the_same_statements_for_any_number_of_lines(client, show):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    def add(number: int) -> None:
        payment = booked(show, f"A{number}", buyer=f"buyer {number}")
        now = timezone.now()
        facts = {"payment": payment, "gateway": "stripe", "amount": 1, "status": "OPEN", "opened_at": now}
        Dispute.objects.create(dispute_id=f"dp_{number}", **facts)
        PaymentIncident.objects.create(payment=payment, kind="MISMATCH", reported="1 INR", created_at=now)

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one


def test_the_orders_page_names_what_is_refused_disputed_and_does_not_fit(client, refused):
    payment, now = refused.payment, timezone.now()
    facts = {"payment": payment, "gateway": "stripe", "dispute_id": "dp_1", "amount": 250, "opened_at": now}
    Dispute.objects.create(status="LOST", **facts)
    PaymentIncident.objects.create(payment=payment, kind="OVER_REFUND", reported="50.01 INR", created_at=now)

    said = text(client.get(reverse("staff-orders-order", args=["galaxy", ticket_of(payment).reference])))

    assert "Refund refused ₹250" in said
    assert "Dispute ₹250 · lost" in said
    assert "50.01 INR more was refunded at the provider than was paid" in said
    assert "Refunded" not in said


# Payments of a day


def at(show, when: str) -> datetime:
    """A time of the theatre's clock."""
    return datetime.fromisoformat(when).replace(tzinfo=show.screen.theatre.tz)


def moved(show, *, kind: str = "CAPTURE", amount: int = 100, when: str = "2026-03-10 12:00", payment=None, **how: str):
    """An entry of a payment or refund by UPI through Stripe, or as ``how`` says."""
    payment = payment or sold(show, f"A{Payment.objects.count() + 1}").order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(**{"mode": "UPI", "gateway": "stripe"} | how)
    accounts = {"CAPTURE": ("clearing:stripe", "orders"), "REFUND_PAID": ("refunds", "clearing:stripe")}
    accounts |= {"REFUND_UNDONE": ("clearing:stripe", "refunds"), "BY_HAND": ("refunds", "by_hand")}
    debit, credit = accounts[kind]
    MoneyEntry.objects.create(
        at=at(show, when),
        theatre=show.screen.theatre,
        order=payment.order,
        payment=payment,
        kind="REFUND_PAID" if kind == "BY_HAND" else kind,
        debit=debit,
        credit=credit,
        amount=amount,
    )
    return payment


def test_the_payments_of_a_day_are_added_up_by_tender(client, show):
    first = moved(show, amount=250)
    moved(show, amount=100)
    moved(show, kind="REFUND_PAID", amount=50, payment=first)
    moved(show, amount=70, mode="CARD", gateway="razorpay")
    moved(show, kind="REFUND_PAID", amount=30, payment=first)
    moved(show, kind="REFUND_UNDONE", amount=30, payment=first)
    moved(show, kind="BY_HAND", amount=20, payment=first)

    assert rows(client, "received", day="2026-03-10") == [
        ["Card", "Razorpay", "1", "₹70.00", "–", "₹70.00"],
        ["UPI", "Stripe", "2", "₹350.00", "₹50.00", "₹300.00"],
        ["Settled by hand", "", "–", "–", "₹20.00", "-₹20.00"],
        ["Total", "", "3", "₹420.00", "₹70.00", "₹350.00"],
    ]


def test_a_day_ends_at_five_in_the_morning_at_the_theatre(client, show):
    moved(show, amount=1, when="2026-03-10 04:59:59")
    moved(show, amount=2, when="2026-03-10 05:00")
    moved(show, amount=4, when="2026-03-11 04:59:59")
    moved(show, amount=8, when="2026-03-11 05:00")

    assert rows(client, "received", day="2026-03-10")[-1][3] == "₹6.00"


def test_today_is_shown_by_default_with_links_to_the_days_beside_it(client, show):
    today = show.screen.theatre.trading_day(timezone.now())
    sold(show, "A1")

    said = client.get(reverse("staff-payments", args=["galaxy"])).content.decode()

    assert rows(client, "received")[-1][2:4] == ["1", "₹250.00"]
    for beside in (today - timedelta(days=1), today + timedelta(days=1)):
        assert f'href="?day={beside}"' in said


@pytest.mark.parametrize(
    ("now", "seen"),
    [
        ("2026-03-10 23:59", "₹2.00"),
        ("2026-03-11 00:01", "₹6.00"),
        ("2026-03-11 04:59", "₹6.00"),
        ("2026-03-11 05:59", "₹8.00"),
    ],
)
def test_today_goes_on_after_midnight_until_five(client, show, monkeypatch, now, seen):
    moved(show, amount=2, when="2026-03-10 20:00")
    if now > "2026-03-11 00:01":
        moved(show, amount=4, when="2026-03-11 00:01")
    if now == "2026-03-11 00:01":
        moved(show, amount=4, when=now)
    if now == "2026-03-11 05:59":
        moved(show, amount=8, when="2026-03-11 05:30")
    monkeypatch.setattr("cinema.views.staff.money.payments.timezone.now", lambda: at(show, now))
    assert rows(client, "received")[-1][3] == seen


def test_a_day_without_payments_says_so(client, theatre):
    assert "No money was received or refunded on this day." in page(client, day="2026-03-10")


def test_payments_at_another_theatre_are_not_counted(client, theatre):
    sold(ShowFactory(), "A1")

    assert "No money was received or refunded on this day." in page(client)


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "1999-12-31", "2100-01-02", "\0"])
def test_a_day_that_cannot_be_shown_is_not_found(client, theatre, day):
    assert client.get(reverse("staff-payments", args=["galaxy"]), {"day": day}).status_code == 404


def test_a_manager_downloads_the_payments_of_the_day(client, show):
    payment = moved(show, amount=250, when="2026-03-10 12:34:56")
    moved(show, kind="REFUND_PAID", amount=50, payment=payment)
    Payment.objects.update(capture_id="pi_1")
    export = reverse("staff-figures-export", args=["galaxy", "payments", "csv"])
    links = client.get(reverse("staff-payments", args=["galaxy"]), {"day": "2026-03-10"}).content.decode()
    address = unescape(links.split(f'href="{export}')[1].split('"')[0])

    sheet = b"".join(client.get(export + address)).decode("utf-8-sig").splitlines()

    reference = payment.order.reference
    assert sheet == [
        "Day,Time,Order,Kind,Mode,Provider,Provider’s reference,Received,Refunded",
        f"2026-03-10,12:00:00,{reference},refund paid out,UPI,stripe,,,50.00",
        f"2026-03-10,12:34:56,{reference},payment received,UPI,stripe,pi_1,250.00,",
    ]


def test_the_page_takes_the_same_statements_for_any_number_of_payments_and_payouts(client, show):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    counts = set()
    for number in (1, 2, 3):
        sold(show, f"A{number}", buyer=str(number))
        payout(payout_id=f"po_{number}")
        ReconciliationRun.objects.update_or_create(gateway="sandbox", defaults=run(compared=number))
        counts.add(statements())
    assert len(counts) == 1


# Payouts and comparisons


def payout(**changes: object) -> Payout:
    facts = {"gateway": "stripe", "payout_id": "po_1", "amount": 240, "status": "PAID", "booked": 240}
    facts |= {"payments": 500, "refunds": 250, "fees": 10, "other": 0, "foreign": 0}
    return Payout.objects.create(**{"arrives_on": date.today(), "created_at": timezone.now()} | facts | changes)


def run(**changes: object) -> dict[str, object]:
    facts = {"started_at": timezone.now(), "compared": 9, "booked": 1, "foreign": 0, "fees": 0, "payouts": 0}
    return {"differences": 0, "is_complete": True} | facts | changes


def test_payouts_of_the_last_30_days_are_shown_with_what_they_contain(client, theatre):
    payout()
    payout(payout_id="po_old", arrives_on=date.today() - timedelta(days=32))

    [line] = rows(client, "payouts")

    assert line[1:] == ["Stripe po_1", "₹500.00", "₹250.00", "₹10.00", "–", "₹240.00", "paid"]


def test_a_payout_that_nobody_can_itemize_says_so(client, theatre):
    payout(payments=None, refunds=None, fees=None, other=None, foreign=None)

    assert "The provider does not say what it contains." in rows(client, "payouts")[0]


def test_a_payout_that_does_not_fit_says_why(client, theatre):
    payout(difference="CONTENTS")
    payout(payout_id="po_2", difference="CURRENCY", currency="EUR", foreign=Decimal(5))

    said = page(client)

    assert "the amount is not the sum of what it contains" in said
    assert "240.00 EUR" in said
    assert "₹5.00 of others" in said


def test_the_last_comparison_with_each_provider_is_shown(client, theatre):
    ReconciliationRun.objects.create(gateway="sandbox", **run(differences=2, is_complete=False))
    ReconciliationRun.objects.create(gateway="forgotten", **run(compared=77))

    said = page(client)

    assert "9 compared, 2 differences. The provider did not answer to the end." in said
    assert "77" not in said


def test_the_box_office_sees_its_payments_but_no_payouts(client, show):
    client.force_login(staff(show.screen.theatre, BOX_OFFICE))
    sold(show, "A1")
    payout()

    said = page(client)

    assert "Total" in said
    assert "CSV" not in said
    assert "po_1" not in said
    assert "Comparison" not in said


def test_a_difference_says_when_a_comparison_found_it_the_last_time(client, show):
    payment, now = booked(show, "A1"), timezone.now()
    PaymentIncident.objects.create(payment=payment, kind="NOT_PAID", reported="0.00 INR", created_at=now, seen_at=now)

    said = page(client)

    assert "last found" in said
    assert "Nothing was booked for these" not in said
