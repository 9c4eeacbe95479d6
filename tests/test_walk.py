"""A long random walk over what people and the worker can do: nothing is lost, counted wrong, left behind or moved later."""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from dashboard import db, jobs
from dashboard.accounts.model import School
from dashboard.accounts.terms import Sector
from dashboard.act import Act, Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.desk_model import CaseTick
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb, find_move
from dashboard.data_requests.case.model import Case, CaseEvent, CaseFile
from dashboard.data_requests.case.rows import box_seen
from dashboard.data_requests.case.terms import DoubtAbout, ExtensionReason, Recognised
from dashboard.data_requests.desk import bulk, deciding, handing_over, handling, queue, registering
from dashboard.data_requests.desk.deciding import NewDecision
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.law.rights import BITS, Ground, Outcome, RequesterRole, Right
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import asking, drafts, entering, following
from dashboard.data_requests.school import at_school
from dashboard.data_requests.school.at_school import SchoolDecision
from dashboard.data_requests.upkeep import recount
from dashboard.db import reading, transaction
from dashboard.errors import BijsluiterError
from dashboard.files import FileStore
from dashboard.mail.model import OutgoingMail
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.portal import Portal
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests.cases import LETTER, PNG, TO_LYCEUM, mails, school_code, token_in
from tests.people import AGENT, COLLEAGUE, LYCEUM, OFFICER, request, requester

# For each of four walks.
STEPS = 3_500
MOSTLY = 0.8
ENDED = frozenset(Status) - OPEN
AT_SCHOOL = frozenset({Status.HANDED_TO_SCHOOL, Status.SCHOOL_ASKED})
LATEST = 6
NAMES = ("Noor Voorbeeld", "Piet Voorbeeld", "Zoë Ångström 😀")
EMAILS = ("info@school.example", "noor@aanvrager.example", "piet@aanvrager.example")
DATA = Upload("gegevens.csv", b"naam;plaats\nNoor;Stad\n")
LETTERS = Upload("bijlage.png", PNG)
BAD = Upload("virus.exe", b"MZ")


