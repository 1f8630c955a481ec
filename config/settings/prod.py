"""Production: every secret must be given, every cookie is secure, static files are hashed and compressed."""

from config.settings.base import *
from config.settings.base import BASE_DOMAIN, KEY_PROVIDER, STORAGES, env

DEBUG = False
DEMO = False
SECRET_KEY = env.text("SECRET_KEY")
MASTER_KEY = env.text("MASTER_KEY", None if KEY_PROVIDER == "local" else "")
METRICS_TOKEN = env.text("METRICS_TOKEN")
AUDIT_SIGNING_KEY = env.text("AUDIT_SIGNING_KEY")
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^health", r"^metrics$"]  # asked over plain HTTP from inside the network
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", f"https://{BASE_DOMAIN},https://*.{BASE_DOMAIN}")
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
