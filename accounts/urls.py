from django.urls import path

from accounts.views import policy, roles, sso, staff, visits, welcome, workplaces

app_name = "accounts"
urlpatterns = [
    path("", staff.staff_list, name="staff-list"),
    path("new/", staff.staff_new, name="staff-new"),
    path("<uuid:pk>/", staff.staff_edit, name="staff-edit"),
    path("<uuid:pk>/invite/", staff.staff_invite, name="staff-invite"),
    path("<uuid:pk>/close/", staff.staff_close, name="staff-close"),
    path("<uuid:pk>/reopen/", staff.staff_reopen, name="staff-reopen"),
    path("roles/", roles.role_list, name="role-list"),
    path("roles/new/", roles.role_new, name="role-new"),
    path("roles/<uuid:pk>/", roles.role_edit, name="role-edit"),
    path("roles/<uuid:pk>/retire/", roles.role_retire, name="role-retire"),
    path("places/", workplaces.workplace_list, name="workplace-list"),
    path("places/<slug:kind>/new/", workplaces.workplace_new, name="workplace-new"),
    path("places/<slug:kind>/<uuid:pk>/", workplaces.workplace_edit, name="workplace-edit"),
    path("branch/", workplaces.branch_choose, name="branch-choose"),
    path("sign-in/", policy.policy_edit, name="policy-edit"),
    path("single-sign-on/", sso.sso_edit, name="sso-edit"),
    path("single-sign-on/test/", sso.sso_test, name="sso-test"),
    path("support/", visits.support_consent, name="support-consent"),
    path("me/", welcome.profile, name="profile"),
]
