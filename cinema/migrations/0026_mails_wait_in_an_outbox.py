"""Mails wait in a table of their own until they are sent."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0025_the_key_of_fingerprints'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), editable=False, null=True)),
                ('attempts', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ('attempted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_error', models.CharField(blank=True, db_default='', default='', editable=False, max_length=200)),
                ('kind', models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed')], max_length=20, verbose_name='kind')),
                ('recipient', models.EmailField(blank=True, max_length=254, verbose_name='recipient')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('context', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('failed_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=20, verbose_name='error')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='cinema.waitingentry')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='cinema.ticket')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'indexes': [
                    models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='mail_due'),
                    models.Index(condition=models.Q(('failing_since__isnull', False)), fields=['failing_since'], name='mail_failing'),
                    models.Index(condition=models.Q(('failed_at__isnull', False)), fields=['failed_at'], name='mail_failed'),
                    models.Index(fields=['created_at'], name='mail_by_age'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('failed_at', None), ('sent_at', None)), models.Q(('due_at', None), ('failed_at', None), ('sent_at__isnull', False)), models.Q(('due_at', None), ('failed_at__isnull', False), ('sent_at', None)), _connector='OR'), name='mail_waits_or_is_sent_or_failed'),
                ],
            },
        ),
    ]
