"""What is found to be erased, by age or by address. Columns that may be empty do not rebuild a table on SQLite, so the
triggers of 0005 and 0010 stay."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('cinema', '0037_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='show',
            name='contacts_erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='warned_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'e-mail address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account e-mail address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('OWNER_LINK', 'link to change a ticket'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('EMAIL_CHANGE', 'link to a new e-mail address'), ('EMAIL_TAKEN', 'e-mail address has an account'), ('EMAIL_CHANGED', 'e-mail address changed'), ('ACCOUNT_UNUSED', 'account will be deleted'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed'), ('NEW_TOKEN', 'API token created')], max_length=20, verbose_name='kind'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('buyer', 'erased'), _negated=True), fields=['created_at'], name='hold_with_buyer_by_age'),
        ),
        migrations.AddIndex(
            model_name='show',
            index=models.Index(condition=models.Q(('contacts_erased_at', None)), fields=['ends_at'], name='show_with_contacts_by_end'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('user__isnull', False)), fields=['email'], name='ticket_of_account_by_email'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(django.db.models.functions.comparison.Coalesce('last_login', 'date_joined'), name='user_by_last_use'),
        ),
        migrations.AddIndex(
            model_name='waitingentry',
            index=models.Index(condition=models.Q(('email', ''), _negated=True), fields=['email'], name='waiting_by_email'),
        ),
    ]
