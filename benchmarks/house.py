"""How the house stands, in numbers: what is carried through it, which streets go both ways, what a new field costs.

`make measure` prints it for the tree as it is; a folder as argument measures another checkout.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

CARRIED = ("session", "actor", "now", "settings")
MANY = 6
# What a form of a requester asks: each must be typed, checked, stored, shown and forgotten.
CASE_FIELDS = ("school_name", "subject_name", "born_on", "wrong_field")
# A lambda calls its session so.
_NAMES = {*CARRIED, "s"}
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def sources(root: Path) -> list[Path]:
    found = [*(root / "dashboard").rglob("*.py"), *(root / "pages").rglob("*.py"), root / "streamlit_app.py"]
    return sorted(path for path in found if "migrations" not in path.parts)


def parameters(function: _FUNCTIONS) -> list[str]:
    a = function.args
    return [each.arg for each in (*a.posonlyargs, *a.args, *a.kwonlyargs) if each.arg not in {"self", "cls"}]


def nodes(trees: dict[Path, ast.Module], kind: type | tuple[type, ...]) -> Iterator[ast.AST]:
    return (node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, kind))


def carried(call: ast.Call) -> int:
    """How many of a call's arguments only pass on who acts, when, in which transaction, with which portal."""
    given = [*call.args, *(each.value for each in call.keywords)]
    return sum(_is_carried(each) for each in given)


def _is_carried(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute):
        return value.attr in CARRIED
    return isinstance(value, ast.Name) and value.id in _NAMES


def streets(root: Path, trees: dict[Path, ast.Module]) -> tuple[set[frozenset[str]], list[str]]:
    """Pairs of packages that import each other; and imports of a subject's tables from outside it."""
    packages = {path.name for path in (root / "dashboard").iterdir() if path.is_dir()}
    arrows: set[tuple[str, str]] = set()
    foreign = []
    for path, tree in trees.items():
        here = path.relative_to(root).parts[1] if path.is_relative_to(root / "dashboard") else "pages"
        for module in _imported(tree):
            parts = module.split(".")
            if parts[0] != "dashboard" or len(parts) < 2 or parts[1] not in packages or parts[1] == here:  # noqa: PLR2004
                continue
            if here in packages:
                arrows.add((here, parts[1]))
            # `tables.py` lists them all, for the migrations.
            if parts[-1].endswith("model") and path.name != "tables.py":
                foreign.append(f"{path.relative_to(root)}: {module}")
    return {frozenset(pair) for pair in arrows if pair[::-1] in arrows}, foreign


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name.endswith("model"))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def lambdas(trees: dict[Path, ast.Module]) -> int:
    """Lambdas that exist to hand a session over."""
    return sum(
        any(argument.arg in {"session", "s"} for argument in node.args.args)
        for node in nodes(trees, ast.Lambda)
        if isinstance(node, ast.Lambda)
    )


def main(root: Path) -> None:
    texts = {path: path.read_text("utf-8") for path in sources(root)}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    functions = [node for node in nodes(trees, (ast.FunctionDef, ast.AsyncFunctionDef)) if isinstance(node, _FUNCTIONS)]
    calls = [carried(node) for node in nodes(trees, ast.Call) if isinstance(node, ast.Call)]
    travels = Counter(name for each in functions for name in set(parameters(each)) & {*CARRIED, "act"})
    two_way, foreign = streets(root, trees)
    lengths = sorted((each.end_lineno or 0) - each.lineno + 1 for each in functions)
    rows: list[tuple[str, object]] = [
        *((f"functions with a parameter {name!r}", travels[name]) for name in (*CARRIED, "act")),
        (f"functions with {MANY} parameters or more", sum(len(parameters(each)) >= MANY for each in functions)),
        (
            "exceptions for too many arguments (PLR0913)",
            sum("PLR0913" in line for t in texts.values() for line in t.splitlines()),
        ),
        ("lambdas that hand a session over", lambdas(trees)),
        ("calls that carry", sum(count > 0 for count in calls)),
        ("arguments they carry", sum(calls)),
        ("pairs of packages that import each other", len(two_way)),
        ("imports of a subject's tables from outside it", len(foreign)),
        *((f"files that name the case's {name}", len(_naming(texts, name))) for name in CASE_FIELDS),
        ("functions", len(functions)),
        ("lines of a function, median / p90 / longest", f"{_at(lengths, 0.5)} / {_at(lengths, 0.9)} / {lengths[-1]}"),
        ("lines", sum(len(text.splitlines()) for text in texts.values())),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    for pair in sorted(sorted(each) for each in two_way):
        print(f"  both ways: {' and '.join(pair)}")
    if "--list" in sys.argv:
        print("\n".join(f"  {each}" for each in foreign))


def _naming(texts: dict[Path, str], name: str) -> list[Path]:
    word = re.compile(rf"\b{name}\b")
    return [path for path, text in texts.items() if word.search(text)]


def _at(ordered: list[int], share: float) -> int:
    return ordered[int(share * (len(ordered) - 1))]


if __name__ == "__main__":
    main(Path(next((each for each in sys.argv[1:] if not each.startswith("-")), ".")).resolve())
