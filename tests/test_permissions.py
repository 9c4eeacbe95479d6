"""T09: roles x pages x verbs. Every cell is declared here by hand, and none deviates."""

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import dashboard
from dashboard.act import ASKED, Act
from dashboard.errors import NotAllowedError
from dashboard.permissions import PERMISSIONS, Actor, Permission, Role, require
from dashboard.settings import Settings
from dashboard.ui.navigation import PAGES
from tests.acts import NOW

ROOT = Path(__file__).resolve().parent.parent

DESK = {Role.DESK_AGENT, Role.PRIVACY_OFFICER}
READERS = DESK | {Role.AUDITOR}
PEOPLE = set(Role) - {Role.SYSTEM, Role.SCHOOL_SYSTEM}
STAFF = READERS | {Role.EDITOR, Role.ADMINISTRATOR}

WHO_MAY = {
    Permission.READ_PUBLIC: PEOPLE,
    Permission.SUBMIT_REQUEST: PEOPLE,
    Permission.ENTER_OWN_CASE: PEOPLE,
    Permission.READ_DEMO_MAILBOX: PEOPLE,
    Permission.ACT_ON_OWN_CASE: {Role.REQUESTER},
    Permission.READ_OWN_ANNEXES: {Role.SCHOOL, Role.SCHOOL_READER, Role.SCHOOL_SYSTEM},
    Permission.DOWNLOAD_OWN_ANNEXES: {Role.SCHOOL, Role.SCHOOL_READER, Role.SCHOOL_SYSTEM},
    Permission.MANAGE_OWN_SCHOOL: {Role.SCHOOL},
    Permission.ASK_ACCESS: PEOPLE,
    Permission.OWN_SESSIONS: STAFF | {Role.SCHOOL, Role.SCHOOL_READER},
    Permission.READ_CATALOGUE: STAFF,
    Permission.DRAFT_ANNEX: {Role.EDITOR, Role.PRIVACY_OFFICER},
    Permission.PUBLISH_ANNEX: {Role.PRIVACY_OFFICER},
    Permission.READ_SCHOOLS: STAFF,
    Permission.MANAGE_SCHOOLS: {Role.ADMINISTRATOR, Role.SYSTEM},
    Permission.READ_NOTICES: STAFF,
    Permission.ANSWER_OBJECTION: {Role.PRIVACY_OFFICER},
    Permission.READ_DESK: READERS,
    Permission.READ_CASE: READERS,
    Permission.HANDLE_CASE: DESK,
    Permission.READ_INSIGHT: READERS,
    Permission.READ_POLICY: READERS,
    Permission.READ_AUDIT: {Role.PRIVACY_OFFICER, Role.AUDITOR},
    Permission.HANDLE_BREACH: {Role.PRIVACY_OFFICER},
    Permission.SET_POLICY: {Role.PRIVACY_OFFICER},
    Permission.READ_HANDED_CASE: {Role.SCHOOL},
    Permission.DECIDE_HANDED_CASE: {Role.SCHOOL},
    Permission.RUN_JOBS: {Role.SYSTEM},
}

