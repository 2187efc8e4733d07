"""Notes on shows, by staff for their colleagues."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0080_shared_browsers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('NOTE', 'note on a show written or removed'), ('RESEND', 'sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('TILL', 'till changed, counted or closed'), ('PIN', 'PIN set'), ('VOUCHERS', 'vouchers issued or blocked'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.CreateModel(
            name='ShowNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='text')),
                ('key', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='written')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='removed')),
                ('removed_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='removed by')),
                ('show', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='cinema.show')),
                ('written_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'note on a show',
                'verbose_name_plural': 'notes on shows',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('show', 'key'), name='show_note_written_once'), models.CheckConstraint(condition=models.Q(('removed_at__isnull', False), ('removed_by__isnull', True), _connector='OR'), name='show_note_removed_at_a_time')],
            },
        ),
    ]
