"""API tokens expire, and have a label. Those there are get a year from now; an old server's new ones have expired."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models.functions import Now


def give_a_year(apps, schema_editor):
    tokens = apps.get_model('cinema', 'ApiToken').objects
    tokens.update(expires_at=Now() + timedelta(days=365))
    tokens.filter(label='').update(label='API token')


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0030_tickets_of_no_account'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='expires_at',
            field=models.DateTimeField(db_default=Now()),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='last_used_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(give_a_year, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='apitoken',
            name='label',
            field=models.CharField(max_length=80, verbose_name='label'),
        ),
        migrations.AlterField(
            model_name='failedtry',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'e-mail address of a ticket'), ('PASSWORD', 'password of an account'), ('TOKEN', 'API token')], max_length=10),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('OWNER_LINK', 'link to change a ticket'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed'), ('NEW_TOKEN', 'API token created')], max_length=20, verbose_name='kind'),
        ),
    ]
