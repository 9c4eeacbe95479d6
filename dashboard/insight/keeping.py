"""How long data is kept: what was removed by which rule, what is due, and what should have gone but couldn't."""

from collections import Counter

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.desk.watched import Chosen, sums
from dashboard.data_requests.upkeep import faults, retention
from dashboard.i18n import Texts
from dashboard.insight.rows import Table, behind, columns
from dashboard.permissions import Permission
from dashboard.policy.rules import Term

RULES = (Term.IDENTITY_FILE, Term.ANSWER, Term.UNVERIFIED, Term.CORRESPONDENCE)


@asks(Permission.READ_INSIGHT)
def removed(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """What was removed in the period, by its rule."""
    found = Counter[str]()
    for rule, times in sums(act, Fact.PURGED, chosen, "detail"):
        found[rule] += times
    rows = tuple((t(f"insight.rule.{rule.value}"), found[rule.value]) for rule in RULES)
    return Table(columns(t, "rule", "removals"), rows, tuple(behind(Fact.PURGED, chosen, detail=rule.value) for rule in RULES))


@asks(Permission.READ_INSIGHT)
def due(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    """What the next round of the clean-up takes, by its rule; and what failed at the last one."""
    found = retention.how_many_due(act)
    rows = [(t(f"insight.rule.{rule.value}"), found[rule.value]) for rule in RULES]
    rows.append((t("insight.purge_fails"), faults.how_many(act, "purge")))
    return Table(columns(t, "rule", "removals"), tuple(rows))
