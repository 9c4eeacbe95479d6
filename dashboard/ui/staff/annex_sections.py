"""The sections of an annex as fields, one structure each: lines in a text area, rows in a small table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from babel import Locale

from dashboard.annexes.content import Level
from dashboard.annexes.terms import Structure
from dashboard.i18n import Texts
from dashboard.ui.visit import visit

CODE_LENGTH = 2


# Behind each section: where it is said what is wrong with it.
At = Callable[[str], None]


def fields(structure: Structure, content: Mapping[str, Any], key: str, at: At) -> dict[str, Any]:
    """What is filled in, as `content.parsed` takes it; nothing is checked here."""
    match structure:
        case Structure.PRIVACY:
            return {section: _drawn(section, draw(section, content, key), at) for section, draw in _PRIVACY.items()}
        case Structure.SECURITY:
            return _security(content, key, at)
        case Structure.CHANGES:
            return {"rows": _drawn("rows", _lines("rows", content, key), at)}


def _drawn(section: str, given: Any, at: At) -> Any:
    at(section)
    return given


def _security(content: Mapping[str, Any], key: str, at: At) -> dict[str, Any]:
    found: dict[str, Any] = {"measures": _drawn("measures", _lines("measures", content, key), at)}
    for column, section in zip(st.columns(3), ("availability", "integrity", "confidentiality"), strict=True):
        with column:
            found[section] = _drawn(section, _level(section, content, key), at)
    others = {"scheme": _text, "certificates": _lines, "breach": _text}
    return found | {section: _drawn(section, draw(section, content, key), at) for section, draw in others.items()}


def _text(section: str, content: Mapping[str, Any], key: str) -> str:
    return st.text_area(_label(section), value=str(content.get(section, "")), key=f"{key}_{section}", height=80, max_chars=3000)


def _lines(section: str, content: Mapping[str, Any], key: str) -> list[str]:
    t = visit().t
    shown = "\n".join(content.get(section, ()))
    typed = st.text_area(_label(section), value=shown, key=f"{key}_{section}", height=120, help=t("annex.one_a_line"))
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _level(section: str, content: Mapping[str, Any], key: str) -> str:
    t = visit().t
    levels = [level.value for level in Level]
    given = content.get(section)
    chosen = st.radio(
        _label(section),
        levels,
        index=levels.index(given) if given in levels else None,
        format_func=lambda level: t(f"level.{level}"),
        key=f"{key}_{section}",
    )
    return chosen or ""


def _countries(section: str, content: Mapping[str, Any], key: str) -> list[str]:
    names = _names(visit().t)
    chosen: list[str] = st.multiselect(
        _label(section),
        sorted(names, key=lambda code: names[code]),
        default=[code for code in content.get(section, ()) if code in names],
        format_func=lambda code: names.get(code, code),
        key=f"{key}_{section}",
    )
    return chosen


def _rows(section: str, columns: Sequence[str], content: Mapping[str, Any], key: str) -> list[dict[str, str]]:
    """A table to which rows can be added; a row without anything in it doesn't count."""
    t = visit().t
    st.markdown(_label(section))
    given = pd.DataFrame([[row.get(column, "") for column in columns] for row in content.get(section, ())], columns=list(columns))
    config: dict[str, Any] = {column: st.column_config.TextColumn(t(f"annex.column.{column}")) for column in columns}
    if "country" in columns:
        config["country"] = st.column_config.SelectboxColumn(t("annex.column.country"), options=sorted(_names(t)))
    edited = st.data_editor(given.astype(str), num_rows="dynamic", hide_index=True, key=f"{key}_{section}", column_config=config)
    rows = [{column: _cell(row[column]) for column in columns} for _, row in edited.iterrows()]
    return [row for row in rows if any(row.values())]


def _table(*columns: str) -> Callable[[str, Mapping[str, Any], str], list[dict[str, str]]]:
    return lambda section, content, key: _rows(section, columns, content, key)


def _cell(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value).strip()


def _label(section: str) -> str:
    return visit().t(f"section.{section}")


def _names(t: Texts) -> dict[str, str]:
    """Countries by their ISO code."""
    return {code: str(name) for code, name in Locale(t.language.value).territories.items() if len(code) == CODE_LENGTH}


_PRIVACY: dict[str, Callable[[str, Mapping[str, Any], str], Any]] = {
    "about": _text,
    "audience": _text,
    "services": _lines,
    "optional_services": _lines,
    "purposes": _lines,
    "data": _table("who", "what"),
    "storage": _countries,
    "transfers": _table("country", "to", "safeguard"),
    "subprocessors": _table("name", "service", "data", "country"),
    "retention": _table("what", "period"),
    "contact": _text,
}
