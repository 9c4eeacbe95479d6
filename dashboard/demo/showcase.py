"""A few requests that went their way before the demo began, by the same verbs as everybody's: handed to a school, and decided
there. And the colleagues who handle the others.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import col, select, update

from dashboard.act import Act, Allowed, Seen, asks
from dashboard.data_requests.case import queries
from dashboard.data_requests.desk import handing_over, handling
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.requester import asking, entering
from dashboard.data_requests.requester.intake import NewRequest
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import SchoolDecision
from dashboard.demo import provider
from dashboard.permissions import VISITOR, Actor, Permission, Role, SchoolScope
from dashboard.portal import Portal
from dashboard.settings import ProviderKind
from dashboard.tables import accounts, mail
from dashboard.tokens import new_key

LYCEUM = SchoolScope(brin="90AD")
TO_LYCEUM = HandTo("Fem Functionaris", "privacy@90101.example", brin="90AD")
HANDLING = frozenset({"desk_agent", "privacy_officer"})
PUPIL = NewRequest(
    rights=("access",),
    role="pupil",
    subject="learning_material",
    explanation="Welke resultaten van mij bewaren jullie?",
    name="Pien Voorbeeld",
    email="pien@aanvrager.example",
    school_name="Vijf Bruggen Lyceum",
    born_on="1-2-2008",
)
PARENT = NewRequest(
    rights=("erasure",),
    role="parent",
    subject="learning_material",
    explanation="Mijn kind zit niet meer op deze school. Wis de toetsen alsjeblieft.",
    name="Olaf Verzonnen",
    email="olaf@aanvrager.example",
    school_name="Vijf Bruggen Lyceum",
    subject_name="Mees Verzonnen",
    born_on="14-3-2014",
)
TEACHER = NewRequest(
    rights=("rectification",),
    role="teacher",
    subject="learning_material",
    explanation="Mijn naam staat verkeerd bij mijn klassen.",
    name="Tess Proef",
    email="tess@aanvrager.example",
    school_name="Vijf Bruggen Lyceum",
    wrong_field="Achternaam",
    right_value="Proef",
)


@asks(Permission.RUN_JOBS)
def colleagues(act: Allowed) -> list[str]:
    """The sample people who handle requests, as if they had been signed in before; their ids, in the order of the samples."""
    found = []
    for sample in provider.samples():
        if sample["kind"] != ProviderKind.PUBLISHER.value:
            continue
        configured = next(each for each in act.settings.providers if each.name == sample["name"])
        issuer = "{0.scheme}://{0.netloc}".format(urlsplit(configured.metadata_url))
        for user in sample["users"]:
            role = next((provider.STAFF_ROLES[each] for each in user["claims"]["roles"] if each in provider.STAFF_ROLES), "")
            if role in HANDLING:
                person = accounts.Person(
                    issuer=issuer, subject=user["sub"], name=user["name"], created_at=act.now, staff_role=role
                )
                act.session.add(person)
                found.append(person.id)
    act.session.flush()
    return found


@dataclass(frozen=True, slots=True)
class Stage:
    """The portal, and who acts in it: a handler of ours and somebody of the school."""

    portal: Portal
    agent: Actor
    teacher: Actor
    now: datetime

    def at(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def handed(self, typed: NewRequest, days: int) -> str:
        """Asked so many days ago, confirmed, taken and handed over the next day; returns the case's id."""
        with self.portal.act(VISITOR, self.at(days)) as act:
            receipt = asking.submit(act, typed, key=new_key(), visitor=new_key())
            token = _in_mail(act, "verification", r"/open#([^\s>]+)")
        with self.portal.act(VISITOR, self.at(days - 0.1)) as act:
            entering.enter_by_link(act, token, opening=new_key())
        with self.portal.look(self.agent, self.at(days - 1)) as act:
            case_id = queries.case_id_of(act, receipt.reference)
        with self.portal.act(self.agent, self.at(days - 1)) as act:
            handling.take(act, _seen(act, case_id))
        with self.portal.act(self.agent, self.at(days - 1.1)) as act:
            handing_over.hand_over(act, _seen(act, case_id), TO_LYCEUM)
        return case_id

    def opened(self, case_id: str, days: int) -> None:
        """By the school, with the code that its contact got."""
        with self.portal.look(self.teacher, self.at(days)) as act:
            code = _in_mail(act, "for_school", r"((?:\w{4}-){5}\w{4})", case_id)
        with self.portal.act(self.teacher, self.at(days)) as act:
            at_school.enter_handed(act, case_id, code)

    def decided(self, case_id: str, decision: SchoolDecision, answer: str, days: int) -> None:
        with self.portal.act(self.teacher, self.at(days)) as act:
            at_school.decide_at_school(act, _seen(act, case_id), [decision], answer)


def requests(portal: Portal, agent_id: str, now: datetime) -> None:
    """One that waits for the school's code, one that the school opened, and one that it decided, for us to carry out."""
    with portal.act(VISITOR, now) as act:
        person = accounts.Person(issuer="demo", subject="demo", name="Fem Functionaris", created_at=now)
        act.session.add(person)
    stage = Stage(
        portal,
        Actor(Role.DESK_AGENT, agent_id, "Ben Behandelaar"),
        Actor(Role.SCHOOL, person.id, person.name, scope=LYCEUM),
        now,
    )
    # The oldest first: the newest mail of a kind is about the one at hand.
    erasure = stage.handed(PARENT, 15)
    stage.opened(erasure, 12)
    stage.decided(erasure, SchoolDecision("erasure", "granted", ""), "De toetsen mogen weg: uw kind is hier uitgeschreven.", 2)
    stage.opened(stage.handed(TEACHER, 9), 5)
    stage.handed(PUPIL, 6)
    with portal.act(VISITOR, now) as act:
        # They go out when the demo begins: none is late.
        act.session.exec(update(mail.OutgoingMail).values(created_at=now, next_try_at=now))


def _seen(act: Act, case_id: str) -> Seen:
    return Seen(case_id, queries.case_view(act, case_id).version)


def _in_mail(act: Act, kind: str, pattern: str, case_id: str = "") -> str:
    """What the newest mail of a kind holds, as who got it would find it there."""
    about = [mail.OutgoingMail.case_id == case_id] if case_id else []
    newest = select(mail.OutgoingMail).where(mail.OutgoingMail.kind == kind, *about)
    found = re.search(pattern, act.session.exec(newest.order_by(col(mail.OutgoingMail.created_at).desc()).limit(1)).one().body)
    if found is None:
        raise ValueError(f"nothing like {pattern} in a mail of kind {kind}")
    return found[1]
