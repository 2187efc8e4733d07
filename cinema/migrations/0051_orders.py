"""Tables of orders, their lines and their search words; the next migration fills them from the tickets."""

import cinema.models.codes
import cinema.models.lookups
import cinema.models.orders
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0050_refunds_fail_and_payments_are_disputed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('reference', models.CharField(default=cinema.models.codes.new_reference, editable=False, max_length=8, unique=True, verbose_name='reference')),
                ('channel', models.CharField(choices=[('WEB', 'website'), ('COUNTER', 'counter'), ('API', 'JSON interface')], default='WEB', max_length=10, verbose_name='channel')),
                ('language', models.CharField(default=cinema.models.orders.language, max_length=10, verbose_name='language')),
                ('currency', models.CharField(default=cinema.models.orders.currency, max_length=3, verbose_name='currency')),
                ('status', models.CharField(choices=[('OPEN', 'waiting for payment'), ('PAID', 'paid'), ('CANCELLED', 'cancelled'), ('EXPIRED', 'expired')], default='OPEN', max_length=10, verbose_name='status')),
                ('total', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='total')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('email', models.EmailField(max_length=254, verbose_name='email address')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('terms_version', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('terms_accepted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField()),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='cinema.theatre')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='orders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'order',
                'verbose_name_plural': 'orders',
                'indexes': [
                    models.Index(fields=['theatre', 'id'], name='order_by_theatre'),
                    models.Index(cinema.models.lookups.LastDigits('phone'), name='order_by_phone'),
                    models.Index(condition=models.Q(('user', None)), fields=['email'], name='order_of_no_account_by_email'),
                    models.Index(condition=models.Q(('user__isnull', False)), fields=['email'], name='order_of_account_by_email'),
                ],
                'constraints': [models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='order_total_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SEAT', 'seat'), ('FEE', 'fee'), ('DISCOUNT', 'discount'), ('GIFT_CARD', 'gift card'), ('PRODUCT', 'product'), ('ROUNDING', 'rounding')], max_length=10, verbose_name='kind')),
                ('quantity', models.PositiveSmallIntegerField(default=1, verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='unit price')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('tax_percent', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='tax rate')),
                ('tax', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='tax')),
                ('reported_price', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='reported price')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='cinema.order')),
                ('ticket_seat', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='order_line', to='cinema.ticketseat')),
            ],
            options={
                'verbose_name': 'order line',
                'verbose_name_plural': 'order lines',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='order_line_quantity_positive'),
                    models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'SEAT'), _negated=True), ('reported_price', None), ('ticket_seat', None)), models.Q(('kind', 'SEAT'), ('quantity', 1), ('reported_price__gte', 0), ('unit_price__gte', 0), ('reported_price__isnull', False), ('ticket_seat__isnull', False)), _connector='OR'), name='order_line_of_one_seat'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['FEE', 'PRODUCT', 'GIFT_CARD']), _negated=True), ('amount__gte', 0), _connector='OR'), name='order_line_amount_not_negative'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'DISCOUNT'), _negated=True), ('amount__lte', 0), _connector='OR'), name='order_line_discount_lessens'),
                    models.CheckConstraint(condition=models.Q(models.Q(('tax__gte', 0), ('tax__lte', models.F('amount'))), models.Q(('tax__gte', models.F('amount')), ('tax__lte', 0)), _connector='OR'), name='order_line_contains_its_tax'),
                    models.CheckConstraint(condition=models.Q(models.Q(('quantity', 1), _negated=True), ('amount', models.F('unit_price')), _connector='OR'), name='order_line_amount_of_one'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OrderWord',
            fields=[
                ('pk', models.CompositePrimaryKey('order', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('word', cinema.models.lookups.WordField(max_length=40)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='words', to='cinema.order')),
                ('theatre', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'search word',
                'verbose_name_plural': 'search words',
                'indexes': [models.Index(fields=['theatre', 'word', 'order'], name='order_word_by_theatre')],
            },
        ),
        migrations.AddField(
            model_name='ticket',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='cinema.order'),
        ),
    ]
