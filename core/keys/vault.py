"""HashiCorp Vault's transit engine. The transit key is made with ``derived=true``: the context takes part in deriving
the key, so that a wrapped key opens in its own hospital, purpose and version only.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

import hvac
import requests
from django.conf import settings
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, VaultError
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from core.keyring import KeyServiceDown, MissingKey, WrongKey
from core.keys.provider import Context


class VaultProvider:
    def __init__(self) -> None:
        if not (settings.KEY_VAULT_ADDRESS and settings.KEY_VAULT_TOKEN):
            raise MissingKey("KEY_VAULT_ADDRESS and KEY_VAULT_TOKEN must be set")
        self._session = requests.Session()
        retry = Retry(
            total=settings.KEY_ATTEMPTS - 1, backoff_factor=0.2, status_forcelist=[502, 503, 504], allowed_methods=None
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        client = hvac.Client(
            url=settings.KEY_VAULT_ADDRESS,
            token=settings.KEY_VAULT_TOKEN,
            timeout=settings.KEY_TIMEOUT_SECONDS,
            session=self._session,
        )
        self._transit: Any = client.secrets.transit

    def wrap(self, key: bytes, context: Context) -> str:
        return self._ask("encrypt_data", context, plaintext=_base64(key))["ciphertext"]

    def unwrap(self, wrapped: str, context: Context) -> bytes:
        return b64decode(self._ask("decrypt_data", context, ciphertext=wrapped)["plaintext"])

    def _ask(self, act: str, context: Context, **asked: str) -> dict[str, str]:
        bound = _base64(json.dumps(dict(context), sort_keys=True).encode())
        try:
            answer = getattr(self._transit, act)(
                name=settings.KEY_VAULT_KEY, mount_point=settings.KEY_VAULT_MOUNT, context=bound, **asked
            )
        except (InvalidRequest, InvalidPath, Forbidden) as error:
            raise WrongKey(f"Vault refuses a data key: {type(error).__name__}") from error
        except (VaultError, requests.RequestException) as error:
            raise KeyServiceDown(f"Vault does not answer as it should: {type(error).__name__}") from error
        return answer["data"]


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
