from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_cover")]

    operations = [
        migrations.AddField(
            model_name="device",
            name="signed_out_at",
            field=models.DateTimeField(null=True, help_text="its people have to go at its next contact"),
        ),
    ]
