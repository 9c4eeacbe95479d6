from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.desk_model import CaseFeedback
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.desk import registering
from dashboard.data_requests.desk.registering import Registration
from dashboard.data_requests.law.rights import Outcome, Right, Subject
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import entering, following
from dashboard.data_requests.requester.intake import NewRequest
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, LinkExpiredError, NotAllowedError, NotFoundError, NotPossibleError
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.cases import BROWSER, PNG
from tests.people import AGENT, LYCEUM, request, requester

BOTH = {"subject": "both", "school_name": "Lyceum, Stad"}


def all_cases(engine: Engine) -> list[Case]:
    with reading(engine) as session:
        return list(session.exec(select(Case).order_by(Case.subject.desc())).all())  # type: ignore[attr-defined]


def again(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None) -> Case:
    """The same person asks once more, and confirms."""
    case = cases.case_of(engine, cases.submit(engine, settings, now, typed))
    [mail] = [each for each in cases.mails(engine, "verification") if each.case_id == case.id]
    cases.open_link(engine, settings, cases.token_in(mail), now + timedelta(minutes=1))
    return cases.fresh(engine, case)


def test_a_request_about_both_becomes_two_cases_with_one_code_and_two_outcomes(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now, request(rights=("access", "consent_withdrawal"), **BOTH))
    ours, schools = all_cases(engine)
    assert (ours.subject, schools.subject) == (Subject.OWN_RECORDS, Subject.LEARNING_MATERIAL)
    assert (receipt.reference, receipt.also) == (ours.reference, schools.reference)
    assert ours.code_hmac == schools.code_hmac
    assert (ours.sibling_id, schools.sibling_id) == (schools.id, ours.id)
    with reading(engine) as session:
        asked = {case.id: [row.right for row in rights_of(by(session, SYSTEM, now), case)] for case in (ours, schools)}
    # The newsletter is always ours: the school has no part in it.
    assert asked == {ours.id: [Right.ACCESS, Right.CONSENT_WITHDRAWAL], schools.id: [Right.ACCESS]}
    (mail,) = cases.mails(engine)
    assert schools.reference in mail.body
    cases.verify(engine, settings, now)
    assert {case.status for case in all_cases(engine)} == {Status.RECEIVED}
    with transaction(engine) as session:
        entering.enter_sibling(by(session, requester(ours.id), now), Seen(ours.id), BROWSER)
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, now), BROWSER).case_id == schools.id


def test_a_case_without_another_half_has_no_way_to_one(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    with pytest.raises(NotFoundError), transaction(engine) as session:
        entering.enter_sibling(by(session, requester(case.id), now), Seen(case.id), BROWSER)


def test_sending_a_request_about_both_twice_is_still_two_cases(engine: Engine, settings: Settings, now: datetime) -> None:
    first = cases.submit(engine, settings, now, request(**BOTH), key="k")
    assert cases.submit(engine, settings, now, request(**BOTH), key="k") == first
    assert len(all_cases(engine)) == 2


def test_a_repeat_while_a_case_is_open_is_a_reminder_and_its_first_date_stands(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    older = cases.received(engine, settings, now, request(rights=("access", "erasure")))
    later = now + timedelta(days=10)
    newer = again(engine, settings, later, request(rights=("access",), explanation="Ik wacht nog steeds."))
    assert (newer.status, newer.merged_into) == (Status.MERGED, older.id)
    found = cases.fresh(engine, older)
    assert (found.due_on, found.received_on, found.status) == (older.due_on, older.received_on, Status.RECEIVED)
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(older.id), later, settings), older.id)
    assert [message.body for message in shown.messages] == ["Ik wacht nog steeds."]
    assert shown.events[0].kind.value == "reminded"
    (mail,) = cases.mails(engine, "joined")
    assert older.reference in mail.body
    assert "dinsdag 7 april 2026" in mail.body


