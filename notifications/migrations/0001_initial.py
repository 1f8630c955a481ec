import core.clock
import core.ids
import core.models.base
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailLog',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('template', models.CharField(max_length=80, verbose_name='template')),
                ('user_id', models.UUIDField(db_index=True, verbose_name='recipient')),
                ('params', models.JSONField(blank=True, default=dict, verbose_name='values')),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('sent', 'Sent'), ('failed', 'Failed')], default='queued', max_length=10, verbose_name='status')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('problem', models.CharField(blank=True, help_text='Kind of the last error', max_length=80, verbose_name='problem')),
            ],
            options={
                'verbose_name': 'mail sent',
                'verbose_name_plural': 'mails sent',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status', 'queued')), fields=['created_at'], name='maillog_queued')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'sent', 'failed'])), name='maillog_status_known')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=core.clock.now, editable=False)),
                ('updated_at', core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('text', models.CharField(max_length=300, verbose_name='text')),
                ('params', models.JSONField(blank=True, default=dict, verbose_name='values')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('urgent', models.BooleanField(default=False, verbose_name='urgent')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['user', '-id'], name='notice_of_user'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notice_unread')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='notice_says_something'), models.CheckConstraint(condition=models.Q(('acknowledged_at__isnull', True), ('read_at__lte', models.F('acknowledged_at')), _connector='OR'), name='notice_read_before_acknowledged')],
            },
        ),
    ]