PAGE_NEEDS = {
    "public/home.py": Permission.READ_PUBLIC,
    "public/request.py": Permission.SUBMIT_REQUEST,
    "public/track.py": Permission.ENTER_OWN_CASE,
    "public/schools.py": Permission.READ_PUBLIC,
    "public/statement.py": Permission.READ_PUBLIC,
    "public/verify.py": Permission.READ_PUBLIC,
    "public/documents.py": Permission.READ_PUBLIC,
    "public/complaint.py": Permission.READ_PUBLIC,
    "public/accessibility.py": Permission.READ_PUBLIC,
    "public/children.py": Permission.READ_PUBLIC,
    "public/numbers.py": Permission.READ_PUBLIC,
    "public/mailbox.py": Permission.READ_DEMO_MAILBOX,
    "public/sessions.py": Permission.OWN_SESSIONS,
    "school/annexes.py": Permission.READ_OWN_ANNEXES,
    "school/agreement.py": Permission.READ_OWN_ANNEXES,
    "school/handed.py": Permission.READ_HANDED_CASE,
    "staff/setup.py": Permission.MANAGE_SCHOOLS,
    "staff/desk.py": Permission.READ_DESK,
    "staff/register.py": Permission.HANDLE_CASE,
    "staff/policy.py": Permission.READ_POLICY,
    "staff/audit.py": Permission.READ_AUDIT,
    "staff/breaches.py": Permission.READ_AUDIT,
    "school/notices.py": Permission.READ_OWN_ANNEXES,
    "school/school.py": Permission.MANAGE_OWN_SCHOOL,
    "staff/catalogue.py": Permission.READ_CATALOGUE,
    "staff/annex.py": Permission.READ_CATALOGUE,
    "staff/subprocessors.py": Permission.READ_NOTICES,
    "staff/schools.py": Permission.READ_SCHOOLS,
    "staff/access.py": Permission.READ_SCHOOLS,
    "staff/case.py": Permission.READ_CASE,
    "staff/insight.py": Permission.READ_INSIGHT,
}

