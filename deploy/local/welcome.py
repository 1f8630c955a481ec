"""What `make demo` prints when everything answers: addresses and sign-ins."""

from deploy.local.paths import LocalDir

_TEXT = """
  Ready. Open in a browser on this machine:

    http://localhost{port}/                         the platform's front page
    http://portal.samaki.localhost{port}/           Samaki hospital, two branches
    http://portal.royal.localhost{port}/            Royal hospital
{displays}    http://console.localhost{port}/                 the platform's console (Django admin at /admin/)

  Sign in, at each hospital's portal, as
    owner  admin  doctor  doctor2  nurse  receptionist  cashier  cashier2  labtech  labtech2
    pharmacist  pharmacist2  accountant  auditor
  and at the console as superadmin, support, platform-billing. The password of all: demo-hospital-2026
  owner, admin and the console ask for a second factor: any authenticator app with the secret JBSWY3DPEHPK3PXP

  Everything written lies in {directory}. Ctrl-C stops all of it and keeps the data.
"""


def welcome(port: int, local: LocalDir) -> str:
    shown_port = "" if port == 80 else f":{port}"
    return _TEXT.format(port=shown_port, directory=local.path, displays=_displays(local, shown_port))


def _displays(local: LocalDir, port: str) -> str:
    """The waiting-room screens that the demo's seeding hung up; their keys exist nowhere else in the clear."""
    file = local.path / "displays.txt"
    if not file.exists():
        return ""
    screens = (line.split() for line in file.read_text(encoding="utf-8").splitlines() if line)
    return "".join(
        f"    http://queue.{schema}.localhost{port}/display/{key}/  waiting-room screen\n" for schema, key in screens
    )
