"""Links that prove an e-mail address carry a key alone; what they are for is kept in a row of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0033_e_mail_addresses_are_corrected'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role given or taken'), ('FILM', 'film changed'), ('IMPORT', 'imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats taken off sale'), ('UNBLOCK', 'seats put on sale'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'e-mail address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'money given back'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged to another show'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ADMIN', 'changed in the admin'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'could not sign in'), ('LOCK_OUT', 'locked out for a while'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'made an account'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password chosen by way of a mail'), ('NEW_EMAIL', 'e-mail address of an account changed'), ('TOKEN', 'API token made or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('OWNER_LINK', 'link to change a ticket'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('EMAIL_CHANGE', 'link to a new e-mail address'), ('EMAIL_TAKEN', 'e-mail address has an account'), ('EMAIL_CHANGED', 'e-mail address changed'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed'), ('NEW_TOKEN', 'API token created')], max_length=20, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='EmailProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('leads_to', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'e-mail address to be proven',
                'verbose_name_plural': 'e-mail addresses to be proven',
                'indexes': [models.Index(fields=['created_at'], name='email_proof_by_age')],
            },
        ),
    ]
