from django.db import migrations, models


def room_for_sealed_numbers(apps, schema_editor):
    """SQLite holds no text to a length, and to make the table anew would lose what watches it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE person ALTER COLUMN phone TYPE text")
    counter = apps.get_model("places", "Counter")
    counter.objects.get_or_create(name="sealed", defaults={"value": 0})


class Migration(migrations.Migration):
    dependencies = [("register", "0005_same_person"), ("places", "0002_counters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="person",
                    name="phone",
                    field=models.TextField(default="", help_text="sealed, see lib.sealed"),
                ),
            ],
        ),
        migrations.RunPython(room_for_sealed_numbers, migrations.RunPython.noop),
    ]
