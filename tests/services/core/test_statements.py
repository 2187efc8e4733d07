import pytest
from django.apps import apps
from django.db import DataError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from cinema.models import Order
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking import sql
from cinema.services.booking.locked import locked_payment
from cinema.services.core.locking import lock_payment
from cinema.services.core.statements import Statement, Write
from tests.factories import ShowFactory, TheatreFactory, booked, held, seat_ids, sold, ticket_of

pytestmark = pytest.mark.django_db

STATEMENTS = [one for one in vars(sql).values() if isinstance(one, Statement | Write)]


def texts(function) -> list[str]:
    """What the database is sent by the function."""
    with CaptureQueriesContext(connection) as captured:
        function()
    return [query["sql"] for query in captured.captured_queries]


def test_every_statement_has_a_name_of_its_own():
    names = [one.statement.name if isinstance(one, Write) else one.name for one in STATEMENTS]
    assert len(names) == len(set(names)) > 5


def test_a_connection_prepares_a_statement_once():
    show = ShowFactory()
    texts(lambda: held(show, "A1", "asha"))
    again = " ".join(texts(lambda: held(show, "A2", "ben")))

    assert "PREPARE" not in again
    assert ("EXECUTE lock_show" in again) == (connection.vendor == "postgresql")


@pytest.mark.only("postgresql")  # SQLite prepares nothing
def test_a_statement_whose_first_execution_failed_is_prepared_all_the_same():
    statement = Statement("divide_by", "SELECT 1 / %(number)s::int")
    for _ in range(2):
        with pytest.raises(DataError), transaction.atomic():
            statement.run({"number": 0})

    assert statement.run({"number": 1}) == [(1,)]


def test_behind_a_pooler_nothing_is_prepared_and_all_is_the_same(monkeypatch):
    monkeypatch.setattr(connection, "prepared", None, raising=False)
    show = ShowFactory()

    sent = " ".join(texts(lambda: sold(show, "A1 A2")))

    assert "PREPARE" not in sent
    assert "EXECUTE" not in sent
    assert unexplained_seats(show) == []


def test_new_rows_know_their_keys_and_each_other():
    payment = booked(ShowFactory(), "A1 A2")
    ticket = ticket_of(payment)

    assert [line.order_id for line in payment.order.line_list][:2] == [payment.order_id] * 2
    seats = [seat.pk for seat in ticket.seats.order_by("pk")]
    assert [line.ticket_seat_id for line in payment.order.line_list[:2]] == seats
    assert Order.objects.get(pk=payment.order.pk) == payment.order


def test_an_insert_writes_every_column_of_its_model():
    tables = {model._meta.db_table: model for model in apps.get_models()}
    for one in (one for write in STATEMENTS if isinstance(write, Write) for one in write.inserts.values()):
        fields = tables[one.table]._meta.concrete_fields
        wanted = {field.column for field in fields if field.column and not isinstance(field, models.AutoField)}
        assert {column for *_, column in one.fields} == wanted


def test_a_payment_is_locked_with_what_the_orm_reads_of_it():
    ticket = sold(ShowFactory(screen__theatre=TheatreFactory(web_fee=20, tax=18)), "A1 A2")
    code = ticket.order.payments.get().code

    found, fresh = locked_payment(code=code), lock_payment(code=code)

    for one, other in ((found, fresh), (found.order, fresh.order)):
        assert {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields} == {
            field.attname: getattr(other, field.attname) for field in other._meta.concrete_fields
        }
    assert (found.fee_percent, found.refund_reason) == (fresh.fee_percent, fresh.refund_reason)
    assert found.fee_percent is not None
    assert found.order.ticket_list == [ticket]
    assert [line.show_seat.status for line in found.order.ticket_list[0].lines] == ["BOOKED", "BOOKED"]


def test_what_comes_of_a_query_is_what_the_orm_reads():
    show = ShowFactory()
    hold = held(show, "A1")
    [row] = sql.LOCK_SEATS.rows(show=show.pk, seats=seat_ids(show, "A1"), hold=None)

    for found in (row.seat_at, row.seat, row.category, row.hold):
        fresh = type(found).objects.get(pk=found.pk)
        for field in fresh._meta.concrete_fields:
            value = getattr(found, field.attname)
            assert (value, type(value)) == (getattr(fresh, field.attname), type(getattr(fresh, field.attname)))
    assert row.hold == hold
    assert row.now.tzinfo is not None
