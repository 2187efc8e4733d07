"""A show keeps what it still owes the buyers of a cancelled show apart from its revenue."""

from django.db import migrations, models
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round

# By hand: Django would have SQLite build the table anew, without the triggers of 0005.
ADD = "ALTER TABLE cinema_show ADD COLUMN owed decimal(12, 2) NOT NULL DEFAULT 0"
DROP = "ALTER TABLE cinema_show DROP COLUMN owed"
MONEY = DecimalField(max_digits=12, decimal_places=2)


def set_apart(apps, schema_editor):
    Show, Payment, Refund = (apps.get_model("cinema", name) for name in ("Show", "Payment", "Refund"))
    paid = Payment.objects.filter(ticket__show=OuterRef("pk"), ticket__status="CONFIRMED")
    paid = paid.exclude(status__in=["PENDING", "REPLACED", "FAILED"])
    back = Refund.objects.filter(payment__ticket__show=OuterRef("pk"), payment__ticket__status="CONFIRMED")

    def total(rows, by):
        sums = rows.order_by().values(by).annotate(sum=Sum("amount")).values("sum")
        return Coalesce(Subquery(sums), Value(0), output_field=MONEY)

    kept = Round(total(paid, "ticket__show") - total(back, "payment__ticket__show"), precision=2, output_field=MONEY)
    cancelled = Show.objects.filter(status="CANCELLED")
    cancelled.update(owed=kept)
    cancelled.exclude(owed=0).update(revenue=F("revenue") - F("owed"))


def put_back(apps, schema_editor):
    Show = apps.get_model("cinema", "Show")
    Show.objects.exclude(owed=0).update(revenue=F("revenue") + F("owed"), owed=0)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0031_tokens_expire'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[
                migrations.AddField(
                    model_name='show',
                    name='owed',
                    field=models.DecimalField(db_default=0, decimal_places=2, default=0, editable=False, max_digits=12),
                ),
            ],
        ),
        migrations.RunPython(set_apart, put_back),
    ]
