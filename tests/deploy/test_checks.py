"""Checks of the sources can fail, and fail for the right thing."""

from deploy import audit, secret_scan


def test_a_key_in_the_sources_is_found(tmp_path, capfd):
    planted = tmp_path / "settings.py"
    planted.write_text('KEY = "AKIA' + "IOSFODNN7EXAMPLA" + '"\n')
    assert secret_scan.verdict([str(planted)]) != 0
    told = capfd.readouterr().out
    assert "settings.py:1" in told
    assert "IOSFODNN" not in told


def test_known_words_of_the_demo_are_no_secrets(tmp_path):
    harmless = tmp_path / "cast.py"
    harmless.write_text('PASSWORD = "demo-hospital-2026"\nTOTP_SECRET = "JBSWY3DPEHPK3PXP"\n')
    assert secret_scan.verdict([str(harmless)]) == 0


def test_every_source_is_looked_at():
    paths = set(secret_scan.sources())
    assert {"manage.py", ".ci/run", "config/settings/prod.py", "deploy/nginx.conf", "templates/base/root.html"} <= paths
    assert not any(path.startswith((".git/", ".venv/", "node_modules/")) for path in paths)


def test_an_audit_tells_apart_what_is_known_and_who_did_not_answer():
    python = str(secret_scan.PYTHON)
    assert audit.ask([python, "-c", "pass"])[0] == 0
    assert audit.ask([python, "-c", "print('GHSA-1'); raise SystemExit(1)"])[0] == 1
    assert audit.ask([python, "-c", "print('ConnectionError'); raise SystemExit(1)"])[0] == 2
    assert audit.ask(["no-such-program"])[0] == 2
