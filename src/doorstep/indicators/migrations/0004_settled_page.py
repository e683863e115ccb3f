"""Pages that stand for a while, and what may never be changed: copies of reports, and what was settled and shown.

The database itself refuses, so that nothing that writes these tables can forget to.
"""

from django.db import migrations, models

ONLY_ADDED = {"report_copy": ("UPDATE", "DELETE"), "settled_page": ("UPDATE", "DELETE"), "shown_count": ("DELETE",)}


def keep(apps, schema_editor):
    for table, verbs in ONLY_ADDED.items():
        for verb in verbs:
            name, said = f"{table}_no_{verb.lower()}", f"rows of {table} are only ever added"
            if schema_editor.connection.vendor == "sqlite":
                body = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}")
            else:
                body = f"BEGIN RAISE EXCEPTION '{said}'; END"
                schema_editor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
                )


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_merged_areas")]
    operations = [
        migrations.CreateModel(
            name="SettledPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=32)),
                (
                    "key",
                    models.CharField(
                        help_text="since when what only grows is counted; empty for how things stand", max_length=160
                    ),
                ),
                ("settled_on", models.DateField()),
                ("raws", models.TextField(help_text="JSON: place, kind, count with all below the place")),
                ("hidden", models.TextField(help_text="JSON: place, kind")),
            ],
            options={
                "db_table": "settled_page",
                "indexes": [models.Index(fields=["page", "key"], name="settled_page_of")],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
