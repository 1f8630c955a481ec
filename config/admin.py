from django_otp.admin import OTPAdminSite


class ConsoleAdminSite(OTPAdminSite):
    site_header = "Console"
