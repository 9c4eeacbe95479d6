"""Every table, imported once: what migrations compare with and the database is made of."""

from dashboard import audit, audit_chain, limits, secret_marks, vault
from dashboard.accounts import model as accounts
from dashboard.annexes import model as annexes
from dashboard.data_requests.case import access_model, desk_model
from dashboard.data_requests.case import model as data_requests
from dashboard.db import Base
from dashboard.evidence import model as evidence
from dashboard.imports import model as imports
from dashboard.mail import model as mail
from dashboard.notices import model as notices
from dashboard.oversight import model as oversight
from dashboard.policy import model as policy

__all__ = [
    "access_model",
    "accounts",
    "annexes",
    "audit",
    "audit_chain",
    "data_requests",
    "desk_model",
    "evidence",
    "imports",
    "limits",
    "mail",
    "metadata",
    "notices",
    "oversight",
    "policy",
    "secret_marks",
    "vault",
]

metadata = Base.metadata
