"""Settings shared by every environment. Environment variables are documented in docs/operations.md."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import env
from config.database import database_from_url

BASE_DIR = Path(__file__).resolve().parents[2]
PLATFORM_NAME = env.text("PLATFORM_NAME", "iHospita")

# --- Hosts -----------------------------------------------------------------------------------------------------------
# Landing and console live on fixed hosts; portals and queue displays are found in the public table of domains.
PLATFORM_HOSTS = env.words("PLATFORM_HOSTS", "localhost,127.0.0.1")
CONSOLE_HOST = env.text("CONSOLE_HOST", "console.localhost")
BASE_DOMAIN = env.text("BASE_DOMAIN", "localhost")
PUBLIC_PORT = env.text("PUBLIC_PORT", "")  # shown in addresses we print and mail; empty behind a proxy on 443
PUBLIC_SCHEME = env.text("PUBLIC_SCHEME", "https")
TRUSTED_PROXIES = env.words("FORWARDED_ALLOW_IPS", "127.0.0.1")  # whose X-Forwarded-For is believed
ALLOWED_HOSTS = ["*"]  # the hospital middleware refuses unknown hosts itself, with a plain 404

# --- Applications ----------------------------------------------------------------------------------------------------
_BOTH = [
    "core",
    "audit",
    "accounts",
    "notifications",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth.account",
    "allauth.mfa",
    "django_otp",
    "django_otp.plugins.otp_static",
]
SHARED_APPS = [
    "django_tenants",
    "modeltranslation",
    "django.contrib.contenttypes",  # public only: its cache is process-wide and must not differ between hospitals
    "config.apps.ConsoleAdminConfig",
    "django.contrib.staticfiles",
    "allauth",
    "django_htmx",
    "template_partials",
    "django_prometheus",
    *_BOTH,
    "hospitals",
    "terminology",
]
TENANT_APPS = [
    *_BOTH,
    "patients",
    "crm",
    "insurance",
    "billing",
    "cashoffice",
    "gateways",
    "queueing",
    "clinical",
    "claims",
    "laboratory",
    "pharmacy",
    "oversight",
    "reports",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "hospitals.Hospital"
TENANT_DOMAIN_MODEL = "hospitals.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_LIMIT_SET_CALLS = True
ORIGINAL_BACKEND = "django_prometheus.db.backends.postgresql"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.HealthMiddleware",
    "core.addresses.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hospitals.middleware.HospitalMiddleware",
    "core.middleware.SecurityHeadersMiddleware",
    "queueing.middleware.DisplayPollMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.SessionRulesMiddleware",
    "accounts.visiting.SupportVisitMiddleware",
    "audit.middleware.AuditContextMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "core.rates.RateMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.HtmxLoginMiddleware",
    "accounts.middleware.WorkplaceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "patients.middleware.BrokenGlassMiddleware",
]
ROOT_URLCONF = "config.urls_portal"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.ui",
                "core.templatetags.remembering",
                "core.templatetags.swift",
            ],
        },
    }
]
FORM_RENDERER = "core.forms.FieldRenderer"

# --- Database and cache ----------------------------------------------------------------------------------------------
# DATABASE_URL is the application's own role: it may not alter tables nor touch what is append-only.
# DATABASE_OWNER_URL owns the tables; only migrations and the making of a hospital use it (USE_OWNER_ROLE=1).
USE_OWNER_ROLE = env.flag("USE_OWNER_ROLE")
DATABASE_URL = env.text("DATABASE_URL", "")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "") or DATABASE_URL
DATABASES = {
    "default": database_from_url(
        DATABASE_OWNER_URL if USE_OWNER_ROLE else DATABASE_URL,
        pool_size=env.number("DATABASE_POOL_SIZE", 0),
    )
}
DATABASE_APP_ROLE = env.text("DATABASE_APP_ROLE", "ihospita_app")
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 24 * 60 * 60  # the most a hospital may choose; accounts.preferences end a session earlier
SESSION_SAVE_EVERY_REQUEST = False  # accounts.middleware slides the expiry once a minute, not at every click
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Jobs ------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "global_keyprefix": "jobs."}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TIMEZONE = "Asia/Phnom_Penh"

# --- Sign-in ---------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.DisguisedWordValidator"},
    {"NAME": "accounts.passwords.OwnWordsValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAccountAdapter"
MFA_ADAPTER = "accounts.adapter.EncryptedMfaAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # staff accounts are made by admins; mail addresses are set by them
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Passwords are slowed by accounts.services.attempts; login_failed is what allauth counts codes of the second factor by.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/5m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody outside the staff gets a mail from us
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = PLATFORM_NAME
MFA_TOTP_TOLERANCE = 1

# Addresses a hospital's admin types in (single sign-on, a bank) are asked over https and in public networks only.
OUTWARD_ALLOW_PRIVATE_NETWORKS = env.flag("OUTWARD_ALLOW_PRIVATE_NETWORKS")
OUTWARD_ALLOW_HTTP = False  # the suite's provider alone has no certificate

# --- Languages and formats -------------------------------------------------------------------------------------------
LANGUAGES = [("en", "English"), ("km", "ភាសាខ្មែរ"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = "en"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Phnom_Penh"
USE_THOUSAND_SEPARATOR = True

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "core.assets.PackageFinder"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
MULTITENANT_RELATIVE_MEDIA_ROOT = "%s"
STORAGES = {
    "default": {"BACKEND": "core.storage.EncryptedStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Secrets ---------------------------------------------------------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY", "")
# The key that wraps every hospital's own keys (base64 of 32 bytes); see core/crypto.py and docs/operations.md.
MASTER_KEY = env.text("MASTER_KEY", "")
OLD_MASTER_KEY = env.text("OLD_MASTER_KEY", "")  # only for `manage.py rewrap_keys`, while MASTER_KEY is being replaced
# Who wraps the hospitals' keys: local (MASTER_KEY), aws (KMS) or vault (transit).
KEY_PROVIDER = env.text("KEY_PROVIDER", "local")
KEY_RING_SECONDS = env.number("KEY_RING_SECONDS", 300)  # after so long every process has heard of a rotated key
KEY_TIMEOUT_SECONDS = env.number("KEY_TIMEOUT_SECONDS", 5)
KEY_ATTEMPTS = env.number("KEY_ATTEMPTS", 3)
KEY_AWS_KEY_ID = env.text("KEY_AWS_KEY_ID", "")
KEY_AWS_REGION = env.text("KEY_AWS_REGION", "")
KEY_AWS_ENDPOINT = env.text("KEY_AWS_ENDPOINT", "")
KEY_VAULT_ADDRESS = env.text("KEY_VAULT_ADDRESS", "")
KEY_VAULT_TOKEN = env.text("KEY_VAULT_TOKEN", "")
KEY_VAULT_MOUNT = env.text("KEY_VAULT_MOUNT", "transit")
KEY_VAULT_KEY = env.text("KEY_VAULT_KEY", "hospitals")
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
# Signs the checkpoints of each hospital's trail (base64 of 32 bytes), which are kept in a directory or a bucket.
AUDIT_SIGNING_KEY = env.text("AUDIT_SIGNING_KEY", "")
AUDIT_CHECKPOINTS = env.text("AUDIT_CHECKPOINTS", str(MEDIA_ROOT.parent / "checkpoints"))
AUDIT_S3_ENDPOINT = env.text("AUDIT_S3_ENDPOINT", "")
AUDIT_S3_REGION = env.text("AUDIT_S3_REGION", "us-east-1")
AUDIT_S3_ACCESS_KEY = env.text("AUDIT_S3_ACCESS_KEY", "")
AUDIT_S3_SECRET_KEY = env.text("AUDIT_S3_SECRET_KEY", "")

# --- Mail ------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "no-reply@localhost")

# --- Limits ----------------------------------------------------------------------------------------------------------
# Requests a minute of one person (a stranger: of one address), by class; see core/rates.py.
RATES = {
    "read": env.number("RATE_READ", 900),
    "act": env.number("RATE_ACT", 240),
    "paper": env.number("RATE_PAPER", 120),
    "mail": env.number("RATE_MAIL", 20),  # what is sent to patients by hand
    "stranger": env.number("RATE_STRANGER", 600),  # a waiting room's screens share one address
}

# --- Security --------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # core.middleware.SecurityHeadersMiddleware sends frame-ancestors and X-Frame-Options
    "auth.W004",  # usernames are unique whatever their case, by a constraint over lower(username)
]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
PLATFORM_TAGLINE = _("One calm system for a hospital's whole day")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "core.logs.RequestContextFilter"}},
    "formatters": {"json": {"()": "core.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["context"], "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.db.backends": {"level": "WARNING"}, "pyBarcode": {"level": "WARNING"}},
}
