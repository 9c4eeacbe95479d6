"""Every rule and worked date of the law as we read it, with the test that names it. A rule without a test fails here, and so
does a test that was renamed or removed."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent

# rule -> "file::test"
RULES = {
    "rights 15-22 and 7(3), each with its own outcome": ("law/test_rights.py::test_every_right_has_its_article_and_its_grounds"),
    "19 is a follow-up duty": (
        "desk/test_deciding.py::test_after_a_correction_erasure_or_restriction_every_recipient_is_told_or_exempt_with_a_reason"
    ),
    "two roles: two cases, two outcomes": (
        "requester/test_following.py::test_a_request_about_both_becomes_two_cases_with_one_code_and_two_outcomes"
    ),
    "processor: handed over with moment, contact and notice": (
        "school/test_at_school.py::test_the_hand_over_keeps_moment_and_contact_and_tells_requester_and_school"
    ),
    "processor: promptly, two working days": (
        "law/test_deadlines.py::test_a_request_for_a_school_is_passed_on_within_two_working_days"
    ),
    "processor: staff cannot grant or refuse": (
        "desk/test_handling.py::test_about_learning_material_the_publisher_decides_nothing_and_hands_over"
    ),
    "processor: the school decides, the publisher executes": (
        "school/test_at_school.py::test_the_school_decides_and_the_publisher_carries_it_out"
    ),
    "clock 1: receipt, not verification": (
        "requester/test_asking.py::test_the_day_of_receipt_is_the_day_of_submission_in_amsterdam_even_when_confirmed_later"
    ),
    "clock 2: the local date": "law/test_deadlines.py::test_the_day_of_receipt_is_the_local_one",
    "clock 3: a letter's own day, no future": "desk/test_registering.py::test_each_wrong_field_is_named",
    "clock 3: entered apart from entry": (
        "desk/test_registering.py::test_a_letter_counts_from_the_day_it_was_received_and_not_from_its_entry"
    ),
    "clock 4: roll(add_months(received_on, 1))": "law/test_deadlines.py::test_the_dated_examples_hold",
    "clock 5: the holidays of the law, every year": ("law/test_deadlines.py::test_every_holiday_of_the_law_is_there_each_year"),
    "clock 5: 5 May every year": "law/test_deadlines.py::test_liberation_day_is_a_holiday_every_year",
    "clock 5: King's Day on the 26th": ("law/test_deadlines.py::test_kings_day_moves_to_the_saturday_when_it_falls_on_a_sunday"),
    "clock 5: bridge days recompute open cases, with a preview": (
        "test_clock.py::test_a_bridge_day_moves_open_cases_after_a_preview_and_leaves_ended_ones"
    ),
    "clock 6: never 30 days": (
        "law/test_deadlines.py::test_from_2024_to_2040_due_is_a_working_day_28_to_38_days_later_and_never_goes_back"
    ),
    "clock 7: the due day is inclusive": "law/test_deadlines.py::test_the_due_day_itself_is_in_time",
    "clock 8: an earlier target of our own": "law/test_deadlines.py::test_our_own_goal_is_earlier_than_the_laws_date",
    "clock 9: the date explains itself": "law/test_deadlines.py::test_the_date_explains_itself",
    "dates: 5 Mar, 31 Aug, 27 Mar, 18 Jul, 5 Feb 2026": "law/test_deadlines.py::test_the_dated_examples_hold",
    "extension: three months from receipt, with a notice": (
        "test_clock.py::test_an_extension_goes_to_three_months_from_receipt_with_a_notice_in_full"
    ),
    "extension: not from the rolled first date": (
        "law/test_deadlines.py::test_an_extension_runs_three_months_from_receipt_and_not_from_the_rolled_date"
    ),
    "extension: once, two reasons": "test_clock.py::test_an_extension_is_once_and_only_for_one_of_two_reasons",
    "extension: 10 Jun 2026, notice by Fri 10 Jul": (
        "test_clock.py::test_the_notice_goes_out_by_the_first_due_date_or_not_at_all"
    ),
    "extension: never before the first due date": ("law/test_deadlines.py::test_an_extension_is_never_before_the_first_due_date"),
    "pause: 31 Aug, 2 and 7 Sep: 30 Sep and 5 Oct": (
        "test_clock.py::test_a_pause_shows_a_second_date_and_leaves_the_statutory_one"
    ),
    "pause: a code or an ordinary question is none": (
        "test_clock.py::test_an_ordinary_question_is_no_pause_and_neither_is_the_mailed_code"
    ),
    "pause: reports use the statutory date": ("test_clock.py::test_two_pauses_add_up_and_closing_counts_by_the_statutory_date"),
    "refusal: reasons, authority, court, or not at all": (
        "desk/test_deciding.py::test_a_refusal_does_not_go_out_while_a_part_of_it_is_missing"
    ),
    "refusal: a ground of that article": ("law/test_rights.py::test_each_outcome_stands_on_the_grounds_of_its_article_alone"),
    "refusal: 15(4) limits a copy, never the whole": (
        "law/test_rights.py::test_each_outcome_stands_on_the_grounds_of_its_article_alone"
    ),
    "refusal: none against marketing or for consent": (
        "desk/test_deciding.py::test_against_marketing_and_for_consent_no_refusal_exists"
    ),
    "refusal: the court within six weeks": (
        "law/test_deadlines.py::test_the_way_to_court_is_open_for_six_weeks_after_the_answer"
    ),
    "erasure: seven years, what stays, why, until when": (
        "desk/test_deciding.py::test_a_partial_erasure_says_what_stays_why_and_until_when"
    ),
    "cost: unfounded or excessive needs evidence": ("desk/test_deciding.py::test_manifestly_unfounded_needs_evidence"),
    "repeat: a reminder, the first date stands": (
        "requester/test_following.py::test_a_repeat_while_a_case_is_open_is_a_reminder_and_its_first_date_stands"
    ),
    "repeat: never silently": ("desk/test_bulk.py::test_a_duplicate_is_closed_with_a_message_and_the_other_case_keeps_its_date"),
    "answer: a common format": "outgoing/test_packages.py::test_the_package_holds_summary_json_and_csv",
    "answer: portability needs a machine-readable file": (
        "outgoing/test_answers.py::test_portability_closes_only_with_a_file_that_a_machine_reads"
    ),
    "never silent: expiry": ("desk/test_handling.py::test_unconfirmed_requests_expire_after_thirty_days_with_a_message"),
    "never silent: withdrawal": ("requester/test_asking.py::test_a_requester_replies_and_withdraws_and_gets_a_confirmation"),
    "identity: only with a recorded doubt, deleted at once, one event": (
        "test_clock.py::test_proof_of_identity_needs_a_recorded_doubt_and_is_deleted_when_looked_at"
    ),
    "identity: never taken unasked": "requester/test_following.py::test_proof_of_identity_is_never_taken_unasked",
    "minors: a parent under 16, the pupil from 16": (
        "law/test_rights.py::test_a_parent_asks_below_16_and_the_pupil_from_that_birthday_on"
    ),
    "agents show an authorisation": "requester/test_intake.py::test_who_asks_for_another_shows_an_authorisation",
    "afterwards: answer files 30 days": ("upkeep/test_upkeep.py::test_an_answers_files_go_after_thirty_days_and_the_case_stays"),
    "afterwards: correspondence 2 years, facts stay": (
        "upkeep/test_upkeep.py::test_after_two_years_nothing_personal_is_left_and_the_facts_stay"
    ),
    "afterwards: each period a setting": ("upkeep/test_upkeep.py::test_a_period_that_the_officer_sets_is_the_one_that_counts"),
    "afterwards: erasures are replayed after a restore": (
        "upkeep/test_upkeep.py::test_what_was_purged_is_purged_again_after_a_restore"
    ),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_test_that_exists(rule: str) -> None:
    path, _, name = RULES[rule].partition("::")
    tree = ast.parse((TESTS / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
