from datetime import date, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from dashboard.act import Seen
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.policy import queries
from dashboard.policy.rules import RULES, Term
from dashboard.policy.service import set_rule
from dashboard.settings import Settings
from tests.acts import NOW, by
from tests.people import AGENT, AUDITOR, LYCEUM, OFFICER


def put(engine: Engine, now: datetime, name: str, value: object, reason: str = "Daarom", who: Actor = OFFICER) -> bool:
    with transaction(engine) as session:
        seen = queries.rule(by(session, AUDITOR, now), name).seen if name in RULES else Seen(name)
        return set_rule(by(session, who, now), seen, value, reason=reason)


def test_a_rule_has_its_default_until_it_is_set_and_keeps_every_value_it_had(engine: Engine, now: datetime) -> None:
    with reading(engine) as session:
        assert queries.days_of(by(session, SYSTEM), Term.INTERNAL_TARGET) == 14
        assert queries.days_of(by(session, SYSTEM), Term.ANSWER) == 30
    assert put(engine, now, "internal_target_days", "10")
    assert put(engine, now + timedelta(days=1), "internal_target_days", 7, "Sneller")
    assert not put(engine, now, "internal_target_days", 7)
    with reading(engine) as session:
        assert queries.days_of(by(session, SYSTEM), Term.INTERNAL_TARGET) == 7
        rows = queries.history(by(session, AUDITOR), "internal_target_days")
    assert [(row.number, row.value, row.reason, row.by) for row in rows] == [
        (2, 7, "Sneller", OFFICER.name),
        (1, 10, "Daarom", OFFICER.name),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("internal_target_days", "veel"),
        ("internal_target_days", 0),
        ("internal_target_days", 10_000),
        ("keep_unverified_days", 1),
        ("keep_correspondence_days", 5),
        ("bridge_days", ["31-2-2026"]),
        ("bridge_days", "x"),
        ("bridge_days", [f"2026-01-{day:02}" for day in range(1, 32)] + [f"2026-03-{day:02}" for day in range(1, 32)]),
        ("digest_to", ["geen adres"]),
        ("digest_to", [f"n{number}@x.example" for number in range(21)]),
        ("no_such_rule", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_sentence(engine: Engine, now: datetime, name: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as refused:
        put(engine, now, name, value)
    assert refused.value.problems == {"value": f"invalid.policy.{name}"}
    with reading(engine) as session:
        assert queries.history(by(session, OFFICER), name) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_change_says_why(engine: Engine, now: datetime, reason: str) -> None:
    with pytest.raises(InvalidInputError):
        put(engine, now, "internal_target_days", 9, reason)


@pytest.mark.parametrize("outsider", [VISITOR, LYCEUM, AGENT, AUDITOR])
def test_only_the_privacy_officer_sets_rules(engine: Engine, now: datetime, outsider: Actor) -> None:
    with pytest.raises(NotAllowedError):
        put(engine, now, "internal_target_days", 9, who=outsider)


def test_bridge_days_are_what_staff_entered_and_the_setting_of_before_is_refused_in_words(engine: Engine, now: datetime) -> None:
    put(engine, now, "bridge_days", ["2026-12-24", "2026-05-15"])
    with reading(engine) as session:
        assert queries.bridge_days(by(session, SYSTEM, NOW)) == (date(2026, 5, 15), date(2026, 12, 24))
    with pytest.raises(ValidationError, match="enter these days on the page Regels"):
        Settings(_env_file=None, environment="demo", bridge_days=(date(2026, 12, 24),))


def test_every_rule_has_a_default_that_its_own_check_takes() -> None:
    for rule in RULES.values():
        assert rule.checked(rule.default) == rule.default
