"""T09: roles x pages x service functions. Every cell is declared here by hand, and none deviates."""

import ast
from pathlib import Path

import pytest

from dashboard.errors import NotAllowedError
from dashboard.permissions import PERMISSIONS, Actor, Permission, Role, require
from dashboard.ui.navigation import PAGES

ROOT = Path(__file__).resolve().parent.parent

DESK = {Role.DESK_AGENT, Role.PRIVACY_OFFICER}
READERS = DESK | {Role.AUDITOR}
PEOPLE = set(Role) - {Role.SYSTEM, Role.SCHOOL_SYSTEM}
STAFF = READERS | {Role.EDITOR, Role.ADMINISTRATOR}

WHO_MAY = {
    Permission.READ_PUBLIC: PEOPLE,
    Permission.SUBMIT_REQUEST: PEOPLE,
    Permission.OPEN_OWN_CASE: PEOPLE,
    Permission.READ_DEMO_MAILBOX: PEOPLE,
    Permission.ACT_ON_OWN_CASE: {Role.REQUESTER},
    Permission.READ_OWN_ANNEXES: {Role.SCHOOL, Role.SCHOOL_SYSTEM},
    Permission.DOWNLOAD_OWN_ANNEXES: {Role.SCHOOL, Role.SCHOOL_SYSTEM},
    Permission.MANAGE_OWN_SCHOOL: {Role.SCHOOL},
    Permission.ASK_ACCESS: PEOPLE,
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
    Permission.SET_POLICY: {Role.PRIVACY_OFFICER},
    Permission.READ_HANDED_CASE: {Role.SCHOOL},
    Permission.DECIDE_HANDED_CASE: {Role.SCHOOL},
    Permission.RUN_JOBS: {Role.SYSTEM},
}

