from accounts.models.device import AuthenticatorDevice
from accounts.models.email_code import CodePurpose, EmailCode, EmailFactor
from accounts.models.invitation import Invitation
from accounts.models.role import Assignment, KnownPermission, Role, StaffProfile
from accounts.models.session import SessionEnd, StaffSession
from accounts.models.sso import SsoIdentity, SsoProvider
from accounts.models.user import User
from accounts.models.visit import SupportVisit
from accounts.models.workplace import Branch, Department, DepartmentKind, Room, Specialty

__all__ = [
    "Assignment",
    "AuthenticatorDevice",
    "Branch",
    "CodePurpose",
    "Department",
    "DepartmentKind",
    "EmailCode",
    "EmailFactor",
    "Invitation",
    "KnownPermission",
    "Role",
    "Room",
    "SessionEnd",
    "Specialty",
    "SsoIdentity",
    "SsoProvider",
    "StaffProfile",
    "StaffSession",
    "SupportVisit",
    "User",
]
