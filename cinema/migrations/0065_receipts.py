"""Receipts and credit notes, which the database lets nobody alter, and what theatres and buyers want on them.

Orders that were paid before have no receipts. Those that are not paid yet will get theirs.
"""

from importlib import import_module

import cinema.models.codes
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")

TABLES = ("cinema_receipt", "cinema_receiptline")


def let_nobody_alter(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(stays.POSTGRESQL.format(table=table))
        for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
            schema_editor.execute(stays.SQLITE.format(table=table, event=event))


def make_unpaid_ones_due(apps, schema_editor):
    apps.get_model("cinema", "Order").objects.filter(status__in=["OPEN", "EXPIRED"]).update(receipt_due=True)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0064_reported_prices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('prefix', models.CharField(blank=True, max_length=10, verbose_name='prefix')),
                ('kind', models.CharField(choices=[('RECEIPT', 'receipt'), ('CREDIT_NOTE', 'credit note')], max_length=12, verbose_name='kind')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('total', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='total')),
                ('issuer', models.CharField(max_length=150, verbose_name='issuer')),
                ('issuer_address', models.CharField(max_length=300, verbose_name='address')),
                ('issuer_tax_number', models.CharField(blank=True, max_length=40, verbose_name='tax number')),
                ('company', models.CharField(blank=True, max_length=150, verbose_name='company')),
                ('company_tax_number', models.CharField(blank=True, max_length=40, verbose_name='company’s tax number')),
                ('tenders', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'receipt',
                'verbose_name_plural': 'receipts',
            },
        ),
        migrations.CreateModel(
            name='ReceiptLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='text')),
                ('quantity', models.PositiveSmallIntegerField(verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='unit price')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('tax_percent', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='tax rate')),
                ('tax', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='tax')),
            ],
            options={
                'verbose_name': 'receipt line',
                'verbose_name_plural': 'receipt lines',
            },
        ),
        migrations.CreateModel(
            name='ReceiptSequence',
            fields=[
                ('pk', models.CompositePrimaryKey('theatre', 'year', blank=True, editable=False, primary_key=True, serialize=False)),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cinema.theatre')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('last', models.PositiveIntegerField(db_default=0, default=0, verbose_name='last number')),
            ],
            options={
                'verbose_name': 'receipt numbers',
                'verbose_name_plural': 'receipt numbers',
            },
        ),
        migrations.AddField(
            model_name='order',
            name='company',
            field=models.CharField(blank=True, db_default='', default='', max_length=150, verbose_name='company'),
        ),
        migrations.AddField(
            model_name='order',
            name='company_tax_number',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='company’s tax number'),
        ),
        migrations.AddField(
            model_name='order',
            name='receipt_due',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name='order',
            name='receipt_due',
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name='refund',
            name='credit_note_due',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name='refund',
            name='credit_note_due',
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name='theatre',
            name='legal_address',
            field=models.CharField(blank=True, db_default='', default='', help_text='If it differs from that of the theatre.', max_length=300, verbose_name='company’s address'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='legal_name',
            field=models.CharField(blank=True, db_default='', default='', help_text='Who sells the tickets, as registered; if empty, the name of the theatre.', max_length=150, verbose_name='company'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='receipt_prefix',
            field=models.CharField(blank=True, db_default='', default='', help_text='Such as “GP-” for GP-2026-000123.', max_length=10, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9./-]*$', 'Please use only letters A–Z, digits, “.”, “/” and “-”.')], verbose_name='prefix of receipt numbers'),
        ),
        migrations.AddField(
            model_name='theatre',
            name='tax_number',
            field=models.CharField(blank=True, db_default='', default='', help_text='As it must appear on receipts, such as “GSTIN 27AAACG1234A1Z5”.', max_length=40, verbose_name='tax number'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('receipt_due', True), ('status__in', ['PAID', 'CANCELLED']), ('total__gt', 0)), fields=['id'], name='order_without_receipt'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('credit_note_due', True)), fields=['id'], name='refund_without_credit_note'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='corrects',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='cinema.receipt'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='cinema.order'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='refund',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_note', to='cinema.refund'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='theatre',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='cinema.theatre'),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='order_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipt_lines', to='cinema.orderline'),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='receipt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='cinema.receipt'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['theatre', 'issued_at'], name='receipt_by_theatre_and_time'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('theatre', 'year', 'number'), name='receipt_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects', None), ('kind', 'RECEIPT')), fields=('order',), name='receipt_one_per_order'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('corrects', 'kind'), name='receipt_corrected_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='receipt_number_positive'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'RECEIPT'), ('refund', None), ('total__gt', 0)), models.Q(('corrects__isnull', False), ('kind', 'CREDIT_NOTE'), ('refund', None), ('total__lt', 0)), models.Q(('corrects', None), ('kind', 'CREDIT_NOTE'), ('refund__isnull', False), ('total__lt', 0)), _connector='OR'), name='receipt_of_a_payment_or_a_refund'),
        ),
        migrations.AddConstraint(
            model_name='receiptline',
            constraint=models.UniqueConstraint(fields=('receipt', 'order_line'), name='receipt_line_once'),
        ),
        migrations.AddConstraint(
            model_name='receiptline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='receipt_line_quantity_positive'),
        ),
        migrations.AddConstraint(
            model_name='receiptline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('tax__gte', 0), ('tax__lte', models.F('amount'))), models.Q(('tax__gte', models.F('amount')), ('tax__lte', 0)), _connector='OR'), name='receipt_line_contains_its_tax'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the tables
        migrations.RunPython(make_unpaid_ones_due, migrations.RunPython.noop),
    ]
