import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who wrote stands in a table of its own, which an erasure empties. No store has filled the column yet."""

    dependencies = [("feedback", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="complaint", name="complaint_author"),
        migrations.RemoveField(model_name="complaint", name="author_id"),
        migrations.CreateModel(
            name="ComplaintAuthor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.CharField(db_index=True, max_length=64)),
                (
                    "complaint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="author", to="feedback.complaint"
                    ),
                ),
            ],
            options={"db_table": "complaint_author"},
        ),
    ]