PAGE_NEEDS = {
    "public/home.py": Permission.READ_PUBLIC,
    "public/request.py": Permission.SUBMIT_REQUEST,
    "public/track.py": Permission.OPEN_OWN_CASE,
    "public/schools.py": Permission.READ_PUBLIC,
    "public/statement.py": Permission.READ_PUBLIC,
    "public/verify.py": Permission.READ_PUBLIC,
    "public/complaint.py": Permission.READ_PUBLIC,
    "public/mailbox.py": Permission.READ_DEMO_MAILBOX,
    "school/annexes.py": Permission.READ_OWN_ANNEXES,
    "school/agreement.py": Permission.READ_OWN_ANNEXES,
    "school/handed.py": Permission.READ_HANDED_CASE,
    "staff/desk.py": Permission.READ_DESK,
    "staff/register.py": Permission.HANDLE_CASE,
    "staff/policy.py": Permission.READ_POLICY,
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

# What each public function of a subject asks for first; a set where the answer depends on who the actor is.
FUNCTION_NEEDS = {
    "accounts/service.py": {
        "sign_in": "READ_PUBLIC",
        "sign_out": "READ_PUBLIC",
        "touch": "READ_PUBLIC",
        "forget_old_sessions": "RUN_JOBS",
        "provider_of": "READ_PUBLIC",
    },
    "annexes/queries.py": {"annexes": "holdings", "places": "school_scope", "taken": ""},
    "annexes/holdings.py": {"school_scope": "READ_OWN_ANNEXES", "holdings": "school_scope"},
    "annexes/agreements.py": {"agreements": "holdings"},
    "annexes/history.py": {"history": "holdings"},
    "annexes/service.py": {
        "open_document": "DOWNLOAD_OWN_ANNEXES",
        "open_by_digest": "DOWNLOAD_OWN_ANNEXES",
        "find_by_digest": "holdings",
        "record": "",
    },
    "evidence/service.py": {"gather": "DOWNLOAD_OWN_ANNEXES"},
    "imports/service.py": {
        "prepare": "MANAGE_SCHOOLS",
        "look": "MANAGE_SCHOOLS",
        "take": "MANAGE_SCHOOLS",
        "runs": "READ_SCHOOLS",
        "result": "READ_SCHOOLS",
    },
    "accounts/keys.py": {
        "make_key": "MANAGE_OWN_SCHOOL",
        "revoke_key": "MANAGE_OWN_SCHOOL",
        "keys": "MANAGE_OWN_SCHOOL",
        "needs_note": "",
        "note_use": "READ_OWN_ANNEXES",
    },
    "accounts/access.py": {
        "ask_access": "ASK_ACCESS",
        "my_request": "ASK_ACCESS",
        "access_requests": "READ_SCHOOLS",
        "approve_access": "MANAGE_SCHOOLS",
        "refuse_access": "MANAGE_SCHOOLS",
        "mappings": "READ_SCHOOLS",
        "add_mapping": "MANAGE_SCHOOLS",
        "remove_mapping": "MANAGE_SCHOOLS",
        "forget_old": "RUN_JOBS",
    },
    "accounts/directory.py": {"totals": "READ_SCHOOLS", "board_of": "READ_SCHOOLS", "board_view": "READ_SCHOOLS"},
    "annexes/licensing.py": {
        "licences": "READ_SCHOOLS",
        "board_agreements": "READ_SCHOOLS",
        "set_agreement": "MANAGE_SCHOOLS",
    },
    "annexes/changes.py": {"changes": "holdings"},
    "annexes/catalogue.py": dict.fromkeys(
        ("catalogue", "products", "kinds", "version_view", "latest_content", "file_of"), "READ_CATALOGUE"
    ),
    "annexes/completeness.py": {"worries": "READ_CATALOGUE"},
    "annexes/drafting.py": dict.fromkeys(("add_product", "draft", "revise", "offer", "discard"), "DRAFT_ANNEX"),
    "annexes/publishing.py": dict.fromkeys(("approve", "send_back", "withdraw"), "PUBLISH_ANNEX"),
    "annexes/exports.py": {"register": "_products", "dpia": "_products"},
    "notices/service.py": {
        "publish_notice": "PUBLISH_ANNEX",
        "withdraw_notice": "PUBLISH_ANNEX",
        "tell_boards": "RUN_JOBS",
        "mark_seen": "MANAGE_OWN_SCHOOL",
        "object_to": "MANAGE_OWN_SCHOOL",
        "answer_objection": "ANSWER_OBJECTION",
    },
    "notices/queries.py": {
        "notices": "holdings",
        "summaries": "READ_NOTICES",
        "told_boards": "READ_NOTICES",
        "register": "READ_NOTICES",
    },
    "notices/subscriptions.py": {
        "subscribe": "MANAGE_OWN_SCHOOL",
        "confirm": "READ_PUBLIC",
        "unsubscribe": "READ_PUBLIC",
        "end_mine": "MANAGE_OWN_SCHOOL",
        "mine": "MANAGE_OWN_SCHOOL",
        "send_due": "RUN_JOBS",
        "forget_old": "RUN_JOBS",
    },
    "evidence/queries.py": {"recognise": "READ_PUBLIC"},
    "data_requests/requester/asking.py": {
        "submit": "SUBMIT_REQUEST",
        "receipt": "SUBMIT_REQUEST",
    },
    "data_requests/requester/entering.py": {
        "open_by_link": "OPEN_OWN_CASE",
        "open_by_code": "OPEN_OWN_CASE",
        "send_fresh_link": "OPEN_OWN_CASE",
        "touch_grant": "ACT_ON_OWN_CASE",
        "leave": "OPEN_OWN_CASE",
        "open_sibling": "_own_case",
    },
    "data_requests/requester/following.py": {
        "reply": "_own_case",
        "withdraw": "_own_case",
        "reopen": "_own_case",
        "ask_new_address": "_own_case",
        "rate": "_own_case",
    },
    "data_requests/requester/repeats.py": {"join_older": "OPEN_OWN_CASE", "change_address": "OPEN_OWN_CASE"},
    "data_requests/requester/drafts.py": {
        "save": "SUBMIT_REQUEST",
        "load": "SUBMIT_REQUEST",
        "forget": "SUBMIT_REQUEST",
        "forget_old": "RUN_JOBS",
    },
    "data_requests/desk/handling.py": {
        "take": "_case",
        "assign": "_case",
        "acknowledge": "_case",
        "ask": "_case",
        "pause": "_case",
        "doubt_identity": "_case",
        "check_identity": "_case",
        "extend": "_case",
        "inform": "_case",
        "note": "_case",
        "seen_mention": "_case",
        "tick": "_case",
    },
    "data_requests/desk/deciding.py": {"decide": "_case", "approve": "_case", "tell_recipient": "_case", "close": "_case"},
    "data_requests/desk/handing_over.py": {"hand_over": "_case", "close_by_school": "_case", "execute": "_case"},
    "data_requests/school/at_school.py": {
        "handed": "READ_HANDED_CASE",
        "open_handed": "_of_school",
        "handed_view": "_opened",
        "decide_at_school": "_opened",
    },
    "data_requests/desk/bulk.py": {
        "link": "_pair",
        "merge": "_pair",
        "assign_all": "HANDLE_CASE",
        "acknowledge_all": "HANDLE_CASE",
        "merge_all": "HANDLE_CASE",
    },
    "data_requests/desk/registering.py": {"register": "HANDLE_CASE"},
    "data_requests/outgoing/packages.py": {"build": "HANDLE_CASE"},
    "data_requests/outgoing/letters.py": {"set_template": "SET_POLICY", "set_ground_text": "SET_POLICY"},
    "data_requests/upkeep/bridge_days.py": {"preview": "SET_POLICY", "set_bridge_days": "SET_POLICY"},
    "data_requests/upkeep/upkeep.py": {
        "expire_unverified": "RUN_JOBS",
        "remind_unverified": "RUN_JOBS",
        "remind_schools": "RUN_JOBS",
        "send_digest": "RUN_JOBS",
    },
    "data_requests/upkeep/retention.py": {"due": "RUN_JOBS", "purge": "due", "replay": "RUN_JOBS"},
    "data_requests/outgoing/answers.py": {"attach": "HANDLE_CASE", "download": "load_case"},
    "data_requests/case/queries.py": {"case_id_of": "READ_CASE", "case_view": "load_case"},
    "data_requests/desk/queue.py": {
        "desk": "READ_DESK",
        "desk_counts": "READ_DESK",
        "dead_letters": "READ_DESK",
        "open_by_status": "READ_INSIGHT",
        "open_by_due_day": "READ_INSIGHT",
        "recounted": "RUN_JOBS",
        "kept_counts": "RUN_JOBS",
    },
    "policy/queries.py": {"history": "READ_POLICY"},
    "policy/service.py": {"set_rule": "SET_POLICY", "keep": "SET_POLICY"},
    "insight/queries.py": {
        "requests_per_week": "READ_INSIGHT",
        "status_counts": "READ_INSIGHT",
        "deadline_health": "READ_INSIGHT",
    },
    "mail/outbox.py": {"deliver_due": "RUN_JOBS", "to_post": "HANDLE_CASE", "posted": "HANDLE_CASE"},
    "demo/mailbox.py": {"received": "READ_DEMO_MAILBOX"},
}
# Functions without an actor, each with its reason.
NO_ACTOR = {
    "accounts/service.py": {"resolve", "needs_touch"},  # they find out who the actor is
    "accounts/keys.py": {"resolve_key"},  # likewise
    "annexes/changes.py": {"changes_for"},
    "annexes/licensing.py": {"models", "licensed_sectors"},  # the catalogue's own numbers
    "annexes/catalogue.py": {"kind_name"},
    "annexes/drafting.py": {"load_draft"},  # in the caller's transaction, after it asked
    "annexes/publishing.py": {"changes_of_subprocessors"},
    "annexes/exports.py": {"as_csv", "as_xlsx"},  # pure
    "notices/service.py": {"boards_holding"},
    "notices/queries.py": {"differences_of", "as_stored"},
    "notices/subscriptions.py": {"unsubscribe_url"},
    "data_requests/requester/entering.py": {"resolve_requester"},  # likewise
    "data_requests/requester/repeats.py": {"index_words"},  # in the caller's transaction
    "data_requests/outgoing/packages.py": {"parsed", "packed", "summary", "as_csv"},  # pure
    # Texts without anybody's data; what is filled in comes from a case that the caller was allowed to read.
    "data_requests/outgoing/letters.py": {
        "template",
        "rule_name",
        "ground_rule",
        "ground_texts",
        "answer_draft",
        "token",
        "require_parts",
        "require_filled",
        "filled",
        "decisions",
        "what_stays",
    },
    "data_requests/upkeep/upkeep.py": {"digest_of"},  # counts
    "data_requests/upkeep/retention.py": {"write_ledger", "read_ledger"},  # a file of ids
    "data_requests/case/queries.py": {"dates_of"},  # asked with a case that was loaded for the actor
    "policy/queries.py": {
        "current",
        "bridge_days",
        "target_days",
        "hand_over_days",
        "period",
        "objection_days",
        "draft_waits_days",
    },  # rules hold for everybody
    # Asked by the functions above, with what they worked out for their actor.
    "annexes/queries.py": {"version_row", "in_force", "announced", "known_on", "is_over"},
    "annexes/holdings.py": {"held_by", "shelves", "general_shelves", "shelved_of", "entitled", "without_content"},
    "annexes/agreements.py": {"general_stands", "signed_models", "general_entitled", "signed_by", "councils_of"},
    "annexes/service.py": {"find", "file_name", "content_of"},
    "evidence/service.py": {"applying", "stream", "known_keys"},
    "insight/queries.py": {"health_of"},  # pure
    "mail/outbox.py": {"enqueue", "oldest_waiting"},  # in the caller's transaction; a time without content
    "demo/mailbox.py": {"folder", "smtp_server"},  # where and how, no mail
}
# Helpers that load and authorise in one call; the first thing each does is checked below.
LOADERS = [
    ("data_requests/requester/entering.py", "_own_case", "ACT_ON_OWN_CASE"),
    ("data_requests/requester/following.py", "_own_case", "ACT_ON_OWN_CASE"),
    ("data_requests/desk/handling.py", "_case", "HANDLE_CASE"),
    ("data_requests/desk/deciding.py", "_case", "HANDLE_CASE"),
    ("data_requests/desk/handing_over.py", "_case", "HANDLE_CASE"),
    ("data_requests/desk/bulk.py", "_pair", "HANDLE_CASE"),
    ("data_requests/school/at_school.py", "_of_school", "READ_HANDED_CASE"),
    ("data_requests/school/at_school.py", "_opened", "_of_school"),
    ("annexes/exports.py", "_products", "holdings"),
]


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


@pytest.mark.parametrize("module", sorted(FUNCTION_NEEDS))
def test_every_public_service_function_takes_an_actor_and_asks_first(module: str) -> None:
    functions = {node.name: node for node in _tree(module).body if isinstance(node, ast.FunctionDef)}
    public = {name for name in functions if not name.startswith("_")}
    assert public == set(FUNCTION_NEEDS[module]) | NO_ACTOR.get(module, set())
    for name, need in FUNCTION_NEEDS[module].items():
        arguments = [argument.arg for argument in functions[name].args.args]
        assert "actor" in arguments, name
        assert need in _asked_first(functions[name]), f"{module}:{name} doesn't ask for {need} first"


@pytest.mark.parametrize(("module", "name", "need"), LOADERS)
def test_the_loaders_ask_first_too(module: str, name: str, need: str) -> None:
    loader = next(node for node in _tree(module).body if isinstance(node, ast.FunctionDef) and node.name == name)
    assert need in _asked_first(loader)


def _tree(module: str) -> ast.Module:
    return ast.parse((ROOT / "dashboard" / module).read_text("utf-8"))


def _asked_first(function: ast.FunctionDef) -> str:
    """The function's first statements up to the one that asks, as text; a lookup by id may come before load_case."""
    body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    first = ast.unparse(body[0])
    if function.name == "download":
        return "\n".join(ast.unparse(node) for node in body[:3])
    return first
