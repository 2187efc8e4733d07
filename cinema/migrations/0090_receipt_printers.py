"""Receipt printers of tills, and what they are to print."""

import cinema.models.codes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0089_credit_notes_of_less_than_a_coin'),
    ]

    operations = [
        migrations.CreateModel(
            name='Printer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('status', models.CharField(blank=True, default='', max_length=60, verbose_name='status')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='last seen')),
                ('till', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='printer', to='cinema.till')),
            ],
            options={
                'verbose_name': 'receipt printer',
                'verbose_name_plural': 'receipt printers',
            },
        ),
        migrations.CreateModel(
            name='PrintJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('kind', models.CharField(choices=[('SALE', 'tickets of a sale'), ('COPY', 'tickets printed again'), ('DRAWER', 'drawer opened'), ('REPORT', 'Z report')], max_length=6, verbose_name='kind')),
                ('state', models.CharField(choices=[('WAITING', 'waiting'), ('FETCHED', 'printing'), ('PRINTED', 'printed'), ('UNSURE', 'perhaps printed'), ('FAILED', 'not printed'), ('DROPPED', 'dropped')], default='WAITING', max_length=7, verbose_name='state')),
                ('drawer', models.BooleanField(default=False, verbose_name='opens the drawer')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('until', models.DateTimeField(verbose_name='offered until')),
                ('fetched_at', models.DateTimeField(blank=True, null=True, verbose_name='fetched')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='print_jobs', to='cinema.order')),
                ('printer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='cinema.printer')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='print_jobs', to='cinema.tillsession')),
            ],
            options={
                'verbose_name': 'print job',
                'verbose_name_plural': 'print jobs',
                'indexes': [models.Index(fields=['created_at'], name='print_job_by_time')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'SALE')), fields=('order',), name='print_job_once_for_a_sale'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['SALE', 'COPY']), ('order__isnull', False)), models.Q(('kind__in', ['DRAWER', 'REPORT']), ('order__isnull', True)), _connector='OR'), name='print_job_of_an_order'), models.CheckConstraint(condition=models.Q(('fetched_at__isnull', False), ('state__in', ['WAITING', 'FAILED', 'DROPPED']), _connector='OR'), name='print_job_fetched_before_printed')],
            },
        ),
    ]
