"""Reminders of coming shows: how long before, of which a buyer has had one, and who wants none."""

import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0111_stills_of_films'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReminderStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email address')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'stopped reminders',
                'verbose_name_plural': 'stopped reminders',
            },
        ),
        migrations.AddField(
            model_name='theatre',
            name='reminder_hours',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Hours before the show; 0 sends none.', validators=[django.core.validators.MaxValueValidator(168)], verbose_name='reminder by email'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='reminded_of',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('REMINDER', 'reminder'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('GIFT_CARD', 'gift card'), ('GIFT_CARD_BOUGHT', 'gift card bought'), ('GIFT_CARD_REFUND', 'refund of a second payment for a gift card'), ('GIFT_CARD_RETURN', 'refund of an unspent gift card'), ('RECEIPT', 'receipt'), ('OWNER_LINK', 'link to change a ticket'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('EMAIL_CHANGE', 'link to a new email address'), ('EMAIL_TAKEN', 'email address has an account'), ('EMAIL_CHANGED', 'email address changed'), ('ACCOUNT_UNUSED', 'account will be deleted'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed'), ('NEW_TOKEN', 'API token created')], max_length=20, verbose_name='kind'),
        ),
    ]
