#!/usr/bin/env python
"""Entry to Django's commands; settings default to development on this machine."""

import gc
import os
import sys


def main() -> None:
    gc.set_threshold(100_000, 50, 100)  # what is loaded stays: looking at it again and again is a fifth of a start
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
