"""What `make demo` prints when everything answers: addresses and sign-ins."""

from deploy.local.paths import LocalDir

_TEXT = """
  Ready. Open in a browser on this machine:

    http://localhost{port}/                         the platform's front page
    http://portal.samaki.localhost{port}/           Samaki hospital, two branches
    http://portal.royal.localhost{port}/            Royal hospital
    http://queue.samaki.localhost{port}/            waiting-room displays (queue.royal.localhost{port} too)
    http://console.localhost{port}/                 the platform's console (Django admin at /admin/)

  Sign in, at each hospital's portal, as
    owner  admin  doctor  doctor2  nurse  receptionist  cashier  cashier2  labtech  labtech2
    pharmacist  pharmacist2  accountant  auditor
  and at the console as superadmin, support, platform-billing. The password of all: demo-hospital-2026
  owner, admin and the console ask for a second factor: any authenticator app with the secret JBSWY3DPEHPK3PXP

  Everything written lies in {directory}. Ctrl-C stops all of it and keeps the data.
"""


def welcome(port: int, local: LocalDir) -> str:
    return _TEXT.format(port="" if port == 80 else f":{port}", directory=local.path)
