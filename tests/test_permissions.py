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
PEOPLE = set(Role) - {Role.SYSTEM}

WHO_MAY = {
    Permission.READ_PUBLIC: PEOPLE,
    Permission.SUBMIT_REQUEST: PEOPLE,
    Permission.OPEN_OWN_CASE: PEOPLE,
    Permission.READ_DEMO_MAILBOX: PEOPLE,
    Permission.ACT_ON_OWN_CASE: {Role.REQUESTER},
    Permission.READ_OWN_ANNEXES: {Role.SCHOOL},
    Permission.DOWNLOAD_OWN_ANNEXES: {Role.SCHOOL},
    Permission.READ_DESK: READERS,
    Permission.READ_CASE: READERS,
    Permission.HANDLE_CASE: DESK,
    Permission.READ_INSIGHT: READERS,
    Permission.RUN_JOBS: {Role.SYSTEM},
}

PAGE_NEEDS = {
    "public/home.py": Permission.READ_PUBLIC,
    "public/request.py": Permission.SUBMIT_REQUEST,
    "public/track.py": Permission.OPEN_OWN_CASE,
    "public/schools.py": Permission.READ_PUBLIC,
    "public/statement.py": Permission.READ_PUBLIC,
    "public/complaint.py": Permission.READ_PUBLIC,
    "public/mailbox.py": Permission.READ_DEMO_MAILBOX,
    "school/annexes.py": Permission.READ_OWN_ANNEXES,
    "school/agreement.py": Permission.READ_OWN_ANNEXES,
    "staff/desk.py": Permission.READ_DESK,
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
    "annexes/queries.py": {
        "annexes": "school_scope",
        "agreements": "school_scope",
        "entitled_versions": "school_scope",
        "school_scope": "READ_OWN_ANNEXES",
    },
    "annexes/service.py": {"open_document": "DOWNLOAD_OWN_ANNEXES", "bundle": "DOWNLOAD_OWN_ANNEXES"},
    "data_requests/service.py": {
        "submit": "SUBMIT_REQUEST",
        "receipt": "SUBMIT_REQUEST",
        "open_by_link": "OPEN_OWN_CASE",
        "open_by_code": "OPEN_OWN_CASE",
        "send_fresh_link": "OPEN_OWN_CASE",
        "touch_grant": "ACT_ON_OWN_CASE",
        "leave": "OPEN_OWN_CASE",
        "reply": "_own_case",
        "withdraw": "_own_case",
    },
    "data_requests/handling.py": {
        "take": "_case",
        "ask": "_case",
        "inform": "_case",
        "note": "_case",
        "decide": "_case",
        "close": "_case",
        "hand_over": "_case",
        "close_by_school": "_case",
        "expire_unverified": "RUN_JOBS",
    },
    "data_requests/answers.py": {"attach": "HANDLE_CASE", "download": "load_case"},
    "data_requests/queries.py": {
        "desk": "READ_DESK",
        "desk_counts": "READ_DESK",
        "case_id_of": "READ_CASE",
        "case_view": "load_case",
        "dead_letters": "READ_DESK",
        "open_by_status": "READ_INSIGHT",
        "open_by_due_day": "READ_INSIGHT",
    },
    "insight/queries.py": {
        "requests_per_week": "READ_INSIGHT",
        "status_counts": "READ_INSIGHT",
        "deadline_health": "READ_INSIGHT",
    },
    "mail/outbox.py": {"deliver_due": "RUN_JOBS"},
    "demo/mailbox.py": {"received": "READ_DEMO_MAILBOX"},
}
# Functions without an actor, each with its reason.
NO_ACTOR = {
    "accounts/service.py": {"resolve", "needs_touch"},  # they find out who the actor is
    "data_requests/service.py": {"resolve_requester"},  # likewise
    "data_requests/answers.py": {"checked_kind"},  # pure
    "annexes/queries.py": {"licensed_products"},  # asked by the functions above, with a reach they worked out
    "insight/queries.py": {"health_of"},  # pure
    "mail/outbox.py": {"enqueue", "oldest_waiting"},  # in the caller's transaction; a time without content
    "demo/mailbox.py": {"folder", "smtp_server"},  # where and how, no mail
}
# Helpers that load and authorise in one call; the first thing each does is checked below.
LOADERS = {"_own_case": "ACT_ON_OWN_CASE", "_case": "HANDLE_CASE", "school_scope": "READ_OWN_ANNEXES"}


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


@pytest.mark.parametrize(("module", "name"), [("data_requests/service.py", "_own_case"), ("data_requests/handling.py", "_case")])
def test_the_loaders_ask_first_too(module: str, name: str) -> None:
    loader = next(node for node in _tree(module).body if isinstance(node, ast.FunctionDef) and node.name == name)
    assert LOADERS[name] in _asked_first(loader)


def _tree(module: str) -> ast.Module:
    return ast.parse((ROOT / "dashboard" / module).read_text("utf-8"))


def _asked_first(function: ast.FunctionDef) -> str:
    """The function's first statements up to the one that asks, as text; a lookup by id may come before load_case."""
    body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    first = ast.unparse(body[0])
    if function.name == "download":
        return "\n".join(ast.unparse(node) for node in body[:3])
    return first
