"""Shows from before get an end of their sales and their figures; and the database itself keeps two shows from one
screen at one time. A later migration that makes SQLite rebuild cinema_show must create the triggers again, with
``keep_shows_apart``; tests/models/test_constraints.py tells."""

from django.db import migrations, models
from django.db.models import Count, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

NAME = "show_alone_on_its_screen"

# A range of one screen, since equality of numbers in GiST would need an extension.
POSTGRESQL = f"""
    ALTER TABLE cinema_show ADD CONSTRAINT {NAME} EXCLUDE USING gist (
        int8range(screen_id, screen_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (status <> 'CANCELLED')
"""
SQLITE = """
    CREATE TRIGGER {name} BEFORE {event} ON cinema_show WHEN NEW.status <> 'CANCELLED'
    BEGIN
        SELECT RAISE(ABORT, 'show_alone_on_its_screen') WHERE EXISTS (
            SELECT 1 FROM cinema_show WHERE screen_id = NEW.screen_id AND ends_at > NEW.starts_at
            AND starts_at < NEW.ends_at AND status <> 'CANCELLED' AND id IS NOT NEW.id
        );
    END
"""
TRIGGERS = {f"{NAME}_on_insert": "INSERT", f"{NAME}_on_update": "UPDATE OF screen_id, starts_at, ends_at, status"}


def keep_shows_apart(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    for name, event in TRIGGERS.items() if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(SQLITE.format(name=name, event=event))


def let_them_be(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE cinema_show DROP CONSTRAINT {NAME}")
    for name in TRIGGERS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(f"DROP TRIGGER {name}")


def fill_in(apps, schema_editor):
    Show, ShowSeat, Ticket = (apps.get_model("cinema", name) for name in ("Show", "ShowSeat", "Ticket"))
    Payment, Refund = apps.get_model("cinema", "Payment"), apps.get_model("cinema", "Refund")
    sold = ShowSeat.objects.filter(show=OuterRef("pk"), status="BOOKED").order_by().values("show")
    paid = Payment.objects.filter(ticket__show=OuterRef("pk")).exclude(status__in=["PENDING", "FAILED"])
    back = Refund.objects.filter(payment__ticket__show=OuterRef("pk"))
    money = models.DecimalField(max_digits=12, decimal_places=2)

    def total(rows, by):
        return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Sum("amount")).values("n")), Value(0), output_field=money)

    Show.objects.update(
        sales_end_at=F("starts_at"),
        admissions=Coalesce(Subquery(sold.annotate(n=Count("pk")).values("n")), 0),
        revenue=total(paid, "ticket__show") - total(back, "payment__ticket__show"),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0004_back_office'),
    ]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='show',
            name='sales_end_at',
            field=models.DateTimeField(verbose_name='on sale until'),
        ),
        migrations.RunPython(keep_shows_apart, let_them_be),
    ]
