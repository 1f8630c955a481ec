from datetime import UTC, date, datetime

import pytest

from core import clock


def test_the_hospitals_day_begins_seven_hours_before_utc():
    with clock.freeze(datetime(2026, 11, 20, 17, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 21)
    with clock.freeze(datetime(2026, 11, 20, 16, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 20)


def test_a_days_bounds_hold_exactly_that_day():
    start, end = clock.day_bounds(date(2026, 11, 21))
    assert start == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert end == datetime(2026, 11, 21, 17, tzinfo=UTC)


def test_a_frozen_clock_stands_until_it_is_moved():
    with clock.freeze("2026-11-21T11:00") as frozen:
        assert clock.now() == datetime(2026, 11, 21, 4, tzinfo=UTC)
        frozen.advance(minutes=5)
        assert clock.now() == datetime(2026, 11, 21, 4, 5, tzinfo=UTC)


def test_the_clock_runs_again_afterwards_even_after_an_error():
    with pytest.raises(KeyError), clock.freeze("2020-01-01T00:00"):
        raise KeyError
    assert clock.now().year > 2020


def test_freezing_inside_a_frozen_moment_returns_to_it():
    with clock.freeze("2026-11-21T11:00"):
        with clock.freeze("2026-11-22T11:00"):
            assert clock.today() == date(2026, 11, 22)
        assert clock.today() == date(2026, 11, 21)
