"""The order of locks: services.core.locking."""

import inspect
import re

from cinema.services.core import locking


def test_the_written_order_names_the_tables_that_are_locked():
    written = re.findall(r"\b[A-Z]\w+(?= ->|;)", locking.__doc__)
    locked = re.findall(r"\b(\w+)\.objects\.select_for_update", inspect.getsource(locking))

    through_others = {"TicketSeat": "ShowSeat"}  # of=("show_seat",)
    with_others = {"Order", "TicketSeat"}  # of=("order", …) and, at the door, of=("self",)
    assert {through_others.get(name, name) for name in locked} | with_others == set(written)
