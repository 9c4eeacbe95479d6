"""The house: what may stand where, how large it may be, and what no page may do with stored text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_only_ui_and_pages_import_streamlit(path: Path) -> None:
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    uses = any(name == "streamlit" or name.startswith("streamlit.") for name in imported)
    assert not uses or path in SCREENS or path.name == "streamlit_app.py"


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= (LONGEST_PAGE if "pages" in path.parts else LONGEST_FILE)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", [path for path in SOURCES if "pages" in path.parts], ids=names)
def test_pages_are_flat_scripts_without_functions_sql_or_rules(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert not re.search(r"\b(select|insert|update|delete)\(", path.read_text("utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_no_page_makes_markup_of_its_own(path: Path) -> None:
    source = path.read_text("utf-8")
    assert "unsafe_allow" not in source
    assert "st.html" not in source
    assert "download_button" not in source
    assert "components.v1" not in source


@pytest.mark.parametrize("path", SCREENS, ids=names)
def test_what_people_typed_is_never_read_as_markup(path: Path) -> None:
    for call in calls(ast.parse(path.read_text("utf-8"))):
        if not called(call).startswith("st.") or called(call).removeprefix("st.") not in MARKUP_CALLS:
            continue
        for argument in call.args:
            for node in ast.walk(argument):
                if isinstance(node, ast.Attribute) and node.attr in TYPED_FIELDS and ast.unparse(node) not in OURS:
                    assert f"plain({ast.unparse(node)})" in ast.unparse(argument), ast.unparse(call)


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_no_sql_is_put_together_from_strings(path: Path) -> None:
    for call in calls(ast.parse(path.read_text("utf-8"))):
        if called(call).split(".")[-1] in {"text", "execute", "exec_driver_sql", "exec"} and not called(call).startswith("st."):
            for argument in call.args:
                is_pragma = isinstance(argument, ast.JoinedStr) and ast.unparse(argument).startswith("f'PRAGMA")
                assert is_pragma or not isinstance(argument, ast.JoinedStr | ast.BinOp), ast.unparse(call)


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_no_exception_is_swallowed_whole(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in {"", "Exception", "BaseException"}, f"line {node.lineno}"


def test_session_state_has_one_owner() -> None:
    users = [path.name for path in SOURCES if "session_state" in path.read_text("utf-8")]
    assert users == ["state.py"]


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