# What each verb and question of the core asks for: one of these capabilities, before anything else happens.
P = Permission
VERBS: dict[str, dict[str, set[Permission]]] = {
    "accounts.access": {
        "access_requests": {P.READ_SCHOOLS},
        "approve_access": {P.MANAGE_SCHOOLS},
        "ask_access": {P.ASK_ACCESS},
        "forget_old": {P.RUN_JOBS},
        "my_request": {P.ASK_ACCESS},
        "refuse_access": {P.MANAGE_SCHOOLS},
    },
    "accounts.directory": {
        "set_governance": {P.MANAGE_SCHOOLS},
        "board_of": {P.READ_SCHOOLS},
        "board_view": {P.READ_SCHOOLS},
        "totals": {P.READ_SCHOOLS},
    },
    "accounts.entering": {
        "change_board": {P.MANAGE_SCHOOLS},
        "change_membership": {P.MANAGE_SCHOOLS},
        "change_place": {P.MANAGE_SCHOOLS},
        "place": {P.READ_SCHOOLS},
    },
    "accounts.history": {"history": {P.READ_SCHOOLS}},
    "accounts.keys": {
        "keys": {P.MANAGE_OWN_SCHOOL},
        "make_key": {P.MANAGE_OWN_SCHOOL},
        "count_wrong": {P.READ_PUBLIC},
        "must_wait": {P.READ_OWN_ANNEXES},
        "note_use": {P.READ_OWN_ANNEXES},
        "resolve_key": {P.READ_PUBLIC},
        "revoke_key": {P.MANAGE_OWN_SCHOOL},
    },
    "accounts.finding": {"find_places": {P.READ_PUBLIC}, "find_schools": {P.READ_SCHOOLS}},
    "accounts.mappings": {
        "add_mapping": {P.MANAGE_SCHOOLS},
        "mappings": {P.READ_SCHOOLS},
    },
    "accounts.queries": {
        "names_of_scopes": {P.READ_OWN_ANNEXES},
        "desk_people": {P.READ_DESK, P.RUN_JOBS},
    },
    "accounts.service": {
        "choose_school": {P.READ_OWN_ANNEXES},
        "end_by_provider": {P.READ_PUBLIC},
        "forget_old_sessions": {P.RUN_JOBS},
        "needs_touch": {P.READ_PUBLIC},
        "provider_of": {P.READ_PUBLIC},
        "refuse_sign_in": {P.READ_PUBLIC},
        "resolve": {P.READ_PUBLIC},
        "sign_in": {P.READ_PUBLIC},
        "sign_out": {P.READ_PUBLIC},
        "touch": {P.READ_PUBLIC},
    },
    "accounts.renewals": {
        "claim": {P.RUN_JOBS},
        "due": {P.RUN_JOBS},
        "end": {P.RUN_JOBS},
        "keep": {P.RUN_JOBS},
        "provider_of": {P.RUN_JOBS},
        "renew": {P.RUN_JOBS},
    },
    "accounts.sessions": {
        "end_key": {P.MANAGE_SCHOOLS},
        "end_sessions": {P.MANAGE_SCHOOLS},
        "open_keys": {P.MANAGE_SCHOOLS},
        "signed_in": {P.MANAGE_SCHOOLS},
    },
    "annexes.agreements": {
        "agreements": {P.READ_OWN_ANNEXES},
    },
    "annexes.asking": {"ask_for": {P.READ_PUBLIC}},
    "annexes.catalogue": {
        "product_names": {P.READ_PUBLIC, P.RUN_JOBS},
        "catalogue": {P.READ_CATALOGUE},
        "file_of": {P.READ_CATALOGUE},
        "kinds": {P.READ_CATALOGUE},
        "latest_content": {P.READ_CATALOGUE},
        "products": {P.READ_CATALOGUE},
        "version_view": {P.READ_CATALOGUE},
    },
    "annexes.changes": {
        "changes": {P.READ_OWN_ANNEXES},
    },
    "annexes.completeness": {
        "files_named": {P.RUN_JOBS},
        "worries": {P.READ_CATALOGUE},
    },
    "annexes.drafting": {
        "add_product": {P.DRAFT_ANNEX},
        "discard": {P.DRAFT_ANNEX},
        "draft": {P.DRAFT_ANNEX},
        "offer": {P.DRAFT_ANNEX},
        "revise": {P.DRAFT_ANNEX},
    },
    "annexes.entering": {
        "change_licence": {P.MANAGE_SCHOOLS},
        "end_agreement": {P.MANAGE_SCHOOLS},
    },
    "annexes.exports": {
        "dpia": {P.READ_OWN_ANNEXES},
        "processing_register": {P.READ_OWN_ANNEXES},
    },
    "annexes.history": {
        "history": {P.READ_OWN_ANNEXES},
    },
    "annexes.holdings": {
        "holdings": {P.READ_OWN_ANNEXES},
    },
    "annexes.licensing": {
        "people_of": {P.READ_SCHOOLS},
        "board_agreements": {P.READ_SCHOOLS},
        "licences": {P.READ_SCHOOLS},
        "models": {P.READ_SCHOOLS},
        "set_agreement": {P.MANAGE_SCHOOLS},
    },
    "annexes.publishing": {
        "approve": {P.PUBLISH_ANNEX},
        "send_back": {P.PUBLISH_ANNEX},
        "withdraw": {P.PUBLISH_ANNEX},
    },
    "annexes.queries": {
        "annexes": {P.READ_OWN_ANNEXES},
        "places": {P.READ_OWN_ANNEXES},
    },
    "annexes.matrix": {"matrix": {P.READ_OWN_ANNEXES}},
    "annexes.opened": {
        "open_documents": {P.READ_PUBLIC},
        "open_product": {P.READ_PUBLIC},
        "take_open": {P.READ_PUBLIC},
        "public_products": {P.READ_CATALOGUE},
        "set_public": {P.PUBLISH_ANNEX},
    },
    "annexes.service": {
        "annex": {P.READ_OWN_ANNEXES},
        "find_by_digest": {P.READ_OWN_ANNEXES},
        "take_by_digest": {P.DOWNLOAD_OWN_ANNEXES},
        "take_document": {P.DOWNLOAD_OWN_ANNEXES},
    },
    "annexes.recognising": {
        "recognise": {P.READ_PUBLIC},
    },
    "accounts.ending": {
        "end_school": {P.MANAGE_SCHOOLS},
    },
    "accounts.sign_ins": {
        "begin": {P.READ_PUBLIC},
        "come_back": {P.READ_PUBLIC},
        "wanted_before": {P.READ_PUBLIC},
        "forget_old": {P.RUN_JOBS},
    },
    "annexes.first_steps": {
        "first_steps": {P.READ_SCHOOLS},
    },
    "annexes.subprocessors": {
        "subprocessor_register": {P.READ_NOTICES},
    },
    "data_requests.case.queries": {
        "case_id_of": {P.READ_CASE},
        "case_view": {P.READ_CASE, P.ACT_ON_OWN_CASE, P.READ_HANDED_CASE},
    },
    "data_requests.desk.bulk": {
        "acknowledge_all": {P.HANDLE_CASE},
        "assign_all": {P.HANDLE_CASE},
        "link": {P.HANDLE_CASE},
        "merge": {P.HANDLE_CASE},
        "merge_all": {P.HANDLE_CASE},
    },
    "data_requests.desk.deciding": {
        "approve": {P.HANDLE_CASE},
        "close": {P.HANDLE_CASE},
        "decide": {P.HANDLE_CASE},
        "tell_recipient": {P.HANDLE_CASE},
    },
    "data_requests.desk.handing_over": {
        "close_by_school": {P.HANDLE_CASE},
        "execute": {P.HANDLE_CASE},
        "hand_over": {P.HANDLE_CASE},
        "take_back": {P.HANDLE_CASE},
    },
    "data_requests.desk.handling": {
        "note_complaint": {P.HANDLE_CASE},
        "acknowledge": {P.HANDLE_CASE},
        "ask": {P.HANDLE_CASE, P.DECIDE_HANDED_CASE},
        "assign": {P.HANDLE_CASE},
        "check_identity": {P.HANDLE_CASE, P.DECIDE_HANDED_CASE},
        "doubt_identity": {P.HANDLE_CASE, P.DECIDE_HANDED_CASE},
        "extend": {P.HANDLE_CASE, P.DECIDE_HANDED_CASE},
        "inform": {P.HANDLE_CASE},
        "note": {P.HANDLE_CASE},
        "pause": {P.HANDLE_CASE},
        "announce_fee": {P.HANDLE_CASE},
        "recognise": {P.HANDLE_CASE},
        "seen_mention": {P.HANDLE_CASE},
        "take": {P.HANDLE_CASE},
        "tick": {P.HANDLE_CASE},
    },
    "data_requests.desk.queue": {
        "desk": {P.READ_DESK},
        "desk_counts": {P.READ_DESK},
        "kept_counts": {P.RUN_JOBS},
        "recounted": {P.RUN_JOBS},
    },
    "data_requests.desk.waiting": {
        "due": {P.RUN_JOBS},
        "keep_all": {P.RUN_JOBS},
        "send_due": {P.RUN_JOBS},
        "send_soon": {P.HANDLE_CASE},
        "take_answer_back": {P.HANDLE_CASE},
        "unsent": {P.READ_DESK},
        "waiting": {P.READ_CASE},
    },
    "data_requests.desk.registering": {
        "register": {P.HANDLE_CASE},
    },
    "data_requests.outgoing.answers": {
        "attach": {P.HANDLE_CASE, P.DECIDE_HANDED_CASE},
        "download": {P.READ_CASE, P.ACT_ON_OWN_CASE, P.READ_HANDED_CASE},
    },
    "data_requests.outgoing.data_map": {
        "confirm": {P.SET_POLICY},
        "is_confirmed": {P.READ_PUBLIC},
    },
    "data_requests.outgoing.letters": {
        "answer_draft": {P.READ_POLICY},
        "ground_texts": {P.READ_POLICY},
        "set_ground_text": {P.SET_POLICY},
        "set_template": {P.SET_POLICY},
        "template": {P.READ_POLICY},
    },
    "data_requests.outgoing.packages": {
        "build": {P.HANDLE_CASE},
    },
    "data_requests.outgoing.snippets": {
        "offered": {P.READ_POLICY},
        "remove": {P.SET_POLICY},
        "snippets": {P.READ_POLICY},
        "write": {P.SET_POLICY},
    },
    "data_requests.outgoing.papers": {
        "take_dossier": {P.READ_CASE},
    },
    "data_requests.requester.asking": {
        "forget_receipt": {P.SUBMIT_REQUEST},
        "must_wait": {P.SUBMIT_REQUEST},
        "receipt": {P.SUBMIT_REQUEST},
        "submit": {P.SUBMIT_REQUEST},
    },
    "data_requests.requester.drafts": {
        "forget": {P.SUBMIT_REQUEST},
        "forget_old": {P.RUN_JOBS},
        "load": {P.SUBMIT_REQUEST},
        "save": {P.SUBMIT_REQUEST},
    },
    "data_requests.requester.entering": {
        "leave": {P.ENTER_OWN_CASE},
        "enter_by_link": {P.ENTER_OWN_CASE},
        "enter_sibling": {P.ACT_ON_OWN_CASE},
        "needs_touch": {P.ENTER_OWN_CASE},
        "resolve_requester": {P.READ_PUBLIC},
        "send_fresh_link": {P.ENTER_OWN_CASE},
        "touch_grant": {P.ACT_ON_OWN_CASE},
        "try_code": {P.ENTER_OWN_CASE},
    },
    "data_requests.requester.following": {
        "ask_new_address": {P.ACT_ON_OWN_CASE},
        "rate": {P.ACT_ON_OWN_CASE},
        "reopen": {P.ACT_ON_OWN_CASE},
        "reply": {P.ACT_ON_OWN_CASE},
        "withdraw": {P.ACT_ON_OWN_CASE},
    },
    "data_requests.requester.repeats": {
        "change_address": {P.ENTER_OWN_CASE},
        "join_older": {P.ENTER_OWN_CASE},
    },
    "data_requests.school.at_school": {
        "open_at": {P.READ_SCHOOLS},
        "decide_at_school": {P.DECIDE_HANDED_CASE},
        "handed": {P.READ_HANDED_CASE},
        "enter_handed": {P.READ_HANDED_CASE},
    },
    "annexes.watched": {
        "downloads": {P.READ_INSIGHT},
        "on_older": {P.READ_INSIGHT},
        "signing": {P.READ_INSIGHT},
    },
    "notices.watched": {
        "objections": {P.READ_INSIGHT},
    },
    "insight.schools": {
        "downloads": {P.READ_INSIGHT},
        "on_older": {P.READ_INSIGHT},
        "signing": {P.READ_INSIGHT},
        "objections": {P.READ_INSIGHT},
    },
    "insight.keeping": {
        "removed": {P.READ_INSIGHT},
        "due": {P.READ_INSIGHT},
    },
    "audit_chain": {
        "breaks": {P.RUN_JOBS},
        "head": {P.RUN_JOBS},
        "link": {P.RUN_JOBS},
    },
    "limits": {
        "forget_old": {P.RUN_JOBS},
    },
    "data_requests.upkeep.bridge_days": {
        "preview": {P.SET_POLICY, P.RUN_JOBS},
        "set_bridge_days": {P.SET_POLICY},
    },
    "data_requests.upkeep.recount": {
        "count_next": {P.RUN_JOBS},
        "keep": {P.RUN_JOBS},
        "forget": {P.RUN_JOBS},
        "how_many_recounted": {P.RUN_JOBS},
        "is_wanted": {P.RUN_JOBS},
        "differences": {P.RUN_JOBS},
        "how_many_events": {P.RUN_JOBS},
        "mend": {P.RUN_JOBS},
    },
    "data_requests.desk.looking": {
        "note_case": {P.READ_CASE, P.READ_HANDED_CASE},
        "note_desk": {P.READ_DESK},
        "note_search": {P.READ_DESK},
    },
    "data_requests.desk.register": {
        "note_taken": {P.READ_DESK},
        "piece": {P.READ_DESK},
    },
    "data_requests.desk.watched": {
        "as_of": {P.READ_INSIGHT},
        "open_before": {P.READ_INSIGHT},
        "open_load": {P.READ_INSIGHT},
        "sums": {P.READ_INSIGHT},
    },
    "data_requests.upkeep.retention": {
        "how_many_due": {P.READ_INSIGHT},
        "files_named": {P.RUN_JOBS},
        "due": {P.RUN_JOBS},
        "purge": {P.RUN_JOBS},
        "is_behind": {P.RUN_JOBS},
        "replay": {P.RUN_JOBS},
    },
    "data_requests.requester.links": {
        "forget_old": {P.RUN_JOBS},
    },
    "data_requests.outgoing.case_files": {
        "opens_stored": {P.RUN_JOBS},
    },
    "data_requests.upkeep.faults": {
        "how_many": {P.READ_INSIGHT},
        "keep": {P.RUN_JOBS},
        "any_kept": {P.RUN_JOBS},
        "failing": {P.READ_DESK},
    },
    "data_requests.upkeep.upkeep": {
        "due": {P.RUN_JOBS},
        "do": {P.RUN_JOBS},
        "send_digest": {P.RUN_JOBS},
    },
    "demo.showcase": {"colleagues": {P.RUN_JOBS}},
    "demo.samples": {
        "load": {P.RUN_JOBS},
    },
    "demo.seed": {
        "piece": {P.RUN_JOBS},
        "requests": {P.RUN_JOBS},
    },
    "demo.seed_schools": {
        "schools": {P.RUN_JOBS},
    },
    "evidence.service": {
        "gather": {P.DOWNLOAD_OWN_ANNEXES},
        "known_keys": {P.READ_PUBLIC},
    },
    "imports.by_hand": {
        "enter": {P.MANAGE_SCHOOLS},
        "move": {P.MANAGE_SCHOOLS},
    },
    "secret_marks": {
        "changed": {P.RUN_JOBS},
        "keep": {P.RUN_JOBS},
        "settle": {P.RUN_JOBS},
        "since_when": {P.RUN_JOBS},
    },
    "accounts.own_sessions": {
        "end_one": {P.OWN_SESSIONS},
        "end_others": {P.OWN_SESSIONS},
        "forget_browsers": {P.RUN_JOBS},
        "mine": {P.OWN_SESSIONS},
    },
    "oversight.breaches": {
        "breaches": {P.READ_AUDIT},
        "close": {P.HANDLE_BREACH},
        "describe": {P.HANDLE_BREACH},
        "keep_traced": {P.HANDLE_BREACH},
        "note": {P.HANDLE_BREACH},
        "tell_authority": {P.HANDLE_BREACH},
        "tell_people": {P.HANDLE_BREACH},
    },
    "oversight.clock": {
        "due": {P.RUN_JOBS},
        "remind": {P.RUN_JOBS},
    },
    "oversight.tracing": {
        "trace": {P.READ_AUDIT},
    },
    "oversight.trail": {
        "head": {P.READ_AUDIT},
        "how_many": {P.READ_AUDIT},
        "note_export": {P.READ_AUDIT},
        "note_look": {P.READ_AUDIT},
        "people": {P.READ_AUDIT},
        "piece": {P.READ_AUDIT},
        "trail": {P.READ_AUDIT},
    },
    "data_requests.upkeep.rotation": {
        "give_key": {P.RUN_JOBS},
        "how_many": {P.RUN_JOBS},
        "plain_files": {P.RUN_JOBS},
        "rotate_keys": {P.RUN_JOBS},
        "settle": {P.RUN_JOBS},
        "unopened": {P.RUN_JOBS},
    },
    "imports.service": {
        "files_named": {P.RUN_JOBS},
        "look": {P.MANAGE_SCHOOLS},
        "prepare": {P.MANAGE_SCHOOLS},
        "result": {P.READ_SCHOOLS},
        "runs": {P.READ_SCHOOLS},
        "take": {P.MANAGE_SCHOOLS},
    },
    "insight.handling": {
        "recipients": {P.READ_INSIGHT},
        "answers_taken": {P.READ_INSIGHT},
        "again": {P.READ_INSIGHT},
        "first_reply": {P.READ_INSIGHT},
        "handed": {P.READ_INSIGHT},
        "days_to_answer": {P.READ_INSIGHT},
        "grounds": {P.READ_INSIGHT},
        "longer": {P.READ_INSIGHT},
        "median_by_right": {P.READ_INSIGHT},
        "on_time": {P.READ_INSIGHT},
        "outcomes": {P.READ_INSIGHT},
        "ratings": {P.READ_INSIGHT},
        "stages": {P.READ_INSIGHT},
        "within": {P.READ_INSIGHT},
    },
    "insight.forecast": {
        "forecast": {P.READ_INSIGHT},
    },
    "insight.kept": {
        "kept": {P.READ_INSIGHT},
    },
    "insight.open_numbers": {
        "open_numbers": {P.READ_PUBLIC},
    },
    "insight.overview": {
        "now": {P.READ_INSIGHT},
        "went": {P.READ_INSIGHT},
    },
    "insight.report": {
        "figures": {P.READ_INSIGHT},
        "yearly": {P.READ_INSIGHT},
    },
    "insight.workbook": {
        "workbook": {P.READ_INSIGHT},
    },
    "insight.volumes": {
        "by_product": {P.READ_INSIGHT},
        "by_school": {P.READ_INSIGHT},
        "by_channel": {P.READ_INSIGHT},
        "by_due_week": {P.READ_INSIGHT},
        "by_handler": {P.READ_INSIGHT},
        "by_right": {P.READ_INSIGHT},
        "by_role": {P.READ_INSIGHT},
        "by_status": {P.READ_INSIGHT},
        "due_calendar": {P.READ_INSIGHT},
        "flow": {P.READ_INSIGHT},
        "funnel": {P.READ_INSIGHT},
        "health": {P.READ_INSIGHT},
    },
    "mail.outbox": {
        "claim": {P.RUN_JOBS},
        "dead_letters": {P.READ_DESK},
        "due": {P.RUN_JOBS},
        "failed": {P.RUN_JOBS},
        "forget_old": {P.RUN_JOBS},
        "none_goes": {P.RUN_JOBS},
        "posted": {P.HANDLE_CASE},
        "sent": {P.RUN_JOBS},
        "to_post": {P.HANDLE_CASE},
    },
    "notices.mappings": {
        "remove_mapping": {P.MANAGE_SCHOOLS},
    },
    "notices.queries": {
        "notices": {P.READ_OWN_ANNEXES},
        "summaries": {P.READ_NOTICES},
        "told_boards": {P.READ_NOTICES},
    },
    "notices.service": {
        "answer_objection": {P.ANSWER_OBJECTION},
        "mark_seen": {P.MANAGE_OWN_SCHOOL},
        "object_to": {P.MANAGE_OWN_SCHOOL},
        "due": {P.RUN_JOBS},
        "tell_board": {P.RUN_JOBS},
    },
    "notices.subscriptions": {
        "how_many": {P.READ_SCHOOLS},
        "confirm": {P.READ_PUBLIC},
        "due": {P.RUN_JOBS},
        "end_mine": {P.MANAGE_OWN_SCHOOL},
        "forget_old": {P.RUN_JOBS},
        "mine": {P.MANAGE_OWN_SCHOOL},
        "send": {P.RUN_JOBS},
        "subscribe": {P.MANAGE_OWN_SCHOOL},
        "unsubscribe": {P.READ_PUBLIC},
    },
    "policy.queries": {
        "history": {P.READ_POLICY},
        "rule": {P.READ_POLICY},
    },
    "policy.service": {
        "set_rule": {P.SET_POLICY},
    },
}


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_exactly_the_capabilities_written_here(role: Role, permission: Permission) -> None:
    actor = Actor(role)
    assert actor.may(permission) is (role in WHO_MAY[permission])
    if role not in WHO_MAY[permission]:
        with pytest.raises(NotAllowedError):
            require(actor, permission)


