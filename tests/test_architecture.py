"""The house: what may stand where, how large it may be, and what no page may do with stored text."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.house import streets

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"])
SOURCES = [path for path in SOURCES if "versions" not in path.parts]
SCREENS = [path for path in SOURCES if "pages" in path.parts or "ui" in path.parts]
LONGEST_PAGE, LONGEST_FILE, LONGEST_FUNCTION = 80, 250, 50
# Rows of the database whose text people typed: only st.text and widgets' values may show it.
TYPED_FIELDS = {"body", "explanation", "reason", "name", "email", "school_name", "subject", "recipient"}
# Not typed by anybody: the publisher's own facts, our enums, the catalogue's names.
OURS = {
    "shown.explanation",
    "organisation().email",
    "o.email",
    "o.name",
    "step.name",
    "case.subject",
    "asked.subject",
    "row.name",
    "row.kind_name",
}
MARKUP_CALLS = {"write", "markdown", "caption", "title", "subheader", "header", "html", "info", "success", "error", "warning"}


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def test_navigation_is_the_only_script_directly_in_pages() -> None:
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["navigation.py"]


def test_the_top_level_holds_what_the_design_card_names() -> None:
    for name in ("dashboard", "pages", "data", "tests", "streamlit_app.py", "pyproject.toml"):
        assert (ROOT / name).exists()
    assert len((ROOT / "streamlit_app.py").read_text("utf-8").splitlines()) < 40


def trees() -> Iterator[tuple[Path, ast.Module]]:
    return ((path, ast.parse(path.read_text("utf-8"))) for path in SOURCES)


def test_only_ui_and_pages_import_streamlit() -> None:
    users = {path for path, tree in trees() if _uses_streamlit(tree)}
    assert users - {*SCREENS, ROOT / "streamlit_app.py"} == set()
    assert users


def _uses_streamlit(tree: ast.Module) -> bool:
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return any(name == "streamlit" or name.startswith("streamlit.") for name in imported)


def test_files_and_functions_stay_small() -> None:
    assert [(names(path), lines) for path in SOURCES if (lines := _lines(path)) > _most(path)] == []
    assert [
        f"{names(path)}: {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ] == []


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _most(path: Path) -> int:
    return LONGEST_PAGE if "pages" in path.parts else LONGEST_FILE


def test_pages_are_flat_scripts_without_functions_sql_or_rules() -> None:
    pages = [path for path in SOURCES if "pages" in path.parts]
    assert len(pages) > len(list((ROOT / "pages").glob("*.py")))
    for path in pages:
        source = path.read_text("utf-8")
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)], names(path)
        assert not re.search(r"\b(select|insert|update|delete)\(", source), names(path)


def test_no_page_makes_markup_of_its_own() -> None:
    ways = ("unsafe_allow", "st.html", "download_button", "components.v1")
    found = [(names(path), way) for path in SOURCES for way in ways for _ in range(path.read_text("utf-8").count(way))]
    # Marks for our own script and style, with nothing in them that anybody typed: a ticket to follow, what was sent, a name.
    assert found == [("dashboard/ui/parts.py", "st.html")] * 3


def test_what_people_typed_is_never_read_as_markup() -> None:
    assert [found for path in SCREENS for found in _read_as_markup(ast.parse(path.read_text("utf-8")))] == []


def _read_as_markup(tree: ast.Module) -> Iterator[str]:
    for call in calls(tree):
        if not called(call).startswith("st.") or called(call).removeprefix("st.") not in MARKUP_CALLS:
            continue
        for argument in call.args:
            for node in ast.walk(argument):
                typed = isinstance(node, ast.Attribute) and node.attr in TYPED_FIELDS and ast.unparse(node) not in OURS
                if typed and f"plain({ast.unparse(node)})" not in ast.unparse(argument):
                    yield ast.unparse(call)


def test_no_sql_is_put_together_from_strings() -> None:
    assert [f"{names(path)}: {found}" for path, tree in trees() for found in _sql_from_strings(tree)] == []


def _sql_from_strings(tree: ast.Module) -> Iterator[str]:
    for call in calls(tree):
        if called(call).split(".")[-1] in {"text", "execute", "exec_driver_sql", "exec"} and not called(call).startswith("st."):
            for argument in call.args:
                is_pragma = isinstance(argument, ast.JoinedStr) and ast.unparse(argument).startswith("f'PRAGMA")
                if not is_pragma and isinstance(argument, ast.JoinedStr | ast.BinOp):
                    yield ast.unparse(call)


# Where the worker takes up its next piece of work whatever the last one met; each keeps which kind of fault it was.
WORKERS_BORDER = {
    "dashboard/jobs.py:_guarded",
    "dashboard/jobs.py:deliver_mail",
    # A task of the server's that ends with a fault would end the server.
    "dashboard/web/renewing.py:now_and_then",
    "dashboard/web/renewing.py:one",
    # Raised again, where the thread that it happened in was asked for.
    "dashboard/backup_tools.py:encrypt",
}


def _around(tree: ast.Module, node: ast.AST) -> str:
    """The function that a node is in, the nearest one; nothing for the module itself."""
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    holding = [each for each in functions if any(inner is node for inner in ast.walk(each))]
    return holding[-1].name if holding else ""


def test_no_exception_is_swallowed_whole() -> None:
    assert {
        f"{names(path)}:{_around(tree, node)}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (ast.unparse(node.type) if node.type else "") in {"", "Exception", "BaseException"}
        # What is raised again isn't swallowed.
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    } == WORKERS_BORDER


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (_read_as_markup, "st.write(case.name)"),
        (_read_as_markup, "st.markdown(f'**{row.reason}**')"),
        (_sql_from_strings, "session.execute(f'DELETE FROM {table}')"),
        (_sql_from_strings, "text('SELECT ' + column)"),
    ],
)
def test_each_check_finds_what_it_looks_for(check: Callable[[ast.Module], Iterator[str]], source: str) -> None:
    assert list(check(ast.parse(source))) != []


def test_no_street_goes_both_ways_and_no_subject_imports_the_tables_of_another() -> None:
    assert streets(ROOT, dict(trees())) == (set(), [])


def test_the_map_for_newcomers_is_the_tree() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:dashboard|pages|tests|data|benchmarks)/[\w./-]+)`", told)
    assert len(named) > 50
    assert [name for name in named if not (ROOT / name).exists()] == []
    rooms = {path.parent for path in (ROOT / "dashboard").rglob("__init__.py")} - {ROOT / "dashboard"}
    assert [room.name for room in rooms if f"{room.name}/" not in told and room.parts[-2] != "migrations"] == []


def test_session_state_has_an_owner_for_the_request_form_and_one_for_the_rest() -> None:
    users = [path.name for path in SOURCES if "session_state" in path.read_text("utf-8")]
    assert users == ["entry.py", "state.py"]


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
