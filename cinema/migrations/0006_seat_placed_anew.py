from django.db import migrations, models


class Migration(migrations.Migration):
    """The ledger knows of seats that were given another place. No table changes: only what Django knows of one."""

    dependencies = [("cinema", "0005_show_alone_on_its_screen")]

    operations = [
        migrations.AlterField(
            model_name="seatevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("HOLD", "held"),
                    ("RELEASE", "let go"),
                    ("EXPIRE", "hold ran out"),
                    ("BOOK", "sold"),
                    ("CANCEL", "ticket cancelled"),
                    ("MOVE_OUT", "moved to another seat"),
                    ("MOVE_IN", "moved from another seat"),
                    ("BLOCK", "taken off sale"),
                    ("UNBLOCK", "put on sale"),
                    ("ADD", "added to the hall"),
                    ("REMOVE", "taken out of the hall"),
                    ("PLACE", "given another place or name"),
                ],
                max_length=10,
            ),
        ),
    ]
