"""What the web server does without: small pieces of stack, and memory per coroutine."""

import threading

import pytest
from django.utils import timezone, translation

from core.serving import PER_THREAD, in_one_piece, use_thread_locals


def test_a_request_is_answered_as_before():
    serve = in_one_piece(lambda environ, start_response: [environ["body"], start_response("200 OK", [])])
    assert serve({"body": b"hello"}, lambda status, headers: status) == [b"hello", "200 OK"]
    with pytest.raises(KeyError):
        serve({}, lambda status, headers: status)


def test_calls_at_any_depth_of_a_request_find_their_room():
    """However deep a page stands when a loop begins, its calls stay in one piece: the frame below asked for it."""
    served = in_one_piece(lambda environ, start_response: []).__code__
    assert served.co_stacksize * 8 > 2**17  # the next larger piece is 256 KB, half of it free


@pytest.fixture
def thread_locals(monkeypatch):
    for holder, name in PER_THREAD:
        monkeypatch.setattr(holder, name, getattr(holder, name))  # put back afterwards; fails where Django moved it
    use_thread_locals()


@pytest.mark.usefixtures("thread_locals")
def test_language_and_time_zone_of_one_thread_are_not_anothers():
    seen = {}

    def reader(language):
        with translation.override(language), timezone.override("Asia/Tokyo" if language == "km" else "UTC"):
            both_are_here.wait(10)
            seen[language] = (translation.get_language(), timezone.get_current_timezone_name())

    both_are_here = threading.Barrier(2)
    threads = [threading.Thread(target=reader, args=(language,)) for language in ("km", "zh-hans")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"km": ("km", "Asia/Tokyo"), "zh-hans": ("zh-hans", "UTC")}
    assert translation.get_language() == "en"
