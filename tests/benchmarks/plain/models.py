"""The tables of a plain booking."""

import secrets

from django.conf import settings
from django.db import models


def code() -> str:
    return secrets.token_urlsafe(16)


class Show(models.Model):
    title = models.CharField(max_length=200)
    screen = models.CharField(max_length=100)
    starts_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.title} {self.starts_at}"


class ShowSeat(models.Model):
    class Status(models.TextChoices):
        AVAILABLE = "AVAILABLE"
        BOOKED = "BOOKED"

    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="seats")
    row = models.CharField(max_length=5)
    number = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status, default=Status.AVAILABLE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["show", "row", "number"], name="plain_seat_unique")]

    def __str__(self) -> str:
        return f"{self.row}{self.number}"


class Booking(models.Model):
    code = models.CharField(max_length=22, unique=True, default=code)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    show = models.ForeignKey(Show, on_delete=models.PROTECT)
    seats = models.ManyToManyField(ShowSeat)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.code


class Payment(models.Model):
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT)
    code = models.CharField(max_length=22, unique=True, default=code)
    mode = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.CharField(max_length=10, default="PENDING")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.code
