"""Make the plain booking's tables and fill them; print as JSON what can be booked: see sides.Stock.

Run by tests.benchmarks.sides as a program of its own, since one process has one set of settings.
"""

import json
import sys
from datetime import timedelta

import django
from django.core.management import call_command
from django.utils import timezone

SEATS_IN_A_ROW = 20


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)
    print(json.dumps(_fill(shows=int(sys.argv[1]), seats=int(sys.argv[2]), users=int(sys.argv[3]))))


def _fill(*, shows: int, seats: int, users: int) -> dict[str, object]:
    from django.contrib.auth.models import User
    from rest_framework.authtoken.models import Token

    from tests.benchmarks.plain.models import Show, ShowSeat

    people = User.objects.bulk_create(User(username=f"asha{n}", password="!") for n in range(users))
    tokens = Token.objects.bulk_create(Token(user=person, key=Token.generate_key()) for person in people)
    tomorrow = timezone.now() + timedelta(days=1)
    made = Show.objects.bulk_create(
        Show(title=f"The Film {n}", screen=f"Screen {n % 4 + 1}", starts_at=tomorrow) for n in range(shows)
    )
    ShowSeat.objects.bulk_create(
        ShowSeat(show=show, row=chr(65 + n // SEATS_IN_A_ROW), number=n % SEATS_IN_A_ROW + 1, price=250)
        for show in made
        for n in range(seats)
    )
    seats_of = {show.pk: sorted(show.seats.values_list("pk", flat=True)) for show in made}
    return {"tokens": [token.key for token in tokens], "shows": list(seats_of.items())}


if __name__ == "__main__":
    main()
