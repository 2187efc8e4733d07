"""Who bought is known by the order alone, and every ticket has one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0052_orders_of_tickets'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ticket',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='cinema.order'),
        ),
        migrations.RemoveIndex(
            model_name='ticket',
            name='ticket_by_phone',
        ),
        migrations.RemoveIndex(
            model_name='ticket',
            name='ticket_of_no_account_by_email',
        ),
        migrations.RemoveIndex(
            model_name='ticket',
            name='ticket_of_account_by_email',
        ),
        # No table changes: backwards, the columns come back empty before they are filled.
        migrations.AlterField(
            model_name='ticket',
            name='name',
            field=models.CharField(default='', max_length=150, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='email',
            field=models.EmailField(default='', max_length=254, verbose_name='email address'),
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='name',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='email',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='phone',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='terms_version',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='terms_accepted_at',
        ),
        migrations.RemoveField(
            model_name='ticket',
            name='user',
        ),
        migrations.DeleteModel(
            name='TicketWord',
        ),
    ]
