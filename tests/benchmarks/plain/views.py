"""The one request: POST /api/book/."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.benchmarks.plain.models import Booking, Payment, Show, ShowSeat


class SeatsTaken(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "Some of these seats are taken."


class BookSerializer(serializers.Serializer):
    show_id = serializers.PrimaryKeyRelatedField(queryset=Show.objects.all(), source="show")
    seat_ids = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=10)
    payment_mode = serializers.ChoiceField(["CARD", "UPI"])


class ShowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Show
        fields = ["id", "title", "screen", "starts_at"]


class SeatSerializer(serializers.ModelSerializer):
    class Meta:
        model = ShowSeat
        fields = ["id", "row", "number", "price"]


class PaymentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Payment
        fields = ["code", "mode", "amount", "status"]


class BookingSerializer(serializers.ModelSerializer):
    show = ShowSerializer()
    seats = SeatSerializer(many=True)
    payment = PaymentSerializer()

    class Meta:
        model = Booking
        fields = ["code", "show", "seats", "amount", "created_at", "payment"]


class Book(APIView):
    def post(self, request: Request) -> Response:
        wish = BookSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        booking = book(user=request.user, **wish.validated_data)
        return Response(BookingSerializer(booking).data, status=status.HTTP_201_CREATED)


@transaction.atomic
def book(*, user: Any, show: Show, seat_ids: Sequence[int], payment_mode: str) -> Booking:
    """Book the seats, which stay locked until the commit, so that nobody else gets them."""
    seats = list(ShowSeat.objects.select_for_update().filter(show=show, pk__in=seat_ids).order_by("pk"))
    if len(seats) < len(set(seat_ids)) or any(seat.status != ShowSeat.Status.AVAILABLE for seat in seats):
        raise SeatsTaken
    booking = Booking.objects.create(user=user, show=show, amount=sum(seat.price for seat in seats))
    booking.seats.set(seats)
    ShowSeat.objects.filter(pk__in=[seat.pk for seat in seats]).update(status=ShowSeat.Status.BOOKED)
    Payment.objects.create(booking=booking, mode=payment_mode, amount=booking.amount)
    return booking
