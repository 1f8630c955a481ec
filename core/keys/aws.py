"""AWS KMS: the key never leaves the service; the context is the encryption context, which its log shows as well.

The credentials come as boto3 finds them: environment, profile, or the machine's role.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from core.keyring import KeyServiceDown, MissingKey, WrongKey
from core.keys.provider import Context

MARK = "aws:"
# What KMS says when the key is another one, was disabled or deleted, or the context is not the one it was wrapped with.
_REFUSALS = {
    "InvalidCiphertextException",
    "IncorrectKeyException",
    "InvalidKeyUsageException",
    "NotFoundException",
    "DisabledException",
    "KMSInvalidStateException",
    "AccessDeniedException",
}


class AwsProvider:
    def __init__(self) -> None:
        if not settings.KEY_AWS_KEY_ID:
            raise MissingKey("KEY_AWS_KEY_ID names no key")
        patience = settings.KEY_TIMEOUT_SECONDS
        retries: Any = {"mode": "standard", "total_max_attempts": settings.KEY_ATTEMPTS}
        try:
            self._client: Any = boto3.client(
                "kms",
                region_name=settings.KEY_AWS_REGION or None,
                endpoint_url=settings.KEY_AWS_ENDPOINT or None,
                config=Config(connect_timeout=patience, read_timeout=patience, retries=retries),
            )
        except (BotoCoreError, ValueError) as error:
            raise MissingKey(f"AWS KMS is not set up: {error}") from error

    def wrap(self, key: bytes, context: Context) -> str:
        answer = self._ask("encrypt", KeyId=settings.KEY_AWS_KEY_ID, Plaintext=key, EncryptionContext=dict(context))
        return MARK + b64encode(answer["CiphertextBlob"]).decode("ascii")

    def unwrap(self, wrapped: str, context: Context) -> bytes:
        try:
            blob = b64decode(wrapped.removeprefix(MARK), validate=True)
        except Base64Error as error:
            raise WrongKey("A data key is no text of AWS KMS") from error
        return self._ask("decrypt", CiphertextBlob=blob, EncryptionContext=dict(context))["Plaintext"]

    def _ask(self, act: str, **asked: Any) -> dict[str, Any]:
        try:
            return getattr(self._client, act)(**asked)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _REFUSALS:
                raise WrongKey(f"AWS KMS refuses to {act} a data key: {code}") from error
            raise KeyServiceDown(f"AWS KMS cannot {act} a data key now: {code}") from error
        except BotoCoreError as error:
            raise KeyServiceDown(f"AWS KMS does not answer: {type(error).__name__}") from error
