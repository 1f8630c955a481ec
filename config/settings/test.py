"""The suite: the servers tests/ started, quick password hashes, no static manifest, jobs in line."""

from config.settings.base import *
from config.settings.base import BASE_DIR, CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, INSTALLED_APPS, LOGGING, Path, env

DEBUG = False
DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
SECRET_KEY = env.text("SECRET_KEY", "tests-only-" + "0" * 40)
MASTER_KEY = env.text("MASTER_KEY", "dGVzdHMtb25seS1rZXktdGVzdHMtb25seS1rZXktMDE=")
AUDIT_SIGNING_KEY = env.text("AUDIT_SIGNING_KEY", "dGVzdHMtb25seS1zaWduLXRlc3RzLW9ubHktc2lnbi0=")
METRICS_TOKEN = "tests-only-metrics-token"  # noqa: S105
PUBLIC_SCHEME = "http"
OUTWARD_ALLOW_HTTP = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
OUTWARD_ALLOW_PRIVATE_NETWORKS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
CELERY_TASK_ALWAYS_EAGER = env.flag("CELERY_TASK_ALWAYS_EAGER", True)
CELERY_TASK_EAGER_PROPAGATES = True
ACCOUNT_RATE_LIMITS = False  # a suite signs in more often than a person; the limits have a test of their own
LOGGING["formatters"]["plain"] = {"format": "%(levelname)s %(name)s: %(message)s"}
LOGGING["handlers"]["stderr"]["formatter"] = env.text("LOG_FORMAT", "plain")
LOGGING["root"]["level"] = env.text("LOG_LEVEL", "WARNING")
CACHES["default"]["KEY_PREFIX"] = env.text("CACHE_PREFIX", "")
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{env.text('CACHE_PREFIX', '')}.jobs."
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / ".local" / "test" / "media" / "suite")))
EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH", "") or None
RATES = dict.fromkeys(("read", "act", "paper", "mail", "stranger"), 1_000_000)  # the suite walks faster than people
