"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from core.menu import Entry, register
from gateways.queries.requests import disputed_count

for entry in (
    Entry("billing", _("KHQR codes"), "gateways:qr-list", "invoice:view", "qrcode", 38, disputed_count),
    Entry("billing", _("Payment links"), "gateways:checkout-list", "invoice:view", "link", 39),
    Entry("admin", _("KHQR set-up"), "gateways:khqr-edit", "gateway:manage", "settings", 82),
    Entry("admin", _("Stripe set-up"), "gateways:stripe-edit", "gateway:manage", "settings", 83),
    Entry("admin", _("Screens for payers"), "gateways:screen-list", "gateway:manage", "device-tv", 84),
):
    register(entry)
