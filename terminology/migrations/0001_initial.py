import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Division',
            fields=[
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Province'), (2, 'District'), (3, 'Commune')])),
                ('kind', models.CharField(help_text='province, capital, srok, khan, krong, khum or sangkat', max_length=12)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='terminology.division')),
                ('name_en', models.CharField(max_length=80)),
                ('name_km', models.CharField(max_length=120)),
                ('name_zh_hans', models.CharField(blank=True, max_length=80, null=True)),
            ],
            options={
                'ordering': ['code'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(max_length=64)),
                ('loaded_at', models.DateTimeField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Icd10Code',
            fields=[
                ('code', models.CharField(max_length=10, primary_key=True, serialize=False)),
                ('plain', models.CharField(help_text='The code without its dot, upper case', max_length=10)),
                ('title_en', models.CharField(max_length=255)),
                ('title_km', models.CharField(blank=True, max_length=255, null=True)),
                ('title_zh_hans', models.CharField(blank=True, max_length=255, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='terminology.icd10code')),
                ('chapter', models.CharField(max_length=5)),
                ('kind', models.CharField(choices=[('chapter', 'Chapter'), ('block', 'Block'), ('category', 'Category'), ('subcategory', 'Subcategory'), ('local', 'Local code')], max_length=11)),
                ('is_leaf', models.BooleanField()),
                ('selectable', models.BooleanField(help_text='May be written as a diagnosis: categories and below')),
                ('common', models.BooleanField(default=False, help_text='On the list of diagnoses used in Cambodian hospitals')),
                ('search_text', models.TextField(help_text='Normalised titles in all languages and everyday words')),
            ],
            options={
                'ordering': ['code'],
                'indexes': [models.Index(fields=['plain'], name='icd10_plain_prefix', opclasses=['text_pattern_ops']), django.contrib.postgres.indexes.GinIndex(fields=['search_text'], name='icd10_words', opclasses=['gin_trgm_ops'])],
                'constraints': [],
            },
        ),
    ]
