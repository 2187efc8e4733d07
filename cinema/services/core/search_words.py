"""The search index of orders: words of the buyer's name and email address."""

from cinema.domain.folding import words_of_person
from cinema.models import Order, OrderWord


def write_words(*, order: Order) -> None:
    """Index a new order, in one statement."""
    words = words_of_person(order.name, order.email)
    OrderWord.objects.bulk_create(OrderWord(order=order, theatre_id=order.theatre_id, word=word) for word in words)


def rewrite_words(*, order: Order) -> None:
    """Index an order again after its buyer's name or email address has changed."""
    OrderWord.objects.filter(order=order).delete()
    write_words(order=order)
