"""Something grave, by who signed in more than an hour ago: nothing is done, the page leads to signing in once more, and back."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from sqlmodel import select

from dashboard.accounts.model import LoginSession
from dashboard.clock import utc_now
from dashboard.policy.model import PolicyChange
from dashboard.portal import Portal
from tests.app import Open, cookie_for
from tests.people import OFFICER


def test_a_rule_is_set_only_by_who_signed_in_within_the_hour(open_page: Open, school_portal: Portal) -> None:
    cookie = cookie_for(school_portal, "medewerkers", "functionaris", utc_now() - timedelta(minutes=61))
    with school_portal.act(OFFICER) as act:
        for row in act.session.exec(select(LoginSession)).all():
            row.last_seen_at = utc_now()
    at = open_page("staff/policy.py", session=cookie)
    assert not at.exception
    number = next(each for each in at.text_input if str(each.key).startswith("policy_value"))
    about = str(number.key).removeprefix("policy_value")
    number.set_value(str(int(number.value or 0) + 1))
    next(each for each in at.text_input if str(each.key).endswith(about) and "reason" in str(each.key)).set_value("Langer.")
    next(each for each in at.button if str(each.key).endswith(about) and "submit" in str(each.key)).click().run()
    assert not at.exception
    assert any("Log opnieuw in om dit te doen" in each.value for each in at.error)
    with school_portal.look(OFFICER) as act:
        assert act.session.exec(select(PolicyChange)).all() == []
    link = next(each for each in at.get("link_button") if "again=1" in each.proto.url)
    found = urlsplit(link.proto.url)
    assert found.path == "/sign-in/medewerkers"
    assert parse_qs(found.query)["again"] == ["1"]
