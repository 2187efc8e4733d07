"""Links to sign up that were not mailed yet get their proof."""

from django.db import migrations


def keep_what_waits(apps, schema_editor):
    OutgoingMail, EmailProof = apps.get_model('cinema', 'OutgoingMail'), apps.get_model('cinema', 'EmailProof')
    for mail in OutgoingMail.objects.filter(kind='SIGN_UP', sent_at=None, failed_at=None):
        if 'proof' not in mail.context:
            proof = EmailProof.objects.create(email=mail.recipient, created_at=mail.created_at, **mail.context)
            OutgoingMail.objects.filter(pk=mail.pk).update(context={'proof': proof.pk})


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0034_email_proofs'),
    ]

    operations = [
        migrations.RunPython(keep_what_waits, migrations.RunPython.noop),
    ]
