"""Wrong coupon codes are counted."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0068_reconciliation_runs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='failedtry',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'email address of a ticket'), ('PASSWORD', 'password of an account'), ('TOKEN', 'API token'), ('COUPON', 'coupon code')], max_length=10),
        ),
    ]
