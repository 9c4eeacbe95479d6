"""What the desk keeps beside a case: recipients told, steps ticked, doubts, links, words to search by, counts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, String
from sqlmodel import Field

from dashboard.data_requests.case.facts import Fact
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.terms import DoubtAbout
from dashboard.db import Base, Record, UtcDateTime, stored_enum
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed


class LinkKind(StrEnum):
    RELATED = "related"
    DUPLICATE = "duplicate"


@sealed_for(lambda row: row.case_id)
class CaseRecipient(Base, table=True):
    """A recipient of the data that was told of a correction, erasure or restriction, or a reason why not (art. 19)."""

    __tablename__ = "case_recipient"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    recipient: str = Field(primary_key=True, max_length=60)
    told: bool
    reason: str = Field(default="", sa_type=Sealed)
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)


class CaseTick(Base, table=True):
    """A step of the checklist that is done."""

    __tablename__ = "case_tick"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    step: str = Field(primary_key=True, max_length=80)
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)


@sealed_for(lambda row: row.case_id)
class IdentityDoubt(Record, table=True):
    """A reasonable doubt, recorded (art. 12(6)): only with one may proof of identity be asked."""

    __tablename__ = "identity_doubt"

    case_id: str = Field(foreign_key="request_case.id", max_length=36, index=True)
    about: DoubtAbout = Field(
        default=DoubtAbout.IDENTITY,
        sa_column=Column(stored_enum(DoubtAbout), nullable=False, server_default=DoubtAbout.IDENTITY.value),
    )
    reason: str = Field(sa_type=Sealed)
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed: bool | None = None


@sealed_for(lambda row: row.case_id)
class WaitingAnswer(Base, table=True):
    """An answer that is written and goes out in a moment; or that was taken back, or kept from going, and waits in its form."""

    __tablename__ = "waiting_answer"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    # The case as it was answered: what changed meanwhile may want another answer.
    version: int
    letter: str = Field(sa_type=Sealed)
    # Nothing while it doesn't go out.
    send_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    by_id: str = Field(max_length=80)
    by_role: str = Field(max_length=40)
    # Why it didn't go out: a text of the catalogue.
    problem: str = Field(default="", max_length=80)


class CaseLink(Base, table=True):
    """Two cases that belong together, seen from either."""

    __tablename__ = "case_link"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    other_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    kind: LinkKind = Field(sa_column=Column(stored_enum(LinkKind), nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)


class CaseFeedback(Base, table=True):
    """Two answers at the end, one to five, tied to no name in any report."""

    __tablename__ = "case_feedback"

    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36)
    easy: int
    clear: int
    at: datetime = Field(sa_type=UtcDateTime)


class SearchWord(Base, table=True):
    """A word somebody may search a case by: of the name, the address, the school; hidden (`words.hidden`). Compared byte by byte,
    so that a search for a beginning is a range of the index on either database.
    """

    __tablename__ = "search_word"

    word: str = Field(sa_column=Column(String(400).with_variant(String(400, collation="C"), "postgresql"), primary_key=True))
    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36, index=True)


class OpenLoad(Base, table=True):
    """How many open cases there are per status, due date and handler: kept with every move, so that the desk's counts cost
    the same at a thousand and at a million requests.
    """

    __tablename__ = "open_load"

    status: Status = Field(sa_column=Column(stored_enum(Status), primary_key=True))
    due_on: date = Field(primary_key=True)
    handler_id: str = Field(primary_key=True, max_length=36)
    cases: int


class CaseMention(Base, table=True):
    """A colleague named in an internal note: the case stands in their list until they open it."""

    __tablename__ = "case_mention"

    person_id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(primary_key=True, foreign_key="request_case.id", max_length=36, index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class JobDay(Base, table=True):
    """The last day a daily job ran: whoever moves it forward does today's."""

    __tablename__ = "job_day"

    job: str = Field(primary_key=True, max_length=40)
    day: date


class JobFault(Base, table=True):
    """A piece of work in the background that failed at the last try, until it goes well."""

    __tablename__ = "job_fault"

    job: str = Field(primary_key=True, max_length=40)
    # What it was about: the id of a case, a subscription, a notice with a board; empty when it is about nothing alone.
    thing: str = Field(primary_key=True, max_length=80)
    fault: str = Field(max_length=80)
    since: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    times: int


class FactDay(Base, table=True):
    """How often something that staff watch became true on a day: the sum over all cases of `facts.facts_of` their events, kept
    in the transaction of each event.
    """

    __tablename__ = "fact_day"

    fact: Fact = Field(sa_column=Column(stored_enum(Fact), primary_key=True))
    # Empty for cases as a whole. Before the day in the key: most questions are about the whole, for a run of days.
    right: str = Field(sa_column=Column("asked_right", String(40), primary_key=True))
    day: date = Field(primary_key=True)
    role: str = Field(primary_key=True, max_length=40)
    channel: str = Field(primary_key=True, max_length=40)
    # Its slug; empty where none was named.
    product: str = Field(primary_key=True, max_length=60)
    detail: str = Field(primary_key=True, max_length=60)
    value: int = Field(primary_key=True)
    cases: int


class FactRecount(Base, table=True):
    """The same sums, made anew from the event log piece by piece: `insight verify` compares, and goes on where it was cut."""

    __tablename__ = "fact_recount"

    fact: Fact = Field(sa_column=Column(stored_enum(Fact), primary_key=True))
    right: str = Field(sa_column=Column("asked_right", String(40), primary_key=True))
    day: date = Field(primary_key=True)
    role: str = Field(primary_key=True, max_length=40)
    channel: str = Field(primary_key=True, max_length=40)
    product: str = Field(primary_key=True, max_length=60)
    detail: str = Field(primary_key=True, max_length=60)
    value: int = Field(primary_key=True)
    cases: int


class RecountPass(Base, table=True):
    """How far a recount is: which cases were counted, by what had happened to them until then."""

    __tablename__ = "recount_pass"

    name: str = Field(primary_key=True, max_length=40)
    begun_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    after_case: str = Field(max_length=36)
    events: int
