from django.urls import path

from gateways.views import checkouts, codes, links, public, setup

app_name = "gateways"
urlpatterns = [
    path("khqr/", codes.qr_list, name="qr-list"),
    path("invoices/<uuid:pk>/khqr/", codes.qr_new, name="qr-new"),
    path("invoices/<uuid:pk>/khqr/other/", codes.qr_other, name="qr-other"),
    path("khqr/<uuid:pk>/", codes.qr_detail, name="qr-detail"),
    path("khqr/<uuid:pk>/check/", codes.qr_check, name="qr-check"),
    path("khqr/<uuid:pk>/cancel/", codes.qr_cancel, name="qr-cancel"),
    path("khqr/<uuid:pk>/accept/", codes.qr_accept, name="qr-accept"),
    path("khqr/<uuid:pk>/dismiss/", codes.qr_dismiss, name="qr-dismiss"),
    path("khqr/calls/<str:key>/", public.khqr_callback, name="khqr-callback"),
    path("links/", checkouts.checkout_list, name="checkout-list"),
    path("links/<uuid:pk>/", checkouts.checkout_detail, name="checkout-detail"),
    path("links/<uuid:pk>/check/", checkouts.checkout_check, name="checkout-check"),
    path("links/<uuid:pk>/cancel/", checkouts.checkout_cancel, name="checkout-cancel"),
    path("links/<uuid:pk>/accept/", checkouts.checkout_accept, name="checkout-accept"),
    path("links/<uuid:pk>/dismiss/", checkouts.checkout_dismiss, name="checkout-dismiss"),
    path("links/<uuid:pk>/send/", checkouts.checkout_send, name="checkout-send"),
    path("invoices/<uuid:pk>/ask/", checkouts.online_ask, name="online-ask"),
    path("invoices/<uuid:pk>/link/", checkouts.link_new, name="link-new"),
    path("patients/<uuid:pk>/link/", checkouts.deposit_link_new, name="deposit-link-new"),
    path("stripe/events/", checkouts.stripe_events, name="stripe-events"),
    path("stripe/thanks/", checkouts.thanks, name="stripe-thanks"),
    path("stripe/thanks/<str:token>/", links.link_state, name="link-state"),
    path("stripe/pay/<str:token>/", links.link_open, name="link-open"),
    path("setup/stripe/", setup.stripe_edit, name="stripe-edit"),
    path("setup/khqr/", setup.khqr_edit, name="khqr-edit"),
    path("setup/khqr/calls/", setup.callback_renew, name="callback-renew"),
    path("setup/screens/", setup.screen_list, name="screen-list"),
    path("setup/screens/<uuid:pk>/revoke/", setup.screen_revoke, name="screen-revoke"),
]
