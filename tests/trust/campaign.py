"""The tests of the campaign, in the order of their numbers. Those by tests run in `make test` whole; the others small."""

from tests.trust import codes, full, guessing, losing, posting, together, waiting, walking
from tests.trust.by_tests import by_tests
from tests.trust.seen import Part

MEASURED = (
    Part("T01", "A server killed under load loses no acknowledged request and mails nobody twice", losing.through_the_service),
    Part("T02", "The same through the form on the page", losing.through_the_form),
    Part("T08", "Somebody in four hundred groups is in at once", guessing.many_groups, timed=True),
    Part("T14", "Of a code or link that doesn't open nobody learns why", guessing.same_answers, timed=True),
    Part("T13", "No code is given twice, and what a database holds opens nothing", codes.no_code_twice),
    Part(
        "T25",
        "Who opens two hundred websockets is refused more, and keeps nobody else waiting",
        together.many_tabs_of_one,
        timed=True,
    ),
    Part(
        "T29",
        "Fifty people send for ten minutes: quickly, without an error, in the same memory",
        together.fifty_at_work,
        timed=True,
        # They think most of the time: ten minutes in which the rest goes on.
        beside=True,
    ),
    Part("T30", "Of two who save at once one wins and one is told; of four workers one sends each mail", together.two_who_save),
    Part("T31", "A full disk acknowledges nothing falsely, says so, and recovers", full.no_room_left),
    Part("T32", "Mail that can't go waits, and goes once", posting.down_and_killed),
    Part("T33", "A database that is held up or started again harms no request", waiting.held_up, timed=True),
    Part("T17", "Nothing is answered for an address that wasn't proven, and counts are what happened", walking.everybody),
)
TESTED = (
    Part(
        "T03",
        "Every connection to the database is durable and checks its references",
        by_tests(
            "test_db.py::test_every_pooled_sqlite_connection_is_durable_and_checks_foreign_keys",
            "test_db.py::test_postgresql_is_durable_and_gives_up_on_locks",
        ),
    ),
    Part("T04", "Twelve tokens that were never given sign nobody in", by_tests("web/test_tokens.py")),
    Part(
        "T05",
        "A callback replayed, forged or begun elsewhere signs nobody in",
        by_tests("web/test_sign_in.py", "web/test_logins.py"),
    ),
    Part("T06", "After signing out old cookies open nothing", by_tests("web/test_sign_in.py")),
    Part(
        "T07",
        "After half an hour without use, or eight hours, no page and no route opens",
        by_tests("pages/test_idle.py"),
    ),
    Part(
        "T08",
        "No other site signs anybody out, and cookies stay where they belong",
        by_tests("web/test_sign_in.py", "web/test_middleware.py", "web/test_server.py", named="site or cookie"),
    ),
    Part(
        "T10",
        "Whatever id is put into an address, what isn't theirs answers as what never was",
        by_tests("web/test_foreign_ids.py"),
    ),
    Part(
        "T11",
        "Everybody has exactly their documents, by every address",
        by_tests("web/test_library_routes.py", "web/test_sign_in.py", named="document or cookies_kept or wrong_kind"),
    ),
    Part("T12", "What no page offered changes nothing", by_tests("web/test_forged.py")),
    Part(
        "T18",
        "Forty files that nobody sends in good faith end as they should",
        by_tests("data_requests/outgoing/test_hostile_uploads.py"),
    ),
    Part("T20", "What people type runs nowhere", by_tests("browser/test_payloads.py")),
    Part(
        "T23",
        "Every verb leaves exactly its row in the audit trail",
        by_tests("test_audited.py", "data_requests/desk", "data_requests/school", "oversight", workers=2),
    ),
    Part("T28", "No page asks anything outside, or runs what its policy forbids", by_tests("browser/test_every_state.py")),
    Part("T37", "A fault on any page shows a number and nothing else", by_tests("web/test_faults.py", "test_logs.py")),
    Part(
        "T40",
        "Every page of every role is whole for everybody, at any width and in both themes",
        by_tests("browser/test_every_state.py"),
    ),
    Part("T09", "Who may do what is as declared, verb by verb and page by page", by_tests("test_permissions.py")),
    Part("T15", "Wrong codes stop after ten from an address and a thousand in all", by_tests("test_limits.py")),
    Part("T16", "A mailbox gets three mails an hour, however its address is written", by_tests("test_limits.py")),
    Part("T21", "What people typed is text everywhere", by_tests("test_architecture.py")),
    Part("T24", "The audit trail only grows, and what isn't as it was is found", by_tests("test_audit_chain.py")),
    Part(
        "T34",
        "A provider that is slow, talks garbage or changes its keys harms no public page",
        by_tests(
            "web/test_logins.py::test_a_slow_provider_gets_a_sentence_in_time",
            "web/test_logins.py::test_a_provider_that_answers_garbage_gets_a_sentence_and_is_asked_anew",
            "web/test_logins.py::test_a_new_key_of_the_provider_is_asked_for_and_one_that_it_doesnt_have_is_refused",
            "demo/test_run.py::test_without_identity_provider_signing_in_is_a_clear_page_and_the_rest_works",
        ),
    ),
    Part("T38", "What we depend on is named, may be used, and has no known fault that nobody let be", by_tests("test_supply.py")),
    Part("T39", "A backup under load is put back whole, and who was erased stays erased", by_tests("test_backups.py")),
    Part("T26", "Strangers' origins and hosts get nothing, and hold nobody up", by_tests("web/test_server.py")),
    Part(
        "T27",
        "Every answer carries exactly its headers",
        by_tests("web/test_server.py", "web/test_middleware.py"),
    ),
)
CAMPAIGN = tuple(sorted((*MEASURED, *TESTED), key=lambda part: part.number))
