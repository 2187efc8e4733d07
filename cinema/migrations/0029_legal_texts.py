"""Imprint, terms and privacy notice, and which terms the buyer of a ticket accepted. Nothing here rebuilds a table on
SQLite."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0028_failed_tries'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='terms_accepted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='terms_version',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role given or taken'), ('FILM', 'film changed'), ('IMPORT', 'imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats taken off sale'), ('UNBLOCK', 'seats put on sale'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'money given back'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged to another show'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ADMIN', 'changed in the admin'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'could not sign in'), ('LOCK_OUT', 'locked out for a while'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'made an account'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password chosen by way of a mail'), ('TOKEN', 'API token made or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.CreateModel(
            name='LegalText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('imprint', 'Imprint'), ('terms', 'Terms'), ('privacy', 'Privacy notice')], max_length=10, verbose_name='kind')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('created_at', models.DateTimeField(verbose_name='since')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'legal text',
                'verbose_name_plural': 'legal texts',
                'constraints': [models.UniqueConstraint(fields=('kind', 'version'), name='legal_text_once_per_version')],
            },
        ),
    ]
