"""Mutated forms and bodies, made from valid ones, reproducible by seed."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

Said = dict[str, Any]

NUMBERS = (
    *("", " ", "0", "-1", "1", "0.01", "-0.01", "1e9", "-1e9", "1e999", "99999999.99", "100000000000", "9" * 30, "NaN"),
    *("sNaN", "Infinity", "-Infinity", "٣٠٠", "３００", "²", "1,000", "0x10", "0b1", "600.001", "6e2", "+600", "--5"),
    *("null", "None", "true", "[]", "{}", "[1]", "1;2", "1 OR 1=1", "' OR ''='", "\0", "1\0", "\u202e600", "250\n250"),
)
TEXTS = (
    *(
        "",
        "\0",
        "\ud7ff",
        "x" * 500,
        "<script>alert(1)</script>",
        "a\r\nBcc: x@example.org",
        "{{ 7*7 }}",
        "' OR 1=1 --",
    ),
    *(
        "x@",
        "@x.org",
        "a@b.c",
        f"{'a' * 64}@{'b.' * 120}org",
        "üñí@exämple.org",
        "+91 98200 12345",
        "０９８",
        "UPI ",
        "upi",
    ),
)
# What a careless view might read.
EXTRA = (
    *("price", "amount", "total", "discount", "currency", "status", "paid", "is_staff", "user", "user_id", "ticket"),
    *("ticket_id", "hold", "hold_id", "code", "show", "show_id", "refund", "refund_percent", "seen", "staff", "insist"),
    *("buyer", "owner", "update", "gateway", "payment", "types", "seat_ids", "mode", "key", "seats", "version"),
)
WRONG_TYPES = (None, True, False, 0, -1, 1.5, 1e308, 10**40, "", "1", [], {}, [[]], {"a": 1}, ["1", 1], [None], "\0")


class Mutator:
    """Makes mutants of valid forms. ``foreign`` are keys of other owners' seats, ticket types and shows."""

    def __init__(self, seed: int, foreign: list[int]) -> None:
        self.chance, self.foreign = random.Random(seed), foreign

    def forms(self, good: Mapping[str, Any], number: int) -> Iterator[Said]:
        """So many mutants of a form; the values of ``good`` are texts or lists of texts."""
        return (
            self._mutant(good, [self._other, self._drop, self._double, self._add, self._theirs]) for _ in range(number)
        )

    def bodies(self, good: Mapping[str, Any], number: int) -> Iterator[Said]:
        """So many mutants of a JSON body."""
        ways = [self._other, self._drop, self._add, self._theirs, self._mistype, self._mistype]
        return (self._mutant(good, ways) for _ in range(number))

    def _mutant(self, good: Mapping[str, Any], ways: list[Any]) -> Said:
        said = {name: list(value) if isinstance(value, list) else value for name, value in good.items()}
        for _time in range(self.chance.choice((1, 1, 2, 3))):
            if said:
                self.chance.choice(ways)(said)
        return said

    def _any(self) -> str:
        return self.chance.choice((self.chance.choice(NUMBERS), self.chance.choice(TEXTS), str(self._their_key())))

    def _their_key(self) -> int:
        return self.chance.choice(self.foreign)

    def _other(self, said: Said) -> None:
        said[self.chance.choice([*said])] = self._any()

    def _drop(self, said: Said) -> None:
        del said[self.chance.choice([*said])]

    def _double(self, said: Said) -> None:
        name = self.chance.choice([*said])
        value = said[name] if isinstance(said[name], list) else [said[name]]
        said[name] = [*value, *self.chance.choice((value, [self._any()]))]

    def _add(self, said: Said) -> None:
        said[self.chance.choice((*EXTRA, f"type-{self._their_key()}"))] = self._any()

    def _theirs(self, said: Said) -> None:
        """A foreign key instead of an own one, or in addition."""
        lists = [name for name, value in said.items() if isinstance(value, list)]
        name, key = self.chance.choice(lists or [*said]), self._their_key()
        if lists and self.chance.random() < 0.5:
            said[name] = [*said[name], key]
        else:
            said[name] = [key] if lists else str(key)

    def _mistype(self, said: Said) -> None:
        said[self.chance.choice([*said])] = self.chance.choice(WRONG_TYPES)
