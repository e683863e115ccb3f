from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0006_signed_out")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="desk_code",
            field=models.CharField(
                max_length=40, db_default="", default="", help_text="opens the sealed store of the phone, and nothing else"
            ),
        ),
    ]
