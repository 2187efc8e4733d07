"""Django's admin. Models with business rules (films, shows, seats, bookings, money) are read-only there."""

from cinema.admin import booking, counter, films, halls, money, people, prices, records, schedule

__all__ = ["booking", "counter", "films", "halls", "money", "people", "prices", "records", "schedule"]
