"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, home, order_seats, orders, show_cancellations, today

HERE = "theatres/<slug:slug>/"
ORDER = HERE + "orders/<slug:reference>/"

urlpatterns = [
    # The way in
    path("", home.home, name="staff"),
    # Today
    path(HERE, today.today, name="staff-today"),
    # Films
    # Theatres and people
    # Screens and their seats
    # Seats off sale
    # Schedule
    # Prices
    # Shows called off
    path(HERE + "shows/<key:pk>/cancellation/", show_cancellations.cancellation, name="staff-shows-cancel"),
    path(
        HERE + "shows/<key:pk>/cancellation/progress/",
        show_cancellations.cancellation_progress,
        name="staff-shows-cancel-progress",
    ),
    # Orders
    path(HERE + "orders/", orders.orders, name="staff-orders"),
    path(ORDER, orders.order, name="staff-orders-order"),
    path(ORDER + "resend/", orders.order_resend, name="staff-orders-resend"),
    path(ORDER + "cancel/", orders.order_cancel, name="staff-orders-cancel"),
    path(ORDER + "refund/", orders.order_refund, name="staff-orders-refund"),
    path(ORDER + "move/", order_seats.order_move, name="staff-orders-move"),
    path(ORDER + "exchange/", order_seats.order_exchange, name="staff-orders-exchange"),
    # Figures
    re_path("", access.nothing),
]