def test_another_right_another_role_or_an_ended_case_is_a_new_request(engine: Engine, settings: Settings, now: datetime) -> None:
    first = cases.received(engine, settings, now)
    assert again(engine, settings, now, request(rights=("erasure",))).status is Status.RECEIVED
    assert again(engine, settings, now, request(role="teacher")).status is Status.RECEIVED
    with transaction(engine) as session:
        following.withdraw(by(session, requester(first.id), now, settings), Seen(first.id))
    assert again(engine, settings, now).status is Status.RECEIVED


AT_SCHOOL: dict[str, object] = {"subject": "learning_material", "school_name": "De Brug"}
PARENT: dict[str, object] = {"role": "parent", "subject_name": "Kim Kind", "born_on": "1-2-2016"}
CORRECTION: dict[str, object] = {"rights": ("rectification",), "wrong_field": "adres", "right_value": "Laan 2"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A second teacher at one mailbox; another school; another child; another correction; another value of the same one.
        ({"role": "teacher", "email": "info@school.example"}, {"name": "Tom Tweede", "email": "info@school.example"}),
        (AT_SCHOOL, {"school_name": "De Pijler"}),
        (PARENT, {"subject_name": "Ander Kind"}),
        (PARENT, {"born_on": "2-2-2016"}),
        (CORRECTION, {"wrong_field": "naam"}),
        (CORRECTION, {"right_value": "Laan 3"}),
    ],
)
def test_what_differs_in_anything_that_makes_it_the_same_request_stays_its_own_case_and_the_desk_is_told(
    engine: Engine, settings: Settings, now: datetime, first: dict[str, object], second: dict[str, object]
) -> None:
    older = cases.received(engine, settings, now, request(**first))
    newer = again(engine, settings, now + timedelta(days=1), request(**{**first, **second}))
    assert (newer.status, newer.merged_into) == (Status.RECEIVED, None)
    with reading(engine) as session:
        for one, other in ((older, newer), (newer, older)):
            part = queries.case_view(by(session, AGENT, now, settings), one.id).staff
            assert part is not None
            assert [(row.reference, row.kind) for row in part.links] == [(other.reference, "perhaps")]
            assert queries.case_view(by(session, requester(one.id), now, settings), one.id).staff is None


@pytest.mark.parametrize("first", [{}, AT_SCHOOL, PARENT, CORRECTION])
def test_capitals_and_spaces_make_no_other_request(
    engine: Engine, settings: Settings, now: datetime, first: dict[str, object]
) -> None:
    older = cases.received(engine, settings, now, request(**first))
    typed = request(**{**first, "email": "NOOR@aanvrager.example", "name": "noor  VOORBEELD"})
    assert again(engine, settings, now + timedelta(days=1), typed).merged_into == older.id


