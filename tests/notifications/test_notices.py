"""Notices in the portal: for one person, in that person's language, without anything personal."""

import pytest
from django.urls import reverse
from django.utils import translation
from django_tenants.utils import tenant_context

from core.once import new_key
from notifications.errors import NoticeAddressForeign, NoticeTextEmpty
from notifications.models import Notice
from notifications.queries import unread_count
from notifications.services import acknowledge_notice, notify, read_all_notices, read_notice, settle_notices

pytestmark = pytest.mark.django_db


def tell(*users, **options):
    defaults = {"kind": "test", "text": "Order %(number)s is ready.", "params": {"number": "L1"}, "url": "/patients/"}
    return notify(users=users, **{**defaults, **options})


def test_everybody_named_is_told_once(doctor, nurse):
    tell(doctor, nurse, doctor.pk, None)
    assert sorted(Notice.objects.values_list("user__username", flat=True)) == ["doctor", "nurse"]


def test_the_text_is_translated_when_it_is_read(doctor):
    notice = tell(doctor, text="Cancelled", params=None)[0]
    shown = set()
    for language in ("en", "km"):
        with translation.override(language):
            shown.add(notice.message)
    assert "Cancelled" in shown
    assert str(tell(doctor)[0]) == "Order L1 is ready."


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "evil", "/\\evil.example"]
)
def test_a_notice_links_to_this_portal_only(doctor, url):
    with pytest.raises(NoticeAddressForeign):
        tell(doctor, url=url)
    assert not Notice.objects.exists()


def test_a_notice_needs_words(doctor):
    with pytest.raises(NoticeTextEmpty):
        tell(doctor, text=" ")


def test_reading_counts_once(doctor):
    notice = tell(doctor)[0]
    first = read_notice(notice=notice, by=doctor).read_at
    assert read_notice(notice=notice, by=doctor).read_at == first
    assert unread_count(doctor) == 0


def test_urgent_notices_stay_until_acknowledged(doctor):
    tell(doctor)
    urgent = tell(doctor, urgent=True)[0]
    assert read_all_notices(by=doctor) == 1
    assert unread_count(doctor) == 1
    acknowledge_notice(notice=urgent, by=doctor)
    assert unread_count(doctor) == 0
    assert not Notice.objects.get(pk=urgent.pk).awaits_acknowledgement


def test_nobody_reads_for_somebody_else(doctor, nurse):
    notice = tell(doctor, urgent=True)[0]
    read_notice(notice=notice, by=nurse)
    acknowledge_notice(notice=notice, by=nurse)
    assert Notice.objects.get().read_at is None


def test_what_was_done_on_the_page_settles_its_notices(doctor, nurse):
    tell(doctor, nurse, urgent=True, url="/laboratory/x/")
    tell(doctor, url="/laboratory/y/")
    settle_notices(url="/laboratory/x/", by=doctor)
    assert (unread_count(doctor), unread_count(nurse)) == (1, 1)


# --- Screens ----------------------------------------------------------------------------------------------------------
def test_the_bell_counts_and_marks_what_is_urgent(client_for, doctor):
    client = client_for("doctor")
    assert "tool-count" not in client.htmx(reverse("notifications:bell")).content.decode()
    tell(doctor, urgent=True)
    bell = client.htmx(reverse("notifications:bell")).content.decode()
    assert ">1<" in bell
    assert "tool-count-urgent" in bell
    assert "<html" not in bell


def test_a_plain_browser_is_led_to_the_list(client_for):
    answer = client_for("doctor").get(reverse("notifications:bell"))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("notifications:notice-list")


def test_opening_reads_and_leads_on(client_for, doctor):
    notice = tell(doctor)[0]
    answer = client_for("doctor").post(reverse("notifications:notice-open", args=[notice.pk]), {"_once": new_key()})
    assert answer["Location"] == "/patients/"
    assert unread_count(doctor) == 0


def test_acts_are_posts(client_for, doctor):
    notice = tell(doctor)[0]
    for name in ("notice-open", "notice-acknowledge"):
        assert client_for("doctor").get(reverse(f"notifications:{name}", args=[notice.pk])).status_code == 405


def test_notices_of_others_and_of_other_hospitals_do_not_exist(client_for, nurse, royal, samaki):
    mine = tell(nurse)[0]
    with tenant_context(royal):
        from accounts.models import User

        theirs = tell(User.objects.get(username="doctor"))[0]
    client = client_for("doctor")
    for pk in (mine.pk, theirs.pk):
        assert client.post(reverse("notifications:notice-open", args=[pk]), {"_once": new_key()}).status_code == 404
    assert client.get(reverse("notifications:notice-list")).content.decode().count("Order L1") == 0


def test_the_list_and_the_bell_need_the_same_queries_however_many(client_for, doctor, query_count):
    client = client_for("doctor")
    for name in ("notice-list", "bell"):
        found = []
        for times in (1, 2):
            for _ in range(times):
                tell(doctor)
            client.htmx(reverse(f"notifications:{name}"))
            with query_count() as queries:
                client.htmx(reverse(f"notifications:{name}"))
            found.append(queries.count)
        assert found[0] == found[1], name


def test_everything_is_read_with_one_button(client_for, doctor):
    tell(doctor), tell(doctor)
    client_for("doctor").post(reverse("notifications:notice-read-all"), {"_once": new_key()})
    assert unread_count(doctor) == 0