@dataclass
class Walk:
    portal: Portal
    chance: random.Random
    now: datetime
    done: int = 0
    refused: int = 0
    # The latest day that each case was allowed to have, and the first day it was received on.
    received: dict[str, date] = field(default_factory=dict)
    due: dict[str, date] = field(default_factory=dict)

    def cases(self) -> list[tuple[str, Status]]:
        """Which there are, oldest first. Only these columns: to open every name at every step is what a walk's time went to."""
        with reading(self.portal.engine) as session:
            asked = select(Case.id, Case.status).order_by(col(Case.submitted_at), col(Case.id))
            return [(case_id, status) for case_id, status in session.exec(asked)]

    def case(self, case_id: str) -> Case:
        with reading(self.portal.engine) as session:
            return session.get_one(Case, case_id)

    def latest(self) -> Sequence[Case]:
        asked = select(Case).where(col(Case.status).in_(OPEN)).order_by(col(Case.submitted_at).desc(), col(Case.id))
        with reading(self.portal.engine) as session:
            return session.exec(asked.limit(4 * LATEST)).all()

    def some(self, statuses: Collection[Status] = OPEN) -> Case | None:
        found = self.cases()
        # Mostly one that something can still happen to.
        alive = [each for each in found if each[1] in statuses]
        if alive and self.chance.random() < MOSTLY:
            found = alive[-LATEST:]
        return self.case(self.chance.choice(found)[0]) if found else None

    def do(self, actor: Actor, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As a page does: one transaction; a refusal is a sentence, anything else a fault."""
        try:
            with self.portal.act(actor, self.now) as act:
                result = verb(act, *args, **kwargs)
        except BijsluiterError:
            self.refused += 1
            return None
        self.done += 1
        return result


def step(walk: Walk) -> None:
    chance = walk.chance
    walk.now += timedelta(minutes=chance.choice((1, 5, 30, 200)))
    chance.choice((_public, _desk, _desk, _school, _worker))(walk)
    if chance.random() > MOSTLY:
        _watch(walk)


def _typed(chance: random.Random) -> Any:
    role = chance.choice(list(RequesterRole))
    rights = chance.sample([right.value for right in Right], chance.choice((1, 1, 2)))
    changes: dict[str, object] = {
        "rights": tuple(rights),
        "role": role.value,
        "subject": chance.choice(("own_records", "own_records", "learning_material", "both")),
        "name": chance.choice(NAMES),
        "email": chance.choice(EMAILS),
        "explanation": chance.choice(("Graag.", "Zie \uf0b7 bijlage", "Alles")),
        "school_name": "Vijf Bruggen Lyceum",
        "subject_name": "Kees Kind",
        "born_on": {"parent": "1-2-2016", "pupil": "1-2-2008"}.get(role.value, "") if chance.random() < MOSTLY else "",
        "wrong_field": "Adres",
        "right_value": chance.choice(("Straat 1", "Straat 2")),
        "uploads": chance.choice(((), (LETTERS,), (LETTERS,), (LETTERS, BAD))),
        "authorisation": LETTERS if role is RequesterRole.AGENT else None,
    }
    return request(**changes)


def _public(walk: Walk) -> None:
    # Of what has ended they may still open, rate and open again.
    chance, case = walk.chance, walk.some(OPEN if walk.chance.random() < MOSTLY else ENDED)
    kind = chance.randrange(8)
    if case is None or kind < 2:
        walk.do(VISITOR, asking.submit, _typed(chance), key=new_key(), visitor=f"browser-{chance.randrange(3)}")
        return
    me, seen = requester(case.id), Seen(case.id, case.version)
    sent = [mail for mail in mails(walk.portal.engine, last=8 * LATEST) if "/open#" in mail.body]
    if kind in {2, 3} and sent:
        token = token_in(chance.choice(sent[-LATEST:]))
        walk.do(VISITOR, entering.enter_by_link, token, opening=f"opening-{chance.randrange(4)}")
        return
    body = chance.choice(("Antwoord.", "", "Nog iets 😀"))
    verbs: list[Callable[[], Any]] = [
        lambda: walk.do(me, following.reply, seen, body, uploads=(LETTERS,), identity=chance.choice((None, LETTERS))),
        lambda: walk.do(me, following.reply, seen, body, uploads=(LETTERS, BAD)),
        lambda: walk.do(me, following.withdraw, seen) if chance.random() > MOSTLY else None,
        lambda: walk.do(me, following.reopen, seen, body),
        lambda: walk.do(me, following.ask_new_address, seen, chance.choice(EMAILS)),
        lambda: walk.do(me, following.rate, seen, easy=chance.randrange(7), clear=3),
        lambda: walk.do(VISITOR, entering.try_code, case.reference, "FOUT", address="192.0.2.1"),
        lambda: walk.do(VISITOR, entering.send_fresh_link, case.reference, case.email),
        lambda: walk.do(VISITOR, drafts.save, f"browser-{chance.randrange(3)}", {"request_name": body}),
        lambda: walk.do(me, queries.case_view, case.id),
    ]
    chance.choice(verbs)()


def _desk(walk: Walk) -> None:
    chance, case = walk.chance, walk.some()
    who = chance.choice((AGENT, COLLEAGUE, OFFICER))
    if case is None or chance.random() < 0.05:
        day = walk.now.date() - timedelta(days=chance.choice((0, 3, 45)))
        how = chance.choice((*Recognised, "niets"))
        address = chance.choice(("", "Straat 1"))
        entered = Registration(_typed(chance), chance.choice(("letter", "phone")), f"{day:%d-%m-%Y}", address, recognised=how)
        walk.do(who, registering.register, entered, key=new_key())
        return
    stale = chance.random() < 0.05
    seen = Seen(case.id, case.version - stale)
    right = chance.choice(_asked(case) if chance.random() < MOSTLY else list(Right)).value
    outcome = chance.choice([*Outcome, Outcome.GRANTED])
    ground = chance.choice([None, *Ground])
    others = walk.latest()
    if chance.random() < MOSTLY:
        others = [one for one in others if one.email == case.email and one.id != case.id]
    other = chance.choice(others or [case])
    decision = NewDecision(right, outcome.value, ground and ground.value, "Zo.", "Zie.")
    verbs: dict[Verb, Callable[[], Any]] = {
        Verb.TAKE: lambda: walk.do(who, handling.take, seen),
        Verb.ASSIGN: lambda: walk.do(who, handling.assign, seen, COLLEAGUE.id),
        Verb.ACKNOWLEDGE: lambda: walk.do(who, handling.acknowledge, seen),
        Verb.ASK: lambda: walk.do(who, handling.ask, seen, "Wat?", uploads=(LETTERS,)),
        Verb.PAUSE: lambda: walk.do(who, handling.pause, seen, "Welke jaren?"),
        Verb.DOUBT_IDENTITY: lambda: walk.do(
            who, handling.doubt_identity, seen, doubt="x", question="Wie?", about=chance.choice(list(DoubtAbout))
        ),
        Verb.CHECK_IDENTITY: lambda: walk.do(who, handling.check_identity, seen, confirmed=chance.random() < MOSTLY),
        Verb.EXTEND: lambda: walk.do(
            who, handling.extend, seen, reason=chance.choice(list(ExtensionReason)), explanation="Veel."
        ),
        Verb.INFORM: lambda: walk.do(who, handling.inform, seen, "Nieuws.", uploads=chance.choice(((), (LETTERS, BAD)))),
        Verb.NOTE: lambda: walk.do(who, handling.note, seen, "Notitie"),
        Verb.NOTE_COMPLAINT: lambda: walk.do(
            who, handling.note_complaint, seen, "Klacht", about=chance.choice(("us", "court", "x"))
        ),
        Verb.TICK: lambda: _tick(walk, case, who),
        Verb.RECOGNISE: lambda: walk.do(who, handling.recognise, seen, chance.choice(list(Recognised))),
        Verb.ANNOUNCE_FEE: lambda: walk.do(who, handling.announce_fee, seen, "12,50", "Te veel.", evidence="Zie eerder."),
        Verb.DECIDE: lambda: walk.do(who, deciding.decide, seen, decision),
        Verb.APPROVE: lambda: walk.do(who, deciding.approve, seen, right),
        Verb.ATTACH: lambda: walk.do(who, answers.attach, seen, chance.choice((DATA, BAD))),
        Verb.CLOSE: lambda: _finish(walk, case),
        Verb.MERGE: lambda: walk.do(who, bulk.merge, seen, other.reference),
        Verb.HAND_OVER: lambda: walk.do(who, handing_over.hand_over, seen, TO_LYCEUM),
        Verb.TAKE_BACK: lambda: walk.do(who, handing_over.take_back, seen),
        Verb.EXECUTE: lambda: walk.do(who, handing_over.execute, seen),
        Verb.CLOSE_BY_SCHOOL: lambda: walk.do(
            who, handing_over.close_by_school, seen, chance.choice(("", f"{walk.now:%d-%m-%Y}", "1-1-2020"))
        ),
    }
    # Mostly what the page would offer; now and then what it wouldn't.
    offered = [verb for verb in verbs if find_move(case.status, verb)]
    if not offered or chance.random() > MOSTLY:
        offered = list(verbs)
    verbs[chance.choice(offered)]()
    if chance.random() > MOSTLY:
        walk.do(who, bulk.link, seen, other.reference)


def _tick(walk: Walk, case: Case, who: Actor) -> None:
    step, chance = "person.known", walk.chance
    with reading(walk.portal.engine) as session:
        box = box_seen(case.id, session.get(CaseTick, (case.id, step)))
    old = box_seen(case.id, None)
    walk.do(who, handling.tick, box if chance.random() < MOSTLY else old, step, done=chance.random() < MOSTLY)


def _finish(walk: Walk, case: Case) -> None:
    """Grant all that is asked and close: a walk alone seldom gets there."""

    def fresh() -> Seen:
        with reading(walk.portal.engine) as session:
            found = session.get_one(Case, case.id)
        return Seen(found.id, found.version)

    walk.do(AGENT, handling.take, fresh())
    for right in _asked(case):
        walk.do(AGENT, deciding.decide, fresh(), NewDecision(right.value, "granted"))
        walk.do(COLLEAGUE, deciding.approve, fresh(), right.value)
    for recipient in recipients():
        walk.do(AGENT, deciding.tell_recipient, fresh(), recipient.key, told=True, reason="")
    walk.do(AGENT, handling.recognise, fresh(), "called_back")
    walk.do(AGENT, answers.attach, fresh(), DATA)
    walk.do(AGENT, deciding.close, fresh(), LETTER)


def _asked(case: Case) -> list[Right]:
    return [right for right in Right if case.rights_bits & BITS[right]]


def _school(walk: Walk) -> None:
    chance, case = walk.chance, walk.some(AT_SCHOOL)
    if case is None:
        return
    seen = Seen(case.id, case.version)
    if any(mail.case_id == case.id for mail in mails(walk.portal.engine, "for_school")):
        code = school_code(walk.portal.engine, case)
        walk.do(LYCEUM, at_school.enter_handed, case.id, chance.choice((code, code, "FOUT")))
        with reading(walk.portal.engine) as session:
            seen = Seen(case.id, session.get_one(Case, case.id).version)
    decided = [SchoolDecision(right.value, chance.choice(list(Outcome)).value, "Zo.") for right in Right]
    verbs: list[Callable[[], Any]] = [
        lambda: walk.do(LYCEUM, queries.case_view, case.id),
        lambda: walk.do(LYCEUM, handling.ask, seen, "Welk jaar?"),
        lambda: walk.do(LYCEUM, handling.doubt_identity, seen, doubt="x", question="Wie?"),
        lambda: walk.do(LYCEUM, handling.check_identity, seen, confirmed=chance.random() < MOSTLY),
        lambda: walk.do(LYCEUM, handling.extend, seen, reason="complexity", explanation="Veel."),
        lambda: walk.do(LYCEUM, answers.attach, seen, chance.choice((DATA, BAD))),
        lambda: walk.do(LYCEUM, at_school.decide_at_school, seen, decided, "Ons besluit."),
        lambda: walk.do(LYCEUM, at_school.decide_at_school, seen, decided, "Ons besluit."),
    ]
    chance.choice(verbs)()


def _worker(walk: Walk) -> None:
    """Now and then it was down for weeks; mails stay in the box, so that their links can be used."""
    if walk.chance.random() < 0.03:
        walk.now += timedelta(days=walk.chance.choice((8, 15, 40)))
    failed: jobs.Failed = {}
    for name in jobs.WORK:
        if name not in {"tell_boards", "digest", "purge", "sweep"}:
            jobs.work(walk.portal, name, lambda: walk.now, failed)
    assert not failed


def _watch(walk: Walk) -> None:
    """A date moves later by an extension alone; a day of receipt only ever earlier."""
    with reading(walk.portal.engine) as session:
        extended = set(session.exec(select(CaseEvent.case_id).where(CaseEvent.kind == EventKind.EXTENDED)).all())
        for case_id, received_on, due_on in session.exec(select(Case.id, Case.received_on, Case.due_on)):
            assert received_on <= walk.received.setdefault(case_id, received_on), case_id
            assert case_id in extended or due_on <= walk.due.setdefault(case_id, due_on), case_id
            walk.received[case_id], walk.due[case_id] = received_on, due_on


# Who acts, by name: also for the walk that hypothesis makes (`trust/walking.py`).
WHO = {"public": _public, "desk": _desk, "school": _school, "worker": _worker}


@pytest.mark.parametrize("seed", [20261126, 12, 365, 1618])
def test_fourteen_thousand_steps_by_everybody_lose_nothing(
    sqlite: Engine, settings: Settings, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The worker gives way after each thing it did; here nobody waits for it.
    monkeypatch.setattr(jobs, "sleep", lambda _: None)
    # What happened at one moment stands in the order of its ids: with these a walk goes the same way each time.
    ids = random.Random(seed)  # noqa: S311
    monkeypatch.setattr(db, "uuid4", lambda: UUID(int=ids.getrandbits(128), version=4))
    files = FileStore.local(settings.data_dir / "files")
    # Three mailboxes send what a hundred do.
    settings = settings.model_copy(update={"limit_times": 100})
    walk = Walk(Portal(settings, sqlite, files), random.Random(seed), datetime(2026, 1, 5, 9, tzinfo=UTC))  # noqa: S311
    with transaction(sqlite) as session:
        session.add(School(brin="90AD", name="Vijf Bruggen Lyceum", sector=Sector.VO))
    while walk.done + walk.refused < STEPS:
        step(walk)
    # Much happened, by all of them, and much was refused.
    assert walk.done > STEPS / 5
    assert walk.refused > STEPS / 10
    with reading(sqlite) as session:
        happened = set(session.exec(select(CaseEvent.kind)).all())
        act = Act(session, SYSTEM, walk.now, settings, files)
        assert queue.kept_counts(act) == queue.recounted(act)
        assert recount.differences(act) == []
        named = set(session.exec(select(CaseFile.sha256).where(col(CaseFile.deleted_at).is_(None))).all())
        mailed = session.exec(select(OutgoingMail)).all()
    wanted = set(EventKind) - {EventKind.PURGED, EventKind.DUE_MOVED, EventKind.ANSWER_DOWNLOADED}
    assert len(wanted - happened) <= 3, wanted - happened
    stored = {path.name for path in (settings.data_dir / "files").rglob("*") if path.is_file()}
    assert stored == named
    for case_id, _ in walk.cases():
        with reading(sqlite) as session:
            act = Act(session, AGENT, walk.now, settings, files)
            assert queries.case_view(act, case_id).reference == session.get_one(Case, case_id).reference
    assert mailed
