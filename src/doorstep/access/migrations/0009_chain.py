import secrets

from django.db import migrations, models


def chain_what_is_there(apps, schema_editor):
    """What was logged before is the first batch."""
    from doorstep.access import chain
    from doorstep.lib import db, keyring

    keyring.make()
    connection = db.current()
    last = connection.value("SELECT MAX(id) FROM access_log") or 0
    first = connection.value("SELECT MIN(id) FROM access_log") or 1
    ids = [i for (i,) in connection.rows("SELECT id FROM access_log")]
    connection.many("UPDATE access_log SET salt = ? WHERE id = ?", [(secrets.token_hex(16), i) for i in ids])
    if not ids:
        return

    def rows():
        for row in chain.rows_between(connection, first, last):
            chain.write_openings(connection, [row])
            yield row

    chain.seal(connection, rows(), None)


class Migration(migrations.Migration):
    dependencies = [("access", "0008_attempts")]

    operations = [
        migrations.AddField(
            model_name="accesslog",
            name="salt",
            field=models.TextField(db_default="", default="", help_text="what the digests of its persons are salted with"),
        ),
        migrations.AlterField(
            model_name="accesslog",
            name="persons",
            field=models.TextField(
                help_text="JSON list of ids; '~' and a digest in the place of somebody who was erased"
            ),
        ),
        migrations.CreateModel(
            name="AccessBatch",
            fields=[
                ("n", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("key_name", models.CharField(max_length=16)),
                ("seal", models.CharField(max_length=64)),
            ],
            options={"db_table": "access_batch"},
        ),
        migrations.CreateModel(
            name="AccessOpened",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.CharField(max_length=64)),
                ("user_id", models.BigIntegerField()),
                ("role", models.CharField(max_length=24)),
                ("day", models.DateField()),
            ],
            options={
                "db_table": "access_opened",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "day", "user_id", "role"), name="access_opened_once"
                    )
                ],
            },
        ),
        migrations.RunPython(chain_what_is_there, migrations.RunPython.noop),
    ]
