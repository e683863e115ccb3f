from django.db import migrations


def compare_by_code_point(apps, schema_editor):
    """A prefix search is a range search only where text compares by code point, as it always does in SQLite."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE search_term ALTER COLUMN term TYPE varchar(80) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunPython(compare_by_code_point, migrations.RunPython.noop)]
