from django.urls import path

from hospitals.views import console, offers, visits

app_name = "console"
urlpatterns = [
    path("", console.hospital_list, name="hospital-list"),
    path("hospitals/new/", console.hospital_new, name="hospital-new"),
    path("hospitals/<uuid:pk>/", console.hospital_detail, name="hospital-detail"),
    path("hospitals/<uuid:pk>/restart/", console.hospital_restart, name="hospital-restart"),
    path("hospitals/<uuid:pk>/suspend/", console.hospital_suspend, name="hospital-suspend"),
    path("hospitals/<uuid:pk>/activate/", console.hospital_activate, name="hospital-activate"),
    path("hospitals/<uuid:pk>/visit/", visits.visit_new, name="visit-new"),
    path("hospitals/<uuid:pk>/visit/ready/", visits.visit_ready, name="visit-ready"),
    path("plans/", offers.plan_list, name="plan-list"),
    path("plans/<uuid:pk>/", offers.plan_edit, name="plan-edit"),
    path("role-templates/", offers.role_template_list, name="role-template-list"),
    path("role-templates/<slug:code>/", offers.role_template_edit, name="role-template-edit"),
    path("demo-requests/", offers.demo_request_list, name="demo-request-list"),
    path("demo-requests/<uuid:pk>/handle/", offers.demo_request_handle, name="demo-request-handle"),
]
