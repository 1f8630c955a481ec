from django.contrib.admin.apps import AdminConfig


class ConsoleAdminConfig(AdminConfig):
    """Django's admin, opened only on the console's host and only behind a second factor."""

    default_site = "config.admin.ConsoleAdminSite"
