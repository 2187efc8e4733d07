"""Vouchers of the demo: a batch for a company."""

from decimal import Decimal

from cinema.services.money.vouchers import VoucherPlan

VOUCHERS = [
    VoucherPlan(name="Thank you, team", issued_to="Monsoon Software", number=50, face_value=Decimal(180)),
    VoucherPlan(name="Matinee for partners", number=20, weekdays=(0, 1, 2, 3, 4)),
]
