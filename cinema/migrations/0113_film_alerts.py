"""Who wants to know when a film is on sale."""

import cinema.models.codes
import cinema.models.orders
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0112_reminders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailrequest',
            name='kind',
            field=models.CharField(choices=[('ACCOUNT', 'account'), ('WAITING', 'waiting list'), ('TICKET', 'link to a ticket'), ('FILM', 'news of a film')], db_default='ACCOUNT', default='ACCOUNT', max_length=10),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('REMINDER', 'reminder'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('GIFT_CARD', 'gift card'), ('GIFT_CARD_BOUGHT', 'gift card bought'), ('GIFT_CARD_REFUND', 'refund of a second payment for a gift card'), ('GIFT_CARD_RETURN', 'refund of an unspent gift card'), ('RECEIPT', 'receipt'), ('OWNER_LINK', 'link to change a ticket'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('FILM_ALERT', 'link to hear of a film'), ('FILM_ON_SALE', 'film on sale'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('EMAIL_CHANGE', 'link to a new email address'), ('EMAIL_TAKEN', 'email address has an account'), ('EMAIL_CHANGED', 'email address changed'), ('ACCOUNT_UNUSED', 'account will be deleted'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed'), ('NEW_TOKEN', 'API token created')], max_length=20, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='FilmAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('email', models.EmailField(db_index=True, max_length=254, verbose_name='email address')),
                ('language', models.CharField(default=cinema.models.orders.language, max_length=10, verbose_name='language')),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('movie', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='cinema.movie')),
            ],
            options={
                'verbose_name': 'film alert',
                'verbose_name_plural': 'film alerts',
                'indexes': [models.Index(condition=models.Q(('confirmed_at__isnull', False)), fields=['movie'], name='film_alert_confirmed')],
                'constraints': [models.UniqueConstraint(fields=('movie', 'email'), name='film_alert_once_per_address')],
            },
        ),
    ]
