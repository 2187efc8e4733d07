"""Seasons: films shown under one title."""

import cinema.models.translations
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0115_exchanges_by_buyers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('APPEARANCE', 'appearance changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('SEASON', 'season changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('NOTE', 'note on a show written or removed'), ('RESEND', 'sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('TILL', 'till changed, counted or closed'), ('INVOICE', 'payment of an invoice entered'), ('PIN', 'PIN set'), ('COUNTER', 'allowed at the counter'), ('VOUCHERS', 'vouchers issued or blocked'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.CreateModel(
            name='Season',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('title_translations', models.JSONField(blank=True, db_default={}, default=dict, editable=False)),
                ('slug', models.SlugField(allow_unicode=True, max_length=240, unique=True)),
                ('text', models.TextField(blank=True, max_length=5000, verbose_name='text')),
                ('text_translations', models.JSONField(blank=True, db_default={}, default=dict, editable=False)),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('weekdays', models.JSONField(blank=True, default=list, verbose_name='weekdays')),
                ('time', models.CharField(blank=True, choices=[('morning', 'Morning'), ('afternoon', 'Afternoon'), ('evening', 'Evening'), ('late', 'Late evening')], max_length=10, verbose_name='time of day')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('movies', models.ManyToManyField(blank=True, related_name='seasons', to='cinema.movie', verbose_name='films')),
                ('theatre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seasons', to='cinema.theatre', verbose_name='theatre')),
            ],
            options={
                'verbose_name': 'season',
                'verbose_name_plural': 'seasons',
                'ordering': ['title', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='season_ends_after_start')],
            },
            bases=(cinema.models.translations.LocalizedMixin, models.Model),
        ),
    ]
