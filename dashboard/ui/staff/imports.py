"""Importing a file: choose, look what it would do, take it. Nothing is changed before the last button."""

from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.accounts.terms import Sector
from dashboard.act import Seen
from dashboard.errors import InvalidInputError
from dashboard.files import digest
from dashboard.imports import service
from dashboard.imports.plan import Effect, Options
from dashboard.imports.reading import OPTIONAL, REQUIRED, read
from dashboard.imports.results import why, wrong_rows
from dashboard.imports.service import Prepared
from dashboard.imports.terms import ImportKind
from dashboard.ui import chosen_files, parts, state
from dashboard.ui.visit import visit

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """What a dry run found, small enough to keep between two runs of the page."""

    about: tuple[str, ImportKind, Options]
    run_id: str
    seen: Seen
    counts: dict[str, int]
    wrong: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    implied_mergers: tuple[tuple[str, str], ...]

    @property
    def changes_nothing(self) -> bool:
        return not (self.counts[Effect.ADDED.value] or self.counts[Effect.CHANGED.value])


def upload() -> None:
    here = visit()
    t = here.t
    left, right = st.columns(2)
    kind = ImportKind(
        left.selectbox(
            t("import.kind"), [k.value for k in ImportKind], format_func=lambda k: t(f"import.kind.{k}"), key="import_kind"
        )
    )
    st.caption(t("import.columns", required=", ".join(REQUIRED[kind]), optional=", ".join(OPTIONAL[kind]) or "-"))
    effective_on = right.date_input(
        t("import.effective"), value=here.today, format="DD-MM-YYYY", key="import_day", help=t("import.effective_help")
    )
    sector = _sector() if kind is ImportKind.SCHOOLS else None
    file = chosen_files.uploader(t("import.file"), type=["csv", "txt", "xlsx"], key=state.import_key())
    if file is None:
        return
    chosen = Options(effective_on if isinstance(effective_on, date) else here.today, here.today, sector)
    about = (digest(file.getvalue()), kind, chosen)
    if not _first_rows(kind, file):
        return
    if st.button(t("import.look"), key="import_look", icon=":material/search:"):
        _look(file, about)
    looked = state.looked()
    if isinstance(looked, Looked) and looked.about == about:
        _shown(file, looked)


def _prepared(file: UploadedFile, about: tuple[str, ImportKind, Options]) -> Prepared | None:
    """What the file would do, or what is wrong with the file as a whole."""
    here = visit()
    _, kind, chosen = about
    try:
        sheet = read(kind, file.name, file.getvalue())
        return here.ask(service.prepare, kind, sheet, chosen, texts=here.t)
    except InvalidInputError as wrong:
        parts.refused(wrong, here.t)
        return None


def _first_rows(kind: ImportKind, file: UploadedFile) -> bool:
    """What stands in the first rows, so that a wrong encoding or a wrong list is seen before anything is done with it."""
    t = visit().t
    try:
        sheet = read(kind, file.name, file.getvalue())
    except InvalidInputError as wrong:
        parts.refused(wrong, t)
        return False
    st.caption(t("import.first_rows"))
    st.dataframe([{name: cells[name] for name in sheet.columns} for cells in sheet.first], hide_index=True)
    return True


def _look(file: UploadedFile, about: tuple[str, ImportKind, Options]) -> None:
    here = visit()
    with st.spinner(here.t("import.busy")):
        prepared = _prepared(file, about)
    if prepared is None:
        return
    attempt = here.attempt(service.look, prepared)
    parts.refused(attempt.refusal, here.t)
    if report := attempt.result:
        wrong = [f"{here.t('import.result.row')} {row.line.number}: {why(row, here.t)}" for row in wrong_rows(report.plan)]
        found = report.plan
        state.looked(
            Looked(
                about=about,
                run_id=report.run_id,
                seen=prepared.seen,
                counts=report.counts,
                wrong=tuple(wrong[:MOST_SHOWN]),
                missing=found.missing,
                implied_mergers=found.implied_mergers,
            )
        )


def _sector() -> Sector | None:
    t = visit().t
    chosen = st.selectbox(
        t("import.sector"),
        [sector.value for sector in Sector],
        index=None,
        format_func=lambda each: t(f"sector.{each}"),
        key="import_sector",
        placeholder=t("import.sector_in_file"),
    )
    return Sector(chosen) if chosen else None


def _shown(file: UploadedFile, looked: Looked) -> None:
    t = visit().t
    st.markdown(f"**{t('import.would')}**")
    for column, verb in zip(st.columns(len(Effect)), Effect, strict=True):
        column.metric(t(f"import.verb.{verb.value}"), t.number(looked.counts[verb.value]))
    if wrong := looked.counts[Effect.WRONG.value]:
        st.error(t.count("import.wrong", wrong), icon=":material/error:")
        for line in looked.wrong:
            st.text(line)
        if wrong > len(looked.wrong):
            st.caption(t("import.more_wrong"))
    st.link_button(t("import.result"), f"/imports/{looked.run_id}.csv", icon=":material/download:")
    _pointed_out(looked)
    if looked.changes_nothing:
        st.info(t("import.nothing"), icon=":material/check:")
        return
    skip = st.checkbox(t("import.skip_wrong"), key="import_skip") if wrong else False
    if st.button(t("import.take"), type="primary", key="import_take", disabled=bool(wrong) and not skip):
        _take(file, looked, skip_wrong=skip)


def _pointed_out(looked: Looked) -> None:
    """What the file doesn't say and somebody has to: nothing of it happens by itself."""
    t = visit().t
    for old, new in looked.implied_mergers[:MOST_SHOWN]:
        st.warning(t("import.implied_merger", old=old, new=new), icon=":material/merge:")
    if looked.missing:
        with st.expander(t.count("import.missing", len(looked.missing)), icon=":material/location_off:"):
            st.write(t("import.missing_help"))
            for brin, name in looked.missing[:MOST_SHOWN]:
                st.text(f"{brin}  {name}")
            if len(looked.missing) > MOST_SHOWN:
                st.caption(t("import.missing_more", number=t.number(len(looked.missing) - MOST_SHOWN)))


def _take(file: UploadedFile, looked: Looked, *, skip_wrong: bool) -> None:
    here = visit()
    with st.spinner(here.t("import.busy")):
        prepared = _prepared(file, looked.about)
        if prepared is None:
            return
        attempt = here.attempt(service.take, looked.seen, prepared, skip_wrong=skip_wrong)
    if attempt.done and attempt.result:
        state.forget_import()
        added, changed = (attempt.result.counts[verb.value] for verb in (Effect.ADDED, Effect.CHANGED))
        state.leave_notice(here.t("import.taken", added=here.t.number(added), changed=here.t.number(changed)))
        st.rerun()
    parts.refused(attempt.refusal, here.t)


def earlier() -> None:
    """What was imported or tried before, with its result file."""
    here = visit()
    t = here.t
    rows = here.ask(service.runs)
    if not rows:
        st.caption(t("import.none_yet"))
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(t("import.was_taken" if row.taken else "import.was_tried"), color="green" if row.taken else "gray")
            st.text(f"{t.moment(row.at)}  {t(f'import.kind.{row.kind.value}')}  {row.file_name}  {row.by}")
            st.caption(" · ".join(f"{t(f'import.verb.{verb.value}')} {t.number(row.counts[verb.value])}" for verb in Effect))
            st.link_button(t("import.result"), f"/imports/{row.id}.csv", type="tertiary")
