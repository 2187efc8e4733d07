"""Booking fees, and coupons."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# By hand: Django would have SQLite build the table anew, without the triggers of 0005.
ADD = 'ALTER TABLE cinema_show ADD COLUMN no_coupons bool NOT NULL DEFAULT false'
DROP = 'ALTER TABLE cinema_show DROP COLUMN no_coupons'


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0056_money_ledger'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Shown to buyers beside what they save.', max_length=60, verbose_name='name')),
                ('code', models.CharField(blank=True, help_text='Leave empty to give it to everybody who meets the conditions.', max_length=30, null=True, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('PERCENT', 'percentage off'), ('AMOUNT', 'amount off the order'), ('N_FOR_M', 'some seats free, such as 3 for 2'), ('PRICE', 'fixed price for each seat')], default='PERCENT', max_length=8, verbose_name='discount')),
                ('value', models.DecimalField(decimal_places=2, default=0, help_text='Not for free seats.', max_digits=10, verbose_name='percentage, amount or price')),
                ('buy', models.PositiveSmallIntegerField(default=0, help_text='The 3 in “3 for 2”.', verbose_name='seats')),
                ('pay', models.PositiveSmallIntegerField(default=0, help_text='The 2 in “3 for 2”.', verbose_name='of which paid')),
                ('weekdays', models.JSONField(blank=True, default=list, verbose_name='weekdays')),
                ('party', models.PositiveSmallIntegerField(default=1, verbose_name='seats at least')),
                ('minimum', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='price at least')),
                ('maximum', models.DecimalField(blank=True, decimal_places=2, help_text='In one order.', max_digits=10, null=True, verbose_name='discount at most')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('most_uses', models.PositiveIntegerField(blank=True, help_text='Leave empty for no limit.', null=True, verbose_name='orders in all')),
                ('most_per_person', models.PositiveSmallIntegerField(blank=True, help_text='By account and email address.', null=True, verbose_name='orders per person')),
                ('combinable', models.BooleanField(default=False, help_text='With others that can. Otherwise the best one is given alone.', verbose_name='can be combined')),
                ('used', models.PositiveIntegerField(default=0, editable=False, verbose_name='used')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'coupon',
                'verbose_name_plural': 'coupons',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='order',
            name='coupon_email',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=254),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[
                migrations.AddField(
                    model_name='show',
                    name='no_coupons',
                    field=models.BooleanField(db_default=False, default=False, help_text='No coupon is taken for it.', verbose_name='no free list'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='theatre',
            name='api_fee',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, validators=[django.core.validators.MinValueValidator(0)], verbose_name='booking fee of other programs'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='api_fee_basis',
            field=models.CharField(choices=[('TICKET', 'for each ticket'), ('ORDER', 'for each order')], db_default='TICKET', default='TICKET', max_length=6, verbose_name='charged'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='counter_fee',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, validators=[django.core.validators.MinValueValidator(0)], verbose_name='booking fee at the counter'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='counter_fee_basis',
            field=models.CharField(choices=[('TICKET', 'for each ticket'), ('ORDER', 'for each order')], db_default='TICKET', default='TICKET', max_length=6, verbose_name='charged'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='has_automatic_coupons',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='theatre',
            name='web_fee',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, validators=[django.core.validators.MinValueValidator(0)], verbose_name='booking fee on the website'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='web_fee_basis',
            field=models.CharField(choices=[('TICKET', 'for each ticket'), ('ORDER', 'for each order')], db_default='TICKET', default='TICKET', max_length=6, verbose_name='charged'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='fee',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, verbose_name='booking fee'),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='fee_waived',
            field=models.BooleanField(db_default=False, default=False, help_text='Tickets of this type bear no booking fee.', verbose_name='no booking fee'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('coupon_email', ''), _negated=True), fields=['coupon_email'], name='order_by_coupon_email'),
        ),
        migrations.AddConstraint(
            model_name='theatre',
            constraint=models.CheckConstraint(condition=models.Q(('api_fee__gte', 0), ('counter_fee__gte', 0), ('web_fee__gte', 0)), name='theatre_fees_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('fee__gte', 0), ('fee__lte', models.F('amount'))), name='ticket_amount_contains_its_fee'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='movie',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cinema.movie', verbose_name='film'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='theatre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coupons', to='cinema.theatre'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='ticket_types',
            field=models.ManyToManyField(blank=True, related_name='+', to='cinema.tickettype', verbose_name='ticket types'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='coupon',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='cinema.coupon'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('coupon', None), ('kind', 'DISCOUNT'), _connector='OR'), name='order_line_coupon_lessens'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('most_uses', None), ('used__lte', models.F('most_uses')), _connector='OR'), name='coupon_used_at_most_so_often'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'PERCENT'), ('value__gt', 0), ('value__lte', 100)), models.Q(('kind', 'AMOUNT'), ('value__gt', 0)), models.Q(('kind', 'PRICE'), ('value__gte', 0)), models.Q(('buy__gt', models.F('pay')), ('kind', 'N_FOR_M'), ('pay__gte', 1)), _connector='OR'), name='coupon_takes_something_off'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('minimum__gte', 0)), name='coupon_minimum_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('maximum', None), ('maximum__gt', 0), _connector='OR'), name='coupon_maximum_positive'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='coupon_code_not_empty'),
        ),
    ]
