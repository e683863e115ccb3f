from django.db import migrations, models


def room_for_sealed_numbers(apps, schema_editor):
    """SQLite holds no text to a length, and to make the table anew would lose what watches it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE account ALTER COLUMN phone TYPE text")


class Migration(migrations.Migration):
    dependencies = [("access", "0011_broken_glass")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="user",
                    name="phone",
                    field=models.TextField(default="", blank=True, help_text="sealed, see lib.sealed"),
                ),
            ],
        ),
        migrations.RunPython(room_for_sealed_numbers, migrations.RunPython.noop),
    ]