def test_every_role_and_capability_is_in_the_tables() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set(WHO_MAY) == set(Permission)


def test_every_page_declares_its_permission_as_written_here() -> None:
    assert {spec.script: spec.permission for spec in PAGES} == PAGE_NEEDS


def test_every_script_under_pages_is_a_declared_page() -> None:
    scripts = {str(path.relative_to(ROOT / "pages")) for path in (ROOT / "pages").glob("*/*.py")}
    assert scripts == set(PAGE_NEEDS)


def test_every_verb_asks_for_what_is_written_here() -> None:
    assert {f"dashboard.{module}.{name}": needs for module, verbs in VERBS.items() for name, needs in verbs.items()} == {
        name: set(needs) for name, needs in ASKED.items()
    }


def test_a_verb_refuses_whoever_lacks_its_capability_before_it_looks_at_anything(settings: Settings) -> None:
    for name, needs in ASKED.items():
        module, _, verb = name.rpartition(".")
        for role in Role:
            if role not in set().union(*(WHO_MAY[need] for need in needs)):
                # No transaction, no files, no arguments: whatever came first would fail otherwise.
                nothing = Act(None, Actor(role), NOW, settings, None)  # type: ignore[arg-type]
                with pytest.raises(NotAllowedError):
                    getattr(MODULES[module], verb)(nothing)


