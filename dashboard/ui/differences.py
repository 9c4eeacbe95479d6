"""What a version changed, in words: section, what is new, gone or other."""

from collections.abc import Sequence

import streamlit as st
from babel import Locale

from dashboard.annexes.differences import Difference
from dashboard.i18n import Texts
from dashboard.ui import parts

_ICON = {"added": ":material/add:", "removed": ":material/remove:", "changed": ":material/sync_alt:"}


def shown(rows: Sequence[Difference] | None, t: Texts) -> None:
    if rows is None:
        return
    if not rows:
        st.caption(t("differences.none"))
    for row in rows:
        st.markdown(f"{_ICON[row.change.value]} {sentence(row, t)}")


def sentence(row: Difference, t: Texts) -> str:
    """Safe as markdown: what people wrote is escaped."""
    section = t(f"section.{row.section}")
    before, after = (parts.plain(_named(row, value, t)) for value in (row.before, row.after))
    name = f" {parts.plain(row.name)}" if row.name else ""
    if row.change.value == "changed":
        return f"**{section}**{name}: {before} → {after}"
    return f"**{section}**{name} {t(f'differences.{row.change.value}')}: {before or after}"


def country(code: str, t: Texts) -> str:
    return str(Locale(t.language.value).territories.get(code, code))


def _named(row: Difference, value: str, t: Texts) -> str:
    """A country by its name where the section is one of countries."""
    return country(value, t) if row.section == "storage" and value else value
