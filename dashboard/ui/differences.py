"""What a version changed, in words: section, what is new, gone or other."""

from collections.abc import Sequence

import streamlit as st
from babel import Locale

from dashboard.annexes.differences import Difference, with_countries
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
    before, after = (
        parts.plain(with_countries(row.section, value, lambda code: country(code, t))) for value in (row.before, row.after)
    )
    name = f" {parts.plain(row.name)}" if row.name else ""
    if row.change.value == "changed":
        return f"**{section}**{name}: {before} → {after}"
    return f"**{section}**{name} {t(f'differences.{row.change.value}')}: {before or after}"


def country(code: str, t: Texts) -> str:
    return str(Locale(t.language.value).territories.get(code, code))
