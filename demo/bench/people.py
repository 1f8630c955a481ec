"""Signs people in by making their sessions directly; nobody of them is a superuser."""

from secrets import token_hex

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django_tenants.utils import schema_context

from accounts.models import User
from accounts.services.sessions import begin_session
from accounts.session_store import SessionStore


def cookies_of(schema: str, username: str, **session: str) -> dict[str, str]:
    """The cookies of a browser in which this person is signed in at the hospital's portal."""
    with schema_context(schema):
        user = User.objects.get(username=username)
        if user.is_superuser:
            raise ValueError("Nobody measures as a superuser")
        store = SessionStore()
        store.update(
            {
                SESSION_KEY: str(user.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: user.get_session_auth_hash(),
                **session,
            }
        )
        store.create()
        begin_session(user=user, session=store, surface="portal", agent="bench", address="127.0.0.1")
        store.save()
    return {
        settings.SESSION_COOKIE_NAME: store.session_key,
        settings.CSRF_COOKIE_NAME: token_hex(16),
        settings.LANGUAGE_COOKIE_NAME: "en",
    }