def test_the_half_that_is_left_of_a_joined_submission_points_to_no_other_half(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    older = cases.received(engine, settings, now)
    cases.submit(engine, settings, now + timedelta(days=1), request(**{**BOTH, "rights": ("access",)}))
    cases.verify(engine, settings, now + timedelta(days=1))
    (left,) = (case for case in all_cases(engine) if case.subject is Subject.LEARNING_MATERIAL)
    assert left.sibling_id is None
    assert {case.merged_into for case in all_cases(engine)} == {None, older.id}


def test_a_repeat_that_reached_us_first_moves_the_date_of_the_case_forward(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """Sent on the 5th, confirmed on the 6th, and meanwhile a letter of the same person was entered."""
    receipt = cases.submit(engine, settings, now)
    with transaction(engine) as session:
        typed = Registration(request(), "letter", f"{now + timedelta(days=1):%d-%m-%Y}")
        registering.register(by(session, AGENT, now + timedelta(days=1), settings), typed, key="letter")
    cases.verify(engine, settings, now + timedelta(hours=20))
    first = cases.case_of(engine, receipt)
    assert first.status is Status.MERGED
    letter = next(case for case in all_cases(engine) if case.id == first.merged_into)
    assert (letter.received_on, letter.due_on) == (first.received_on, first.due_on)


def test_until_the_address_is_proven_a_repeat_touches_nobodys_case(engine: Engine, settings: Settings, now: datetime) -> None:
    """Whoever types somebody else's address adds nothing to their case."""
    older = cases.received(engine, settings, now)
    cases.submit(engine, settings, now, request(explanation="Van een vreemde."))
    found = cases.fresh(engine, older)
    assert found.version == older.version


def test_a_reply_brings_files_that_only_requester_and_staff_open(engine: Engine, settings: Settings, now: datetime) -> None:
    from dashboard.data_requests.outgoing import answers  # noqa: PLC0415  only here

    case = cases.received(engine, settings, now)
    with transaction(engine) as session:
        following.reply(
            by(session, requester(case.id), now, settings),
            Seen(case.id),
            "Hierbij.",
            uploads=(Upload("foto.png", PNG),),
        )
    with reading(engine) as session:
        (row,) = session.exec(select(CaseFile)).all()
    assert row.purpose is FilePurpose.ATTACHMENT
    # Encrypted at rest: the bytes on disk aren't the picture.
    stored = [path.read_bytes() for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
    assert PNG not in stored
    for reader in (AGENT, requester(case.id)):
        with transaction(engine) as session:
            assert answers.download(by(session, reader, now, settings), row.id).content == PNG
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        answers.download(by(session, VISITOR, now, settings), row.id)
    for stranger in (LYCEUM, requester("another")):
        with pytest.raises(NotFoundError), transaction(engine) as session:
            answers.download(by(session, stranger, now, settings), row.id)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.jpg", PNG),
        ("a.docx", b"PK"),
        ("a.pdf", b"<html>"),
        ("a.txt", b""),
        ("a.json", b"{}"),
    ],
)
def test_a_wrong_attachment_is_refused_and_the_reply_stays_unsent(
    engine: Engine, settings: Settings, now: datetime, name: str, content: bytes
) -> None:
    case = cases.received(engine, settings, now)
    with pytest.raises(InvalidInputError), transaction(engine) as session:
        following.reply(
            by(session, requester(case.id), now, settings), Seen(case.id), "Hierbij.", uploads=(Upload(name, content),)
        )
    assert cases.fresh(engine, case).version == case.version


def test_proof_of_identity_is_never_taken_unasked(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        following.reply(
            by(session, requester(case.id), now, settings),
            Seen(case.id),
            "Mijn paspoort.",
            identity=Upload("p.png", PNG),
        )
    assert refused.value.text_key == "need.doubt_open"


def test_who_is_not_satisfied_reopens_within_six_weeks_and_not_after(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    case = cases.close(engine, settings, case, now)
    too_late = datetime(2026, 4, 17, 8, 0, tzinfo=UTC)
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        following.reopen(by(session, requester(case.id), too_late, settings), Seen(case.id), "Toch niet goed.")
    assert refused.value.text_key == "need.within_six_weeks"
    with transaction(engine) as session:
        following.reopen(
            by(session, requester(case.id), too_late - timedelta(days=1), settings), Seen(case.id), "Dit is niet alles."
        )
    found = cases.fresh(engine, case)
    assert (found.status, found.closed_at, found.due_on) == (Status.IN_PROGRESS, None, date(2026, 4, 7))
    assert len(cases.mails(engine, "reopened")) == 1


def test_what_was_answered_stays_when_it_is_looked_at_again(engine: Engine, settings: Settings, now: datetime) -> None:
    """By hand: answered Thursday 5 March, six weeks end on 16 April; reopened on 20 March, fourteen days on is 3 April (Good
    Friday counts for the law's dates, not for our own goal).
    """
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    case = cases.close(engine, settings, case, now)
    me = requester(case.id)
    with reading(engine) as session:
        (file,) = queries.case_view(by(session, me, now, settings), case.id).files
    later = datetime(2026, 3, 20, 8, tzinfo=UTC)
    with transaction(engine) as session:
        following.reopen(by(session, me, later, settings), Seen(case.id), "Dit is niet alles.")
    (mail,) = cases.mails(engine, "reopened")
    for part in ("uiterlijk vrijdag 3 april 2026 bericht", "dinsdag 7 april 2026", "tot en met donderdag 16 april 2026"):
        assert part in mail.body
    with transaction(engine) as session:
        view = queries.case_view(by(session, me, later, settings), case.id)
        assert answers.download(by(session, me, later, settings), file.id).name == file.name
    (before,) = view.answered_before
    assert (before.at, before.outcomes, before.court_until) == (now, ((Right.ACCESS, Outcome.GRANTED),), date(2026, 4, 16))
    assert (view.files, view.dates.review_by, view.due_on) == ((file,), date(2026, 4, 3), date(2026, 4, 7))
    # What is put together for the second answer is not theirs before it is given.
    cases.give(engine, settings, case, later)
    with reading(engine) as session:
        assert queries.case_view(by(session, me, later, settings), case.id).files == (file,)
    cases.close(engine, settings, case, later)
    with reading(engine) as session:
        view = queries.case_view(by(session, me, later, settings), case.id)
    assert (len(view.files), len(view.answered_before), view.dates.court_until) == (2, 1, date(2026, 5, 1))


def test_a_new_address_counts_only_when_its_link_was_used_and_the_old_one_hears_it(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.received(engine, settings, now - timedelta(hours=2))
    with transaction(engine) as session:
        entering.send_fresh_link(by(session, VISITOR, now, settings), case.reference, case.email)
        following.ask_new_address(by(session, requester(case.id), now, settings), Seen(case.id), "nieuw@aanvrager.example")
    assert cases.fresh(engine, case).email == "noor@aanvrager.example"
    (mail,) = cases.mails(engine, "new_address")
    assert mail.recipient == "nieuw@aanvrager.example"
    cases.open_link(engine, settings, cases.token_in(mail), now)
    assert cases.fresh(engine, case).email == "nieuw@aanvrager.example"
    # A link that lay in the old mailbox opens nothing any more.
    with pytest.raises(LinkExpiredError):
        cases.open_link(engine, settings, cases.token_in(cases.mails(engine, "fresh_link")[0]), now)
    (told,) = cases.mails(engine, "address_changed")
    assert told.recipient == "noor@aanvrager.example"
    for wrong in ("nieuw", "", "a@b\nBcc: x@y.example"):
        with pytest.raises(InvalidInputError), transaction(engine) as session:
            following.ask_new_address(by(session, requester(case.id), now, settings), Seen(case.id), wrong)


def test_new_addresses_stop_after_three_an_hour(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now - timedelta(hours=2))
    for number in range(3):
        with transaction(engine) as session:
            following.ask_new_address(by(session, requester(case.id), now, settings), Seen(case.id), f"n{number}@x.example")
    with pytest.raises(NotPossibleError) as refused, transaction(engine) as session:
        following.ask_new_address(by(session, requester(case.id), now, settings), Seen(case.id), "n4@x.example")
    assert refused.value.text_key == "error.too_many_links"


def test_two_marks_at_the_end_and_only_then(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    with pytest.raises(NotPossibleError), transaction(engine) as session:
        following.rate(by(session, requester(case.id), now), Seen(case.id), easy=5, clear=4)
    case = cases.close(engine, settings, case, now)
    for wrong in (0, 6, -1):
        with pytest.raises(InvalidInputError), transaction(engine) as session:
            following.rate(by(session, requester(case.id), now), Seen(case.id), easy=wrong, clear=3)
    with transaction(engine) as session:
        following.rate(by(session, requester(case.id), now), Seen(case.id), easy=5, clear=4)
    with reading(engine) as session:
        assert [(row.easy, row.clear) for row in session.exec(select(CaseFeedback)).all()] == [(5, 4)]


def test_withdrawing_at_the_school_tells_the_school_too(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.handed(engine, settings, now)
    with transaction(engine) as session:
        following.withdraw(by(session, requester(case.id), now, settings), Seen(case.id))
    assert cases.fresh(engine, case).status is Status.WITHDRAWN
    assert cases.mails(engine, "withdrawn_at_school")[0].recipient == "fem@lyceum.example"
