"""The search index of orders: words of the buyer's name and email address."""

from cinema.domain.folding import words_of_person
from cinema.models import Order, OrderWord


def words_of(*, order: Order) -> list[OrderWord]:
    """The index of an order, not yet written."""
    words = words_of_person(order.name, order.email)
    return [OrderWord(order=order, theatre_id=order.theatre_id, word=word) for word in words]


def write_words(*, order: Order) -> None:
    """Index a new order, in one statement."""
    OrderWord.objects.bulk_create(words_of(order=order))


def rewrite_words(*, order: Order) -> None:
    """Index an order again after its buyer's name or email address has changed."""
    OrderWord.objects.filter(order=order).delete()
    write_words(order=order)
