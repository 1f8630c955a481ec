import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models
from django.db.models import F, Func, Q

TIME = Func(
    "began", "ended", function="tstzrange", output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0040_prints_of_papers")]

    operations = [
        migrations.AddField("charge", "began", models.DateTimeField(null=True, verbose_name="Began")),
        migrations.AddField("charge", "ended", models.DateTimeField(null=True, verbose_name="Ended")),
        migrations.AddConstraint(
            "charge",
            models.CheckConstraint(
                condition=Q(began__isnull=True, ended__isnull=True) | Q(began__isnull=False, ended__gte=F("began")),
                name="billing_charge_time",
            ),
        ),
        migrations.AddConstraint(
            "charge",
            django.contrib.postgres.constraints.ExclusionConstraint(
                condition=Q(began__isnull=False, status__in=["pending", "invoiced"]),
                expressions=[("patient", "="), ("service", "="), (TIME, "&&")],
                name="billing_charge_time_once",
            ),
        ),
    ]
