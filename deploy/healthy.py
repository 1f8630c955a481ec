"""Exit 0 when the address answers 200: ``python deploy/healthy.py http://127.0.0.1:8000/health/ready``."""

import sys
import urllib.error
import urllib.request


def main() -> None:
    request = urllib.request.Request(sys.argv[1], headers={"Host": "localhost", "X-Forwarded-Proto": "https"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - the address is the service's own
            sys.exit(answer.status != 200)
    except (urllib.error.URLError, TimeoutError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")


if __name__ == "__main__":
    main()
