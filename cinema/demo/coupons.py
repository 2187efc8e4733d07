"""Coupons of the demo: one with a code, one that needs none."""

from decimal import Decimal

from cinema.demo.translations import translations_of
from cinema.models import Coupon
from cinema.services.prices.coupons import CouponPlan

COUPONS = [
    CouponPlan(
        name="Weekday treat",
        name_translations=translations_of("Weekday treat"),
        code="MONSOON20",
        kind=Coupon.Kind.PERCENT,
        value=Decimal(20),
        weekdays=(0, 1, 2, 3),
        maximum=Decimal(200),
        most_uses=500,
        most_per_person=1,
    ),
    CouponPlan(
        name="Five for four",
        name_translations=translations_of("Five for four"),
        kind=Coupon.Kind.N_FOR_M,
        buy=5,
        pay=4,
    ),
]