def test_whatever_takes_an_act_or_a_session_is_a_marked_verb_or_a_part_of_one() -> None:
    assert [name for module in MODULES.values() for name in _reaching(module, "Act", "Session") if name not in ASKED] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def anybody(session: Session) -> None: ...", ["m.anybody"]),
        ("def anybody(act: Act, case: Case) -> None: ...", ["m.anybody"]),
        ("def anybody(act: 'Act | None' = None) -> None: ...", ["m.anybody"]),
        ("async def anybody(*, act: act.Act) -> None: ...", ["m.anybody"]),
        ("class C:\n    def anybody(self, act: Act) -> None: ...", ["m.C.anybody"]),
        ("def _mine(act: Act) -> None: ...", []),
        ("def pure(day: date) -> None: ...", []),
    ],
)
def test_a_new_function_that_reaches_the_database_is_seen_wherever_it_stands(source: str, found: list[str]) -> None:
    assert list(_reaching_in(ast.parse(source), "m", ("Act", "Session"))) == found


def test_pages_routes_jobs_and_commands_call_verbs_and_never_a_part_of_one() -> None:
    parts = {name for module in MODULES.values() for name in _reaching(module, "Allowed")} - ASKED.keys()
    edges = [ROOT / "dashboard" / "jobs.py", *(path for part in EDGES for path in (ROOT / part).rglob("*.py"))]
    named = [(path.name, name) for path in edges for name in _used(path) if name in parts | {"dashboard.act.Allowed"}]
    assert len(parts) > MANY
    assert named == []


