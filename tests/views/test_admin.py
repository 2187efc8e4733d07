"""Django's admin, for looking inside."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import CompositePrimaryKey
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema import models
from cinema.services.core import audit
from cinema.services.figures.days import close_day
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.tills import CashMove, move_cash
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.people.pins import set_pin
from cinema.services.people.shared_browsers import share_browser
from cinema.services.people.tokens import create_token, user_of_token
from tests.factories import (
    PASSWORD,
    ShowFactory,
    UserFactory,
    counter_sale,
    gift_card,
    on_invoice,
    parked,
    price_card,
    sold,
    tax_rule,
    till_session,
    vouchers,
    waiting,
)
from tests.views.browsers import brief_admin

pytestmark = pytest.mark.django_db


def is_composite(model):
    """Whether its key has several columns, which Django's admin does not know."""
    return isinstance(model._meta.pk, CompositePrimaryKey)


MODELS = [
    model
    for model in (getattr(models, name) for name in models.__all__)
    if hasattr(model, "_meta") and not is_composite(model)
]
EDITABLE = {models.User, models.Genre, models.Language}


@pytest.fixture
def boss(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    with brief_admin():
        yield user


def address(model, page="changelist", *args):
    return reverse(f"admin:cinema_{model._meta.model_name}_{page}", args=args)


def fill(count, user):
    """``count`` more of nearly everything."""
    for _number in range(count):
        show = ShowFactory(screen__rows=1, screen__columns=2)
        payment = sold(show, "A1").order.payments.get()
        models.PaymentKey.objects.create(payment=payment, key=payment.code, fingerprint="")
        report(payment)
        cancel_ticket(code=sold(show, "A2").code)
        issue_due_receipts()
        waiting(show, party=2)
        create_token(user=user, label="Kiosk")
        models.JobLease.objects.create(name=f"job {show.pk}", due_at=timezone.now())
        models.Genre.objects.create(name=f"Genre {show.pk}", slug=f"genre-{show.pk}")
        models.Language.objects.create(name=f"Language {show.pk}", code=f"x{show.pk}")
        UserFactory()
        manage(show, user)


def report(payment):
    """What a provider reports of a payment."""
    now = timezone.now()
    models.ProviderEvent.objects.create(gateway="stripe", event_id=payment.code, kind="PAYMENT", received_at=now)
    models.Dispute.objects.create(
        payment=payment, gateway="stripe", dispute_id=payment.code, amount=250, status="OPEN", opened_at=now
    )
    models.MoneyEntry.objects.create(at=now, kind="PAYOUT", debit="bank", credit="clearing:stripe", amount=1)
    models.PaymentIncident.objects.create(payment=payment, kind="MISMATCH", reported="1 INR", created_at=now)
    models.ProviderFee.objects.create(
        payment=payment, gateway="stripe", fee_id=payment.code, amount=5, currency="INR", created_at=now
    )
    models.Payout.objects.create(
        gateway="stripe", payout_id=payment.code, amount=245, status="PAID", arrives_on=now.date(), created_at=now
    )
    counts = dict.fromkeys(("compared", "booked", "foreign", "fees", "payouts", "differences"), 0)
    models.ReconciliationRun.objects.create(gateway=payment.code, started_at=now, is_complete=True, **counts)


def manage(show, user):
    """What staff keep beside a show."""
    theatre = show.screen.theatre
    models.Appearance.objects.create(theatre=theatre, name=theatre.name)
    category = show.screen.seats.first().category
    card = price_card(theatre)
    kind = card.prices.first().ticket_type
    tax_rule(theatre, 18)
    models.PriceAdjustment.objects.create(card=card, name="Evening", amount=50)
    gift_card(theatre)
    session = till_session(theatre, user)
    move_cash(theatre=theatre, code=session.code, move=CashMove("DROP", Decimal(1), "", session.code), by=user)
    yesterday = theatre.trading_day(timezone.now()) - timedelta(days=1)
    close_day(theatre=theatre, day=yesterday, by=user)
    set_pin(theatre=theatre, user=user, pin="4711", by=user)
    share_browser(theatre=theatre, by=user)
    parked(session, ShowFactory(screen__theatre=theatre), "A1")
    vouchers(theatre)
    invoice = on_invoice(session, counter_sale(session, ShowFactory(screen__theatre=theatre), "A1", buyer=session.code))
    paid = MoneyReceived("TRANSFER", Decimal(10), session.code, "T 4711")
    pay_invoice(theatre=theatre, code=invoice.code, paid=paid, by=user)
    sale, now = show.tickets.first(), timezone.now()
    models.PassRegistration.objects.create(ticket=sale, device=sale.code, version=1, changed_at=now)
    models.GooglePass.objects.create(ticket=sale, version=1)
    upgrade = {"hold": sale.hold, "seat_ids": [], "changes": 0}
    models.SeatUpgrade.objects.create(payment=sale.order.payments.first(), ticket=sale, **upgrade)
    printer = models.Printer.objects.create(till=session.till, name="Star", digest=session.code)
    job = {"session": session, "order": sale.order, "kind": "COPY", "by": user}
    models.PrintJob.objects.create(printer=printer, created_at=now, until=now, **job)
    done = {"order": sale.order, "kind": "REPRINT", "by": user, "at": now}
    models.CounterAction.objects.create(session=session, seats=2, **done)
    prices = {"price": 0, "list_price": 250, "reason": "GUEST", "by": user, "allowed_by": user}
    models.AllowedPrice.objects.create(hold=sale.hold, show_seat=show.seats.first(), **prices)
    scan = {"key": sale.code, "outcome": "ADMITTED", "scanned_at": now, "received_at": now}
    check = models.CheckIn.objects.create(theatre=theatre, ticket=sale, show=show, user=user, **scan)
    models.SettledConflict.objects.create(check_in=check, user=user)
    hired = {"starts_at": show.ends_at, "ends_at": show.ends_at + timedelta(hours=1), "trading_day": show.trading_day}
    models.PrivateHire.objects.create(screen=show.screen, occasion="Birthday", contact="Asha", **hired)
    models.Season.objects.create(title=f"Season {show.pk}", slug=f"season-{show.pk}", theatre=theatre)
    models.ShowNote.objects.create(show=show, text="A school comes", key="note", written_by=user)
    models.Coupon.objects.create(theatre=theatre, name="Ten percent off", value=10)
    tariff = models.Tariff.objects.create(theatre=theatre, digest=f"{show.pk}")
    models.TariffPrice.objects.create(tariff=tariff, category=category, ticket_type=kind, amount=250)
    models.StaffRole.objects.create(theatre=theatre, user=user, role=models.StaffRole.Role.MANAGER)
    models.AuditEvent.objects.create(theatre=theatre, user=user, action=models.AuditEvent.Action.SHOW, subject=show)
    event = models.AuditEvent.objects.latest("pk")
    counts = dict.fromkeys(("created", "updated", "already_there", "skipped_in_all", "warnings_in_all"), 0)
    models.FilmImport.objects.create(event=event, **counts)
    models.Edit.objects.create(event=event, kind="show", key=show.pk, version=1)
    models.StaffAction.objects.create(event=event, ticket=show.tickets.first(), key="one")
    now = timezone.now()
    models.LegalText.objects.create(kind="terms", version=show.pk, text="Be kind.", created_at=now)
    models.MailRequest.objects.create(to="a fingerprint", at=now)
    models.FingerprintKey.objects.create(period=1, secret="not to be seen")
    models.FilmAlert.objects.create(movie=show.movie, email=f"{show.pk}@example.org", created_at=now)
    models.ReminderStop.objects.create(email=f"{show.pk}@example.org")
    models.EmailProof.objects.create(email="ben@example.org", created_at=now)
    models.FailedTry.objects.create(kind="TICKET", at=now)
    block = models.SeatBlock.objects.create(screen=show.screen, kind="BROKEN", from_day=now.date(), created_at=now)
    models.HouseSeatRelease.objects.create(block=block, show=show)
    models.SummedWeek.objects.create(screen=show.screen, monday=now.date(), shows=1, keys=show.pk, changes=1)
    models.ShowCancellation.objects.create(show=show, remedy="REFUND", reason="Power cut", created_at=now)


def test_every_model_is_there():
    assert set(MODELS) <= set(admin.site._registry)


def statements(client, model):
    """How many SQL statements the list of a model needs."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(model)).status_code == 200
    return len(queries)


def test_every_list_needs_as_many_queries_for_many_as_for_one(client, boss, share):
    fill(1, boss)
    for_one = {model: statements(client, model) for model in share(MODELS, 0, of=6)}
    fill(2, boss)

    assert {model: statements(client, model) for model in for_one} == for_one
    assert max(for_one.values()) <= 12


def test_every_list_can_be_searched(client, boss, share):
    found = {model: client.get(address(model), {"q": "7"}).status_code for model in share(MODELS, 1, of=6)}

    assert set(found.values()) == {200}, found


def test_what_has_rules_can_only_be_looked_at(client, boss, share):
    fill(1, boss)

    for model in set(share(MODELS, 2, of=6)) - EDITABLE:
        row = model.objects.first()
        assert client.get(address(model, "change", row.pk)).status_code == 200, model
        assert client.post(address(model, "change", row.pk), {}).status_code == 403, model
        assert client.get(address(model, "add")).status_code == 403, model
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model


def test_the_rest_can_be_edited(client, boss):
    fill(1, boss)

    for model in EDITABLE:
        assert client.get(address(model, "add")).status_code == 200, model
        assert client.get(address(model, "change", model.objects.first().pk)).status_code == 200, model


def test_a_user_made_here_can_sign_in_whatever_the_case_of_the_address(client, boss):
    data = {"email": "Ben@Example.org", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    client.post(address(models.User, "add"), data)
    client.logout()

    answer = client.post(reverse("sign-in"), {"username": "BEN@example.org", "password": PASSWORD})
    assert answer.status_code == 302


def test_rights_given_and_taken_here_stand_in_the_audit_trail(client, boss):
    ben = UserFactory(email="ben@example.org")

    client.post(address(models.User, "change", ben.pk), {"email": ben.email, "is_active": "on", "is_superuser": "on"})

    [role] = models.AuditEvent.objects.filter(action="ROLE")
    assert (role.user, role.person, role.subject) == (boss, ben, f"account {ben.pk}")
    assert role.details == {"is_superuser": [False, True]}


def test_closing_an_account_ends_its_tokens_for_good(client, boss):
    ben = UserFactory(email="ben@example.org")
    _, secret = create_token(user=ben, label="Kiosk")

    client.post(address(models.User, "change", ben.pk), {"email": ben.email})
    assert user_of_token(secret=secret) is None

    client.post(address(models.User, "change", ben.pk), {"email": ben.email, "is_active": "on"})
    assert models.User.objects.get(pk=ben.pk).is_active
    assert user_of_token(secret=secret) is None


def test_a_password_chosen_here_for_somebody_ends_their_tokens(client, boss):
    ben = UserFactory(email="ben@example.org")
    _, secret = create_token(user=ben, label="Kiosk")
    page = reverse("admin:auth_user_password_change", args=[ben.pk])

    client.post(page, {"usable_password": "true", "password1": "a wholly new one", "password2": "another"})
    assert user_of_token(secret=secret) == ben

    client.post(page, {"usable_password": "true", "password1": "a wholly new one", "password2": "a wholly new one"})
    assert user_of_token(secret=secret) is None
    assert models.AuditEvent.objects.filter(action="TOKEN").latest("pk").user == boss


@pytest.mark.parametrize("page", ["change", "delete"])
def test_what_is_changed_or_deleted_here_stands_in_the_audit_trail(client, boss, page):
    drama = models.Genre.objects.create(name="Drama", slug="drama")

    client.post(address(models.Genre, page, drama.pk), {"name": "Comedy", "slug": "comedy", "post": "yes"})

    [event] = models.AuditEvent.objects.filter(action="ADMIN")
    assert (event.user, event.details["kind"], event.details["key"]) == (boss, "genre", drama.pk)


def test_staff_only(client):
    client.force_login(UserFactory())

    assert client.get(address(models.Ticket)).status_code == 302


def test_a_user_without_access_gets_no_second_password_form(client):
    client.force_login(UserFactory())

    refusal = client.get(reverse("admin:login"))

    assert refusal.status_code == 403
    assert "password" not in refusal.content.decode()
    assert client.post(reverse("admin:login"), {"username": "a@b.example", "password": PASSWORD}).status_code == 403


def test_a_user_with_access_is_redirected_to_the_index(client, boss):
    assert client.get(reverse("admin:login"))["Location"] == reverse("admin:index")


def test_the_audit_trail_shows_the_present_address_of_the_account_it_names_by_key(client, boss):
    ben = UserFactory(email="ben@example.org", name="")
    audit.note(action=models.AuditEvent.Action.ROLE, user=boss, subject=ben)
    models.User.objects.filter(pk=ben.pk).update(email="benedict@example.org")

    page = client.get(address(models.AuditEvent)).content.decode()

    assert "benedict@example.org" in page
    assert f"account {ben.pk}" in page


def test_an_account_changed_here_leaves_no_name_in_any_log(client, boss):
    ben = UserFactory(email="ben@example.org", name="Ben")

    client.post(address(models.User, "change", ben.pk), {"email": ben.email, "name": "Bence", "is_active": "on"})

    assert not LogEntry.objects.exists()
    assert models.AuditEvent.objects.get().person == ben


def test_the_key_of_fingerprints_is_not_shown(client, boss):
    key = models.FingerprintKey.objects.create(period=1, secret="not to be seen")

    pages = [client.get(address(models.FingerprintKey)), client.get(address(models.FingerprintKey, "change", key.pk))]

    assert not any("not to be seen" in page.content.decode() for page in pages)
