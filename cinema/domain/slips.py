"""What stands on a slip of paper from a receipt printer, line by line, in the words of a language."""

from collections.abc import Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """A text in the middle, which may be ``large`` and then is bold."""

    text: str
    large: bool = False


class Pair(NamedTuple):
    """A text where lines begin, and where they end what belongs to it, such as an amount; bold for a sum."""

    first: str
    last: str
    bold: bool = False


class Code(NamedTuple):
    """The QR code of a link to ``path``."""

    path: str


class Rule(NamedTuple):
    """A dashed line from side to side, where the paper may be cut by hand."""


Part = Line | Pair | Code | Rule
Slip = Sequence[Part]