MANY = 100
EDGES = ("pages", "dashboard/ui", "dashboard/web", "dashboard/cli")
# What makes an act, and what an act is made of: rows are read and stored by these, unsealed and sealed.
MAKERS = {"dashboard.act", "dashboard.db", "dashboard.portal", "dashboard.sealed", "dashboard.vault"}
MODULES = {
    found.name: import_module(found.name)
    for found in pkgutil.walk_packages(dashboard.__path__, "dashboard.")
    if ".versions" not in found.name and not found.name.endswith("__main__")
}


def _reaching(module: ModuleType, *taken: str) -> Iterator[str]:
    """The public functions and methods of a module that take one of these: an act, or a transaction."""
    if module.__name__ not in MAKERS:
        yield from _reaching_in(ast.parse(inspect.getsource(module)), module.__name__, taken)


def _reaching_in(tree: ast.Module | ast.ClassDef, place: str, wanted: tuple[str, ...]) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _reaching_in(node, f"{place}.{node.name}", wanted)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            taken = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            said = [ast.unparse(each.annotation) for each in taken if each.annotation]
            # Who is handed a verb, to ask it with an act of its own, reaches nothing.
            if any(re.search(rf"\b({'|'.join(wanted)})\b", each) for each in said if not each.startswith("Callable")):
                yield f"{place}.{node.name}"


def _used(path: Path) -> Iterator[str]:
    """Everything of the core that a file names, in full."""
    tree, modules = ast.parse(path.read_text("utf-8")), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}"
