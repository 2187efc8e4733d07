"""Coupons, edited by managers: services.prices.coupons."""

from decimal import Decimal

import pytest

from cinema.exceptions import (
    AmountTooPrecise,
    CouponCodeTaken,
    CouponUsedMore,
    EditConflict,
    UnknownTicketType,
)
from cinema.models import AuditEvent, Coupon, Edit, Theatre
from cinema.selectors.prices.coupons import coupon_at, coupons_at
from cinema.services.halls.theatres import add_theatre
from cinema.services.prices.coupons import CouponPlan, add_coupon, change_coupon, end_coupon
from cinema.services.prices.ticket_types import TicketTypeTerms, add_ticket_types
from tests.factories import MANAGER, TheatreFactory, coupon, owner, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def asha(theatre):
    return staff(theatre, MANAGER, name="Asha")


def plan(**fields) -> CouponPlan:
    return CouponPlan(**{"name": "Summer", "code": "summer-20", "kind": "PERCENT", "value": Decimal(20)} | fields)


def test_a_coupon_keeps_its_code_in_capitals_without_punctuation(theatre, asha):
    made = add_coupon(theatre=theatre, plan=plan(), user=asha)
    assert (made.code, made.theatre, made.used) == ("SUMMER20", theatre, 0)
    event = AuditEvent.objects.get(action="PRICES")
    assert (event.user, event.subject, event.details["changes"]["code"]) == (asha, "Summer", [None, "SUMMER20"])


def test_a_code_is_taken_only_once_at_all_theatres(theatre, asha):
    add_coupon(theatre=TheatreFactory(), plan=plan(), user=None)
    with pytest.raises(CouponCodeTaken, match="SUMMER20"):
        add_coupon(theatre=theatre, plan=plan(code="Summer 20"), user=asha)
    other = add_coupon(theatre=theatre, plan=plan(code="other"), user=asha)
    with pytest.raises(CouponCodeTaken):
        change_coupon(theatre=theatre, pk=other.pk, plan=plan(), version=0, user=asha)


def test_an_automatic_coupon_marks_the_theatres_where_it_is_given(theatre, asha):
    TheatreFactory()
    add_coupon(theatre=theatre, plan=plan(code=""), user=asha)
    assert set(Theatre.objects.filter(has_automatic_coupons=True)) == {theatre}
    add_coupon(theatre=theatre, plan=plan(code="", everywhere=True), user=asha)
    assert not Theatre.objects.filter(has_automatic_coupons=False).exists()


def test_a_new_theatre_gives_the_automatic_coupons_of_all_theatres(theatre, asha):
    add_coupon(theatre=theatre, plan=plan(code="", everywhere=True), user=asha)
    names = ("cancel_cutoff", "refund_percent", "companion_release", "trailers", "turnaround", "doors", "sales_cutoff")
    settings = dict.fromkeys(names, 10) | {"name": "New", "city": "Pune", "address": "1", "time_zone": "Asia/Kolkata"}
    settings |= {"single_seats": "ALLOW", "carer_free": False}
    assert add_theatre(settings=settings, user=owner()).has_automatic_coupons


def test_two_who_edit_the_same_coupon_are_told(theatre, asha):
    made = add_coupon(theatre=theatre, plan=plan(), user=asha)
    change_coupon(theatre=theatre, pk=made.pk, plan=plan(value=Decimal(30)), version=0, user=asha)
    with pytest.raises(EditConflict) as conflict:
        change_coupon(theatre=theatre, pk=made.pk, plan=plan(name="Autumn"), version=0, user=asha)
    assert [(change.field, change.before, change.after) for change in conflict.value.changes] == [
        ("value", "20.00", "30.00")
    ]
    assert Edit.objects.filter(kind="coupon", key=made.pk).count() == 2


def test_a_limit_cannot_be_lower_than_the_uses(theatre, asha):
    made = coupon(theatre, code="TEN", used=3)
    with pytest.raises(CouponUsedMore, match="3 times"):
        change_coupon(theatre=theatre, pk=made.pk, plan=plan(most_uses=2), version=0, user=asha)
    assert change_coupon(theatre=theatre, pk=made.pk, plan=plan(most_uses=3), version=0, user=asha).most_uses == 3


def test_amounts_have_the_smallest_unit_of_the_currency(theatre, asha, settings):
    settings.CURRENCY = "JPY"
    for fields in ({"kind": "AMOUNT", "value": Decimal("0.5")}, {"minimum": Decimal("0.5")}):
        with pytest.raises(AmountTooPrecise):
            add_coupon(theatre=theatre, plan=plan(**fields), user=asha)
    add_coupon(theatre=theatre, plan=plan(value=Decimal("2.5")), user=asha)


def test_ticket_types_are_those_of_the_theatre(theatre, asha):
    there = add_ticket_types(theatre=TheatreFactory(), types=[TicketTypeTerms("Adult")], user=None)
    with pytest.raises(UnknownTicketType):
        add_coupon(theatre=theatre, plan=plan(ticket_types=there), user=asha)
    here = add_ticket_types(theatre=theatre, types=[TicketTypeTerms("Adult")], user=None)
    made = add_coupon(theatre=theatre, plan=plan(ticket_types=here), user=asha)
    assert list(made.ticket_types.all()) == here


def test_a_coupon_is_ended_and_taken_again(theatre, asha):
    made = add_coupon(theatre=theatre, plan=plan(), user=asha)
    assert end_coupon(theatre=theatre, pk=made.pk, ended=True, user=asha).ended_at
    assert [len(coupons) for coupons in coupons_at(theatre)] == [0, 1]
    assert not end_coupon(theatre=theatre, pk=made.pk, ended=False, user=asha).ended_at
    assert AuditEvent.objects.filter(action="PRICES").count() == 3


def test_coupons_of_other_theatres_are_out_of_reach(theatre, asha):
    there, everywhere = coupon(TheatreFactory(), code="THERE"), coupon(None, code="ALL")
    assert coupon_at(theatre, there.pk) is None
    assert coupon_at(theatre, everywhere.pk) == everywhere
    assert [one.code for one in coupons_at(theatre).current] == ["ALL"]
    with pytest.raises(Coupon.DoesNotExist):
        end_coupon(theatre=theatre, pk=there.pk, ended=True, user=asha)
