"""What changed since a phone last asked."""

from django.db import migrations, models


def begin(apps, schema_editor):
    run = schema_editor.execute
    for table, after in (("household", 0), ("person", 1)):
        base = "0" if not after else "(SELECT COUNT(*) FROM household)"
        run(
            f"INSERT INTO pull_mark (kind, item_id, n) SELECT '{table}', id, {base} + ROW_NUMBER() OVER (ORDER BY id) FROM {table}"
        )
    run("INSERT INTO counter (name, value) SELECT 'pulled', COUNT(*) FROM pull_mark")


class Migration(migrations.Migration):
    dependencies = [("register", "0003_rounds"), ("places", "0002_counters")]

    operations = [
        migrations.CreateModel(
            name="PullLeft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.BigIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("item_id", models.CharField(max_length=64)),
                ("place_id", models.BigIntegerField(default=0)),
                ("user_id", models.BigIntegerField(default=0)),
                ("clinic_id", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "pull_left", "indexes": [models.Index(fields=["n"], name="pull_left_since")]},
        ),
        migrations.CreateModel(
            name="PullMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("item_id", models.CharField(max_length=64)),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "pull_mark",
                "indexes": [models.Index(fields=["kind", "n"], name="pull_mark_since")],
                "constraints": [models.UniqueConstraint(fields=("kind", "item_id"), name="pull_mark_once")],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
