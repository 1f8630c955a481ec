import core.clock
import core.ids
import core.models.base
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0001_initial'),
        ('patients', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FamilyMembership',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('family', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='membership', to='patients.family')),
                ('card_number', models.CharField(max_length=20, unique=True, verbose_name='card number')),
                ('balance', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='points')),
                ('earned', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='points earned')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='points_never_below_zero'), models.CheckConstraint(condition=models.Q(('earned__gte', 0)), name='earned_never_below_zero')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='PointEntry',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='crm.familymembership')),
                ('kind', models.CharField(choices=[('earned', 'Earned'), ('reversed', 'Taken back'), ('spent', 'Spent')], max_length=8, verbose_name='kind')),
                ('points', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='points')),
                ('balance_after', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='balance')),
                ('source_kind', models.CharField(max_length=40)),
                ('source_id', models.UUIDField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['membership', '-id'], name='points_of_membership')],
                'constraints': [models.UniqueConstraint(fields=('source_kind', 'source_id', 'kind'), name='points_once_per_source'), models.CheckConstraint(condition=models.Q(('points', 0), _negated=True), name='point_entry_moves_something'), models.CheckConstraint(condition=models.Q(('balance_after__gte', 0)), name='point_balance_never_below_zero'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'earned'), ('points__gt', 0)), models.Q(('kind__in', ['reversed', 'spent']), ('points__lt', 0)), _connector='OR'), name='point_sign_matches_kind')],
            },
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('threshold', models.DecimalField(decimal_places=2, max_digits=12, unique=True, verbose_name='points needed')),
                ('rate', models.DecimalField(decimal_places=4, help_text='Share of the invoice: 0.05 is 5 %', max_digits=5, verbose_name='discount')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'ordering': ['threshold'],
                'constraints': [models.CheckConstraint(condition=models.Q(('threshold__gte', 0)), name='tier_threshold_not_negative'), models.CheckConstraint(condition=models.Q(('rate__gte', 0), ('rate__lte', 1)), name='tier_rate_is_a_share')],
                'indexes': [],
            },
        ),
    ]
