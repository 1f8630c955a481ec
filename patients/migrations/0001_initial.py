import core.clock
import core.fields
import core.ids
import core.models.base
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Family',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='family number')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('mrn', models.CharField(max_length=20, unique=True, verbose_name='medical record number')),
                ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='patients.family')),
                ('family_name', core.fields.EncryptedTextField(blank=True, default='', verbose_name='family name')),
                ('given_name', core.fields.EncryptedTextField(blank=True, default='', verbose_name='given name')),
                ('native_family_name', core.fields.EncryptedTextField(blank=True, default='', verbose_name='family name in Khmer')),
                ('native_given_name', core.fields.EncryptedTextField(blank=True, default='', verbose_name='given name in Khmer')),
                ('sex', models.CharField(choices=[('female', 'Female'), ('male', 'Male'), ('other', 'Other'), ('unknown', 'Unknown')], max_length=8, verbose_name='sex')),
                ('birth_date', core.fields.EncryptedDateField(verbose_name='birth date')),
                ('birth_date_precision', models.CharField(choices=[('day', 'Exact day'), ('month', 'Month and year'), ('year', 'Year only'), ('estimated', 'Estimated from age')], default='day', max_length=9)),
                ('phone', core.fields.EncryptedTextField(verbose_name='phone')),
                ('phone_other', core.fields.EncryptedTextField(blank=True, default='', verbose_name='second phone')),
                ('email', core.fields.EncryptedTextField(blank=True, default='', verbose_name='email')),
                ('province', models.CharField(blank=True, default='', max_length=2, verbose_name='province')),
                ('district', models.CharField(blank=True, default='', max_length=4, verbose_name='district')),
                ('commune', models.CharField(blank=True, default='', max_length=6, verbose_name='commune')),
                ('village', core.fields.EncryptedTextField(blank=True, default='', verbose_name='village')),
                ('street', core.fields.EncryptedTextField(blank=True, default='', verbose_name='house and street')),
                ('nationality', models.CharField(default='KH', max_length=2, verbose_name='nationality')),
                ('occupation', models.CharField(blank=True, default='', max_length=40, verbose_name='occupation')),
                ('preferred_language', models.CharField(default='km', max_length=10, verbose_name='preferred language')),
                ('blood_group', models.CharField(blank=True, choices=[('A+', 'A+'), ('A-', 'A−'), ('B+', 'B+'), ('B-', 'B−'), ('AB+', 'AB+'), ('AB-', 'AB−'), ('O+', 'O+'), ('O-', 'O−')], default='', max_length=3, verbose_name='blood group')),
                ('confidentiality', models.CharField(choices=[('normal', 'Normal'), ('restricted', 'Restricted')], default='normal', max_length=10, verbose_name='confidentiality')),
                ('deceased_on', models.DateField(blank=True, null=True, verbose_name='date of death')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('registered_at_branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('sex__in', ['female', 'male', 'other', 'unknown'])), name='patient_sex_known_code'), models.CheckConstraint(condition=models.Q(('birth_date_precision__in', ['day', 'month', 'year', 'estimated'])), name='patient_precision_known_code'), models.CheckConstraint(condition=models.Q(('confidentiality__in', ['normal', 'restricted'])), name='patient_confidentiality_known_code'), models.CheckConstraint(condition=models.Q(models.Q(('district', ''), ('district__startswith', models.F('province')), _connector='OR'), models.Q(('commune', ''), ('commune__startswith', models.F('district')), _connector='OR')), name='patient_address_codes_nest')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SearchToken',
            fields=[
                ('pk', models.CompositePrimaryKey('token', 'patient_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('token', models.BigIntegerField()),
                ('patient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patients.patient')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='visit number')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='patients.patient')),
                ('kind', models.CharField(choices=[('outpatient', 'Outpatient'), ('emergency', 'Emergency'), ('inpatient', 'Inpatient'), ('laboratory', 'Laboratory only'), ('pharmacy', 'Pharmacy only'), ('vaccination', 'Vaccination'), ('telemedicine', 'Telemedicine')], max_length=12, verbose_name='kind')),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='open', max_length=9, verbose_name='status')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department')),
                ('practitioner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payer', models.CharField(choices=[('self', 'Pays in person'), ('nssf', 'NSSF'), ('hef', 'Health Equity Fund'), ('hef_informal', 'Health Equity Fund (informal worker)'), ('insurance', 'Private insurance'), ('employer', 'Employer'), ('other', 'Other')], default='self', max_length=12, verbose_name='payer')),
                ('payer_note', models.CharField(blank=True, default='', max_length=120, verbose_name='name of the payer')),
                ('reason', core.fields.EncryptedTextField(blank=True, default='', verbose_name='reason for coming')),
                ('date', models.DateField(verbose_name='date')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['date', '-id'], name='visit_day'), models.Index(condition=models.Q(('status', 'open')), fields=['-id'], name='visit_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('patient', 'department', 'date'), name='one_open_visit_per_patient_department_day'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'closed', 'cancelled'])), name='visit_status_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['outpatient', 'emergency', 'inpatient', 'laboratory', 'pharmacy', 'vaccination', 'telemedicine'])), name='visit_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='visit_closed_has_time')],
            },
        ),
        migrations.CreateModel(
            name='VisitMove',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='patients.visit')),
                ('from_status', models.CharField(blank=True, default='', max_length=9)),
                ('to_status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], max_length=9)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='EmergencyContact',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emergency_contacts', to='patients.patient')),
                ('name', core.fields.EncryptedTextField(verbose_name='name')),
                ('relationship', models.CharField(choices=[('mother', 'Mother'), ('father', 'Father'), ('spouse', 'Spouse'), ('child', 'Son or daughter'), ('sibling', 'Brother or sister'), ('grandparent', 'Grandparent'), ('relative', 'Other relative'), ('friend', 'Friend'), ('guardian', 'Guardian'), ('employer', 'Employer'), ('other', 'Other')], max_length=12, verbose_name='relationship')),
                ('phone', core.fields.EncryptedTextField(verbose_name='phone')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DuplicateAnswer',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicate_answers', to='patients.patient')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patients.patient')),
                ('score', models.PositiveSmallIntegerField()),
                ('reason', core.fields.EncryptedTextField()),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('patient', 'other'), name='one_answer_per_pair_of_patients'), models.CheckConstraint(condition=models.Q(('patient', models.F('other')), _negated=True), name='duplicate_of_somebody_else')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='PatientIdentifier',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='patients.patient')),
                ('type', models.CharField(max_length=30, verbose_name='type')),
                ('value', core.fields.EncryptedTextField(verbose_name='number')),
                ('digest', models.BinaryField(max_length=32)),
                ('personal', models.BooleanField(help_text='Belongs to one person only')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['digest'], name='identifier_digest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('personal', True)), fields=('type', 'digest'), name='identifier_of_one_patient'), models.UniqueConstraint(fields=('patient', 'type', 'digest'), name='identifier_once_per_patient')],
            },
        ),
        migrations.AddField(
            model_name='Family',
            name='head',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient', verbose_name='head of the family'),
        ),
    ]
