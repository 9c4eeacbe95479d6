"""A board's schools against its products, as one table: a container for each cell would cost more than all that is in them."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.annexes import matrix
from dashboard.annexes.matrix import Cell, Having
from dashboard.ui import parts
from dashboard.ui.folds import fold
from dashboard.ui.visit import visit

_SIGN = {
    Having.CURRENT: ":green[:material/check_circle:]",
    Having.OLDER: ":orange[:material/new_releases:]",
    Having.NEVER: ":orange[:material/download:]",
    Having.NOTHING: ":gray[:material/pending:]",
}


def show() -> None:
    """For boards alone; asked when somebody opens it."""
    here = visit()
    if not (here.actor.scope and here.actor.scope.board):
        return
    place = fold(here.t("matrix.title"), key="open_matrix", icon=":material/grid_on:")
    if place is None:
        return
    found = here.ask(matrix.matrix)
    with place:
        if not found.rows or not found.products:
            st.write(here.t("matrix.none"))
            return
        st.caption(here.t("matrix.text"))
        head = [here.t("matrix.school"), *map(parts.plain, found.products)]
        lines = [head, ["---"] * len(head)]
        for row in found.rows:
            name = f"[{parts.plain(row.name)}](/annexes?{urlencode({'for': row.key})})"
            lines.append([name, *(_cell(cell) for cell in row.cells)])
        with st.container(key="matrix"):
            st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def _cell(cell: Cell | None) -> str:
    t = visit().t
    if cell is None:
        return f":gray[{t('matrix.without')}]"
    said = f"{_SIGN[cell.having]} {t(f'matrix.{cell.having.value}')}"
    if cell.by_board:
        said += f" :gray[({t('matrix.by_board')})]"
    if cell.missing and cell.documents:
        said += f", {t.count('matrix.missing', cell.missing)}"
    return said
