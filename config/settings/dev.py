"""Development and `make demo`: the servers and keys of the local directory, pages with details of errors."""

from deploy.local.environment import adopt_environment

adopt_environment()

from config.settings.base import *  # noqa: E402
from config.settings.base import INSTALLED_APPS, LOGGING, env  # noqa: E402

DEBUG = env.flag("DEBUG")  # off unless asked for: the demo shows the real error pages
DEMO = True  # demo sign-ins may exist
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys of the demo are bound to *.localhost without TLS
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SECRET_KEY = env.text("SECRET_KEY", "only-for-commands-that-need-no-secret")
LOGGING["formatters"]["plain"] = {"format": "%(levelname)s %(name)s: %(message)s"}
LOGGING["handlers"]["stderr"]["formatter"] = env.text("LOG_FORMAT", "plain")
