"""Reads about coupons for staff."""

from typing import NamedTuple

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from cinema.domain.money import exact
from cinema.models import Coupon, OrderLine, Theatre
from cinema.models.annotated import CouponWithFigures
from cinema.selectors.booking.coupons import uses


class CouponList(NamedTuple):
    """The coupons of a theatre, and those of all theatres: in use, and ended."""

    current: list[CouponWithFigures]
    ended: list[CouponWithFigures]


def coupons_at(theatre: Theatre) -> CouponList:
    """The coupons of the theatre and of all theatres, by name; ``given`` is what they have taken off there."""
    lines: QuerySet[OrderLine] = uses(Coupon.objects.all()).filter(order__theatre=theatre, coupon=OuterRef("pk"))
    sums = lines.order_by().values("coupon").annotate(sum=Sum("amount")).values("sum")
    amount = DecimalField(max_digits=12, decimal_places=2)
    coupons = _own(theatre).annotate(given=Coalesce(Subquery(sums), Value(0), output_field=amount))
    found = list(coupons.select_related("movie").prefetch_related("ticket_types"))
    for coupon in found:
        coupon.given = -exact(coupon.given)
    return CouponList([one for one in found if not one.ended_at], [one for one in found if one.ended_at])


def coupon_at(theatre: Theatre, pk: int) -> Coupon | None:
    """A coupon of the theatre or of all theatres, or None."""
    return _own(theatre).filter(pk=pk).first()


def _own(theatre: Theatre) -> QuerySet[Coupon]:
    return Coupon.objects.filter(Q(theatre=theatre) | Q(theatre=None))
