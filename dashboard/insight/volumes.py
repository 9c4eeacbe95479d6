"""How much there is: what came, what ended, what is open, and with whom."""

from collections import Counter
from datetime import date, timedelta

from babel.dates import format_date

from dashboard.accounts.queries import names_of, names_of_keys
from dashboard.act import Allowed, asks
from dashboard.annexes.catalogue import product_names
from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk.rows import NOBODY
from dashboard.data_requests.desk.watched import Chosen, open_before, open_load, sums
from dashboard.data_requests.law.deadlines import day_off
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Right
from dashboard.i18n import Texts
from dashboard.insight.health import Health, days_of, health_of
from dashboard.insight.period import Grain, grain_of, steps
from dashboard.insight.rows import Desk, Table, behind, by_step, columns, due, lying, named, total, within
from dashboard.permissions import Permission
from dashboard.policy.queries import bridge_days

CALENDAR_DAYS = 42
# Fewer than this are nobody's to count; more than that is a list and no chart.
FEW, MOST_SCHOOLS = 5, 15
SUNDAY = timedelta(days=6)
LOST = (Status.EXPIRED, Status.WITHDRAWN, Status.MERGED)
FUNNEL = {"received": Fact.RECEIVED, "verified": Fact.VERIFIED, "answered": Fact.ANSWERED}


