"""The words people read in forms, lists and histories. No table changes."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0036_wheelchair_spaces'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='auditevent',
            options={'ordering': ['-pk'], 'verbose_name': 'audit event', 'verbose_name_plural': 'audit events'},
        ),
        migrations.AlterModelOptions(
            name='chore',
            options={'verbose_name': 'background job', 'verbose_name_plural': 'background jobs'},
        ),
        migrations.AlterModelOptions(
            name='failedtry',
            options={'verbose_name': 'failed attempt', 'verbose_name_plural': 'failed attempts'},
        ),
        migrations.AlterModelOptions(
            name='fingerprintkey',
            options={'verbose_name': 'fingerprint key', 'verbose_name_plural': 'fingerprint keys'},
        ),
        migrations.AlterModelOptions(
            name='mailrequest',
            options={'verbose_name': 'requested e-mail', 'verbose_name_plural': 'requested e-mails'},
        ),
        migrations.AlterModelOptions(
            name='movie',
            options={'ordering': ['title'], 'verbose_name': 'film', 'verbose_name_plural': 'films'},
        ),
        migrations.AlterModelOptions(
            name='paymentkey',
            options={'verbose_name': 'payment key', 'verbose_name_plural': 'payment keys'},
        ),
        migrations.AlterModelOptions(
            name='sandboxcharge',
            options={'verbose_name': 'test payment', 'verbose_name_plural': 'test payments'},
        ),
        migrations.AlterModelOptions(
            name='seatblock',
            options={'ordering': ['from_day', 'pk'], 'verbose_name': 'seat block', 'verbose_name_plural': 'seat blocks'},
        ),
        migrations.AlterModelOptions(
            name='seatevent',
            options={'verbose_name': 'seat event', 'verbose_name_plural': 'seat events'},
        ),
        migrations.AlterModelOptions(
            name='showcancellation',
            options={'verbose_name': 'show cancellation', 'verbose_name_plural': 'show cancellations'},
        ),
        migrations.AlterModelOptions(
            name='showseat',
            options={'verbose_name': 'show seat', 'verbose_name_plural': 'show seats'},
        ),
        migrations.AlterModelOptions(
            name='tariffprice',
            options={'verbose_name': 'tariff price', 'verbose_name_plural': 'tariff prices'},
        ),
        migrations.AlterModelOptions(
            name='ticketseat',
            options={'verbose_name': 'ticket seat', 'verbose_name_plural': 'ticket seats'},
        ),
        migrations.AlterModelOptions(
            name='tickettype',
            options={'ordering': ['theatre', 'rank'], 'verbose_name': 'ticket type', 'verbose_name_plural': 'ticket types'},
        ),
        migrations.AlterModelOptions(
            name='ticketword',
            options={'verbose_name': 'search word', 'verbose_name_plural': 'search words'},
        ),
        migrations.AlterModelOptions(
            name='waitingentry',
            options={'verbose_name': 'waiting list entry', 'verbose_name_plural': 'waiting list entries'},
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'e-mail address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account e-mail address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='hold',
            name='status',
            field=models.CharField(choices=[('ACTIVE', 'active'), ('RELEASED', 'released'), ('EXPIRED', 'expired'), ('BOOKED', 'booked')], default='ACTIVE', max_length=10),
        ),
        migrations.AlterField(
            model_name='payment',
            name='status',
            field=models.CharField(choices=[('PENDING', 'waiting'), ('SUCCESS', 'paid'), ('REPLACED', 'replaced by another payment'), ('FAILED', 'failed'), ('PART_REFUNDED', 'partly refunded'), ('REFUNDED', 'refunded')], default='PENDING', max_length=14, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('PAID_TWICE', 'already paid'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill')], max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='status',
            field=models.CharField(choices=[('PENDING', 'on its way'), ('DONE', 'done')], default='PENDING', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='seat',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='removed'),
        ),
        migrations.AlterField(
            model_name='seat',
            name='x',
            field=models.PositiveSmallIntegerField(help_text='In half seat widths.', verbose_name='position from the left'),
        ),
        migrations.AlterField(
            model_name='seatcategory',
            name='rank',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='seatevent',
            name='action',
            field=models.CharField(choices=[('HOLD', 'held'), ('RELEASE', 'released'), ('EXPIRE', 'hold expired'), ('BOOK', 'sold'), ('CANCEL', 'ticket cancelled'), ('MOVE_OUT', 'moved to another seat'), ('MOVE_IN', 'moved from another seat'), ('BLOCK', 'blocked'), ('UNBLOCK', 'unblocked'), ('ADD', 'added to the hall'), ('REMOVE', 'removed from the hall'), ('REPRICE', 'price changed'), ('PLACE', 'moved or renamed in the hall')], max_length=10),
        ),
        migrations.AlterField(
            model_name='seatevent',
            name='actor',
            field=models.CharField(choices=[('BUYER', 'buyer'), ('CLOCK', 'automatic'), ('GATEWAY', 'payment provider'), ('STAFF', 'staff')], max_length=10),
        ),
        migrations.AlterField(
            model_name='seatevent',
            name='from_status',
            field=models.CharField(choices=[('AVAILABLE', 'available'), ('HELD', 'held'), ('BOOKED', 'sold'), ('BLOCKED', 'blocked'), ('REMOVED', 'removed from the hall')], max_length=10),
        ),
        migrations.AlterField(
            model_name='seatevent',
            name='to_status',
            field=models.CharField(choices=[('AVAILABLE', 'available'), ('HELD', 'held'), ('BOOKED', 'sold'), ('BLOCKED', 'blocked'), ('REMOVED', 'removed from the hall')], max_length=10),
        ),
        migrations.AlterField(
            model_name='show',
            name='sales_start_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty to sell at once.', null=True, verbose_name='on sale from'),
        ),
        migrations.AlterField(
            model_name='show',
            name='turnaround',
            field=models.PositiveSmallIntegerField(default=15, help_text='Minutes after the film for leaving and cleaning.', verbose_name='turnaround'),
        ),
        migrations.AlterField(
            model_name='showcancellation',
            name='choose_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='buyers can choose until'),
        ),
        migrations.AlterField(
            model_name='showcancellation',
            name='remedy',
            field=models.CharField(choices=[('REFUND', 'full refund'), ('EXCHANGE', 'another show or a full refund')], max_length=10, verbose_name='offer'),
        ),
        migrations.AlterField(
            model_name='showseat',
            name='status',
            field=models.CharField(choices=[('AVAILABLE', 'available'), ('HELD', 'held'), ('BOOKED', 'sold'), ('BLOCKED', 'blocked'), ('REMOVED', 'removed from the hall')], default='AVAILABLE', max_length=10),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='carer_free',
            field=models.BooleanField(default=False, help_text='A companion seat is free with its wheelchair space.', verbose_name='carers come free'),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='refund_percent',
            field=models.PositiveSmallIntegerField(default=100, help_text='Percent of the price that is refunded.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='refund on cancellation'),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='single_seats',
            field=models.CharField(choices=[('REFUSE', 'only where unavoidable'), ('WARN', 'allowed after a warning'), ('ALLOW', 'allowed')], default='REFUSE', max_length=10, verbose_name='leaving a single seat empty'),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='tax_percent',
            field=models.DecimalField(decimal_places=2, default=0, help_text='Percent included in every price, for the distributor’s report.', max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='tax'),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='turnaround',
            field=models.PositiveSmallIntegerField(default=15, help_text='Minutes after the film for leaving and cleaning.', verbose_name='turnaround'),
        ),
        migrations.AlterField(
            model_name='ticketseat',
            name='ticket_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cinema.tickettype', verbose_name='ticket type'),
        ),
        migrations.AlterField(
            model_name='tickettype',
            name='note',
            field=models.CharField(blank=True, help_text='Shown to buyers, such as “with a student card”.', max_length=120, verbose_name='note'),
        ),
        migrations.AlterField(
            model_name='tickettype',
            name='paying_others',
            field=models.PositiveSmallIntegerField(blank=True, db_default=0, default=0, help_text='How many other paid tickets each one needs in the same order.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='paid tickets needed'),
        ),
        migrations.AlterField(
            model_name='tickettype',
            name='rank',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='order'),
        ),
    ]
