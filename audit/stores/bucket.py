from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings

from audit.stores.errors import AlreadyThere


class BucketStore:
    """Objects of a bucket. A write is conditional on the name being free, which the server decides.

    Give the bucket object lock or versioning, and this key the right to put but not to delete.
    """

    def __init__(self, place: str) -> None:
        parts = urlsplit(place)
        self.bucket, self.prefix = parts.netloc, parts.path.strip("/")
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=settings.AUDIT_S3_ENDPOINT or None,
            region_name=settings.AUDIT_S3_REGION,
            aws_access_key_id=settings.AUDIT_S3_ACCESS_KEY or None,
            aws_secret_access_key=settings.AUDIT_S3_SECRET_KEY or None,
            config=Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3}),
        )

    def put_new(self, name: str, content: bytes) -> None:
        try:
            self.client.put_object(Bucket=self.bucket, Key=self._key(name), Body=content, IfNoneMatch="*")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in {409, 412}:
                raise AlreadyThere(name) from error
            raise

    def names(self, folder: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self._key(folder) + "/"
        )
        cut = len(self.prefix) + 1 if self.prefix else 0
        return sorted(one["Key"][cut:] for page in pages for one in page.get("Contents", []))

    def read(self, name: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"].read()

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name