@asks(Permission.READ_INSIGHT)
def flow(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """What came (and was opened again), what ended, and how many were open at the end of each step."""
    grain, left = grain_of(chosen), open_before(act, chosen)
    came = by_step(act, Fact.RECEIVED, chosen, grain) + by_step(act, Fact.REOPENED, chosen, grain)
    went = by_step(act, Fact.ENDED, chosen, grain)
    rows: list[tuple[object, ...]] = []
    desk: list[Desk] = []
    for first in steps(chosen):
        left += came[first] - went[first]
        rows.append((named(first, grain, t), came[first], went[first], left))
        step = within(chosen, first, grain)
        desk += [behind(Fact.RECEIVED, step, or_fact=Fact.REOPENED), behind(Fact.ENDED, step)]
    titles = (t(f"insight.{grain.value}"), t("insight.came"), t("insight.ended"), t("insight.backlog"))
    return Table(titles, tuple(rows), tuple(desk))


@asks(Permission.READ_INSIGHT)
def due_calendar(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    """Open cases by statutory date, for six weeks from today; what is a day off stands beside it."""
    counts = Counter[date]()
    for _, day, _, cases in open_load(act):
        counts[day] += cases
    extra, rows, desk = bridge_days(act), [], []
    for number in range(CALENDAR_DAYS):
        day = act.today + timedelta(days=number)
        off = day_off(day, extra)
        if counts[day] or off is None:
            rows.append((format_date(day, "EEE d MMM", t.language.value), t(f"day_off.{off.value}") if off else "", counts[day]))
            desk.append(due(day, day))
    return Table((t("insight.day"), t("insight.day_off"), t("insight.cases")), tuple(rows), tuple(desk))


@asks(Permission.READ_INSIGHT)
def health(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    counts = dict.fromkeys(Health, 0)
    for _, due_on, _, cases in open_load(act):
        counts[health_of(due_on, act.today)] += cases
    rows = tuple((t(f"health.{name.value}"), number) for name, number in counts.items())
    return Table(columns(t, "health", "cases"), rows, tuple(due(*days_of(name, act.today)) for name in counts))


@asks(Permission.READ_INSIGHT)
def by_status(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    counts = Counter[str]()
    for status, _, _, cases in open_load(act):
        counts[status] += cases
    found = [status for status in Status if counts[status.value]]
    rows = tuple((t(f"status.{status.value}"), counts[status.value]) for status in found)
    return Table(columns(t, "status", "cases"), rows, tuple((("desk_status", status.value),) for status in found))


@asks(Permission.READ_INSIGHT)
def by_right(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Requests by step and right: one request for two rights counts under both."""
    grain = grain_of(chosen)
    counts = Counter[tuple[date, str]]()
    for day, right, cases in sums(act, Fact.RECEIVED, chosen, "day", "right"):
        counts[grain.of(day), right] += cases
    asked = [right for right in Right if any(name == right.value for _, name in counts)]
    cells = [(first, right) for first in steps(chosen) for right in asked]
    return Table(
        (t(f"insight.{grain.value}"), t("insight.right"), t("insight.requests")),
        tuple((named(first, grain, t), right_in_words(t, right), counts[first, right.value]) for first, right in cells),
        tuple(behind(Fact.RECEIVED, within(chosen, first, grain), right=right.value) for first, right in cells),
    )


@asks(Permission.READ_INSIGHT)
def by_role(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    rows = sums(act, Fact.RECEIVED, chosen, "role")
    found = ((t(f"role.{role}"), cases, behind(Fact.RECEIVED, chosen, role=role)) for role, cases in rows)
    return lying(t, "role", "requests", found)


@asks(Permission.READ_INSIGHT)
def by_channel(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    rows = sums(act, Fact.RECEIVED, chosen, "channel")
    found = ((t(f"channel.{name}"), cases, behind(Fact.RECEIVED, chosen, channel=name)) for name, cases in rows)
    return lying(t, "channel", "requests", found)


@asks(Permission.READ_INSIGHT)
def by_product(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """About which product a request is, as far as it names one."""
    names, rows = product_names(act), sums(act, Fact.RECEIVED, chosen, "product")
    found = (
        (names.get(slug, slug) or t("insight.no_product"), cases, behind(Fact.RECEIVED, chosen, product=slug) if slug else ())
        for slug, cases in rows
    )
    return lying(t, "product", "requests", found)


@asks(Permission.READ_INSIGHT)
def by_school(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """To which schools requests were handed over; those with a few would point at somebody, and aren't shown."""
    rows = [(key, cases) for key, cases in sums(act, Fact.HANDED, chosen, "detail") if key and cases >= FEW]
    names = names_of_keys(act, [key for key, _ in rows])
    found = ((names.get(key, key), cases, behind(Fact.HANDED, chosen, detail=key)) for key, cases in rows)
    table = lying(t, "school", "requests", found)
    return Table(table.columns, table.rows[:MOST_SCHOOLS], table.desk[:MOST_SCHOOLS])


@asks(Permission.READ_INSIGHT)
def funnel(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """What became true in the period: requests that came, were confirmed, were answered, expired, were withdrawn."""
    ended = dict(sums(act, Fact.ENDED, chosen, "detail"))
    rows = [(t(f"insight.funnel.{name}"), total(act, fact, chosen)) for name, fact in FUNNEL.items()]
    rows += [(t(f"status.{status.value}"), ended.get(status.value, 0)) for status in LOST]
    desk = [behind(fact, chosen) for fact in FUNNEL.values()]
    desk += [behind(Fact.ENDED, chosen, detail=status.value) for status in LOST]
    return Table(columns(t, "step", "requests"), tuple(rows), tuple(desk))


@asks(Permission.READ_INSIGHT)
def by_handler(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    counts = Counter[str]()
    for _, _, handler, cases in open_load(act):
        counts[handler] += cases
    names = names_of(act, [handler for handler in counts if handler])
    found = counts.most_common()
    rows = tuple((names.get(handler, handler) if handler else t("desk.nobody"), number) for handler, number in found)
    return Table(columns(t, "handler", "cases"), rows, tuple((("desk_handler", handler or NOBODY),) for handler, _ in found))


@asks(Permission.READ_INSIGHT)
def by_due_week(act: Allowed, _chosen: Chosen, t: Texts) -> Table:
    """Open cases by the week of their statutory date."""
    counts = Counter[date]()
    for _, due_on, _, cases in open_load(act):
        counts[Grain.WEEK.of(due_on)] += cases
    rows = tuple((named(monday, Grain.WEEK, t), counts[monday]) for monday in sorted(counts))
    return Table(columns(t, "week", "cases"), rows, tuple(due(monday, monday + SUNDAY) for monday in sorted(counts)))
