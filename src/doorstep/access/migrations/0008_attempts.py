from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0007_desk_code")]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("kind", models.CharField(max_length=16)),
                ("failures", models.IntegerField()),
                ("wait_until", models.BigIntegerField(help_text="seconds since 1970: before that nothing is tried")),
                ("forget_at", models.BigIntegerField(db_index=True, help_text="seconds since 1970: from then on the row is deleted")),
            ],
            options={"db_table": "attempt"},
        ),
        migrations.CreateModel(
            name="AttemptSalt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_day", models.DateField(unique=True)),
                ("salt", models.CharField(max_length=64)),
            ],
            options={"db_table": "attempt_salt"},
        ),
    ]
