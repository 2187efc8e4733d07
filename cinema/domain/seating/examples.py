"""Example halls to start from. The letters a, b and c stand for the theatre's first three seat categories."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cinema.domain.seating.drawings import read_spots
from cinema.domain.seating.layout import Spot

STRAIGHT, CURVED = "STRAIGHT", "CURVED"  # as Screen.Shape


class Example(NamedTuple):
    key: str
    name: str | Promise
    shape: str
    plan: str


SMALL = """
kwaaaaaawk
aaaaaaaaaa
aaaaaaaaaa
bbbbbbbbbb
bbbbbbbbbb
bbbbbbbbbb
"""

MIDDLE_AISLE = """
..kwaaaa.aaaawk..
aaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaa

bbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbb
cccccccc.cccccccc
cccccccc.cccccccc
"""

LOVE_SEATS = """
..kw.aaaaaaaa.wk..
.aaa.aaaaaaaa.aaa.
aaaa.aaaaaaaa.aaaa
aaaa.aaaaaaaa.aaaa
bbbb.bbbbbbbb.bbbb
bbbb.bbbbbbbb.bbbb
bbbb.bbbbbbbb.bbbb
bbbb.bbbbbbbb.bbbb
CC.CC.CC.CC.CC.CC
"""

STAGGERED = """
,kwaaaaaaaawk
aaaaaaaaaaaaa
,aaaaaaaaaaaa
aaaaaaaaaaaaa
,bbbbbbbbbbbb
bbbbbbbbbbbbb
,bbbbbbbbbbbb
bbbbbbbbbbbbb
"""

TWO_AISLES = """
....kwwk.aaaaaaaaaaaa.kwwk....
aaaaaaaa.aaaaaaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaaaaaa.aaaaaaaa
aaaaaaaa.aaaaaaaaaaaa.aaaaaaaa

bbbbbbbb.bbbbbbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbbbbbb.bbbbbbbb
bbbbbbbb.bbbbbbbbbbbb.bbbbbbbb
cccccccc.cccccccccccc.cccccccc
cccccccc.cccccccccccc.cccccccc
..cccccc.cccccccccccc.cccccc..
"""

EXAMPLES = [
    Example("small", _("Small, straight rows"), STRAIGHT, SMALL),
    Example("aisle", _("200 seats, middle aisle"), STRAIGHT, MIDDLE_AISLE),
    Example("love", _("Curved, love seats at the back"), CURVED, LOVE_SEATS),
    Example("staggered", _("Staggered rows"), STRAIGHT, STAGGERED),
    Example("large", _("Large, two aisles and a cross aisle"), CURVED, TWO_AISLES),
]


def example_spots(example: Example, categories: Sequence[int]) -> list[Spot]:
    """The seats of the example. ``categories`` are keys, the plainest first; the last stands in for missing ones."""
    many = [categories[min(i, len(categories) - 1)] for i in range(3)]
    return read_spots(example.plan, many)
