"""The test button: what a provider publishes, point by point, in words an administrator can act upon."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import SsoProvider
from accounts.sso import client
from accounts.sso.tokens import ALGORITHMS, KEY_KINDS
from core.fetching import Unreachable


@dataclass(frozen=True)
class Point:
    label: str | Promise
    good: bool
    detail: str = ""


def examine(provider: SsoProvider) -> list[Point]:
    """Every point in order; what depends on one that failed is left out."""
    try:
        about = client.discover(provider, fresh=True)
    except Unreachable as problem:
        return [Point(_("The provider describes itself"), False, str(problem))]
    points = [Point(_("The provider describes itself"), True, about["issuer"])]
    offered = about.get("id_token_signing_alg_values_supported") or []
    known = [one for one in offered if one in ALGORITHMS]
    points.append(Point(_("It signs in a way we can check"), bool(known), ", ".join(known or map(str, offered))))
    try:
        keys = client.signing_keys(provider, fresh=True)
        usable = [key for key in keys if key.get("kty") in KEY_KINDS.values() and key.get("use", "sig") == "sig"]
        points.append(Point(_("Its signing keys can be read"), bool(usable), str(len(usable))))
    except Unreachable as problem:
        points.append(Point(_("Its signing keys can be read"), False, str(problem)))
    challenges = about.get("code_challenge_methods_supported")
    points.append(Point(_("It binds the answer to the browser (PKCE)"), challenges is None or "S256" in challenges))
    points.append(Point(_("It offers to sign out"), bool(about.get("end_session_endpoint"))))
    return points
