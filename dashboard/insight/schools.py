"""Schools and their documents: what they take, what they are behind with, what they object to."""

from dashboard.act import Allowed, asks
from dashboard.annexes import watched
from dashboard.annexes.terms import DvoStatus
from dashboard.data_requests.desk.watched import Chosen
from dashboard.i18n import Texts
from dashboard.insight.rows import Table, columns
from dashboard.notices.terms import ObjectionOutcome
from dashboard.notices.watched import objections as counted
from dashboard.permissions import Permission

# More would be a list and no chart.
SHOWN = 15
_SIGNING = (DvoStatus.SIGNED, DvoStatus.OUTSIDE, DvoStatus.IN_REVIEW, DvoStatus.OFFERED, DvoStatus.REFUSED, None)


@asks(Permission.READ_INSIGHT)
def downloads(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """How often each version of each document was taken in the period."""
    found = watched.downloads(act, chosen.first, chosen.last, language=t.language)[:SHOWN]
    rows = tuple((" · ".join(part for part in (row.product, row.kind, row.version) if part), row.times) for row in found)
    return Table(columns(t, "document", "downloads"), rows)


@asks(Permission.READ_INSIGHT)
def on_older(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    """How many schools took an older version of each document last."""
    found = watched.on_older(act, language=t.language)[:SHOWN]
    rows = tuple((" · ".join(part for part in (product, kind) if part), schools) for product, kind, schools in found)
    return Table(columns(t, "document", "schools"), rows)


@asks(Permission.READ_INSIGHT)
def signing(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    """The boards that use something of ours, by how far the agreement is."""
    found = watched.signing(act)
    rows = tuple(
        (t(f"insight.dvo.{status.value}") if status else t("insight.never_offered"), found[status]) for status in _SIGNING
    )
    return Table(columns(t, "status", "boards"), rows)


@asks(Permission.READ_INSIGHT)
def objections(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Objections to new sub-processors that came in the period, by what was answered."""
    found = counted(act, chosen.first, chosen.last)
    rows = tuple(
        (t(f"objection.{outcome.value}") if outcome else t("insight.not_answered"), found[outcome])
        for outcome in (None, *ObjectionOutcome)
    )
    return Table(columns(t, "outcome", "objections"), rows)
