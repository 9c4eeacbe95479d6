"""The register of boards, schools, licences and agreements: one who changes it at a time."""

from dashboard.act import Allowed
from dashboard.db import one_at_a_time

# Any number, as long as no other thing waits by it.
LOCK = 20_260_402


def alone(act: Allowed) -> None:
    """First thing in every verb that changes it: what is read after this is what the others left, and nobody writes between a
    check and what follows from it.
    """
    one_at_a_time(act.session, LOCK)
