"""Deciding about a case: per right, a colleague's look, the recipients, the answer's files and its letter."""

import streamlit as st

from dashboard.data_requests.case.needs import waits_for_approval
from dashboard.data_requests.case.rows import CaseView, RightRow
from dashboard.data_requests.desk import deciding
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.recipients import recipients, systems
from dashboard.data_requests.law.rights import GROUNDS, NEEDS_EVIDENCE, NEEDS_GROUND, Outcome, Right
from dashboard.data_requests.outgoing import answers, letters, packages
from dashboard.data_requests.outgoing.case_files import ANSWER_KINDS, Upload
from dashboard.data_requests.outgoing.packages import Finding
from dashboard.ui.acting import Work, do
from dashboard.ui.here import here


def decide(case: CaseView) -> None:
    for row in case.rights:
        _decide(case, row)


def _decide(case: CaseView, row: RightRow) -> None:
    now, key = here(), row.right.value
    t = now.t
    title = t("case.decide", right=right_in_words(t, row.right))
    with st.expander(title, icon=":material/rule:", key=f"open_decide_{key}"), st.form(f"case_decide_{key}", border=False):
        outcomes = [outcome.value for outcome in Outcome]
        outcome = st.radio(
            t("case.outcome"),
            outcomes,
            index=outcomes.index(row.outcome.value) if row.outcome else None,
            format_func=lambda value: t(f"outcome.{value}"),
            key=f"case_outcome_{key}",
            horizontal=True,
        )
        ground = _ground(row)
        reason = st.text_area(t("case.reason"), value=row.reason, key=f"case_reason_{key}", help=t("case.reason_help"))
        evidence = ""
        if NEEDS_EVIDENCE & set(GROUNDS[row.right]):
            evidence = st.text_area(
                t("case.evidence"), value=row.evidence, key=f"case_evidence_{key}", help=t("case.evidence_help")
            )
        sent = st.form_submit_button(t("case.save_decision"), key=f"case_decide_submit_{key}")
    if sent:
        do(
            lambda s: deciding.decide(
                s,
                now.actor,
                case.id,
                right=key,
                outcome=outcome or "",
                ground=ground if outcome in NEEDS_GROUND else None,
                reason=reason,
                evidence=evidence,
                version=case.version,
                now=now.now,
            ),
            "case.decided",
        )


def _ground(row: RightRow) -> str | None:
    t, grounds = here().t, [ground.value for ground in GROUNDS[row.right]]
    if not grounds:
        st.caption(t("case.no_refusal_exists"))
        return None
    chosen: str | None = st.selectbox(
        t("case.ground"),
        grounds,
        index=grounds.index(row.ground.value) if row.ground else None,
        format_func=lambda value: t(f"ground.{value}"),
        placeholder=t("case.ground_none"),
        key=f"case_ground_{row.right.value}",
    )
    return chosen


def approve(case: CaseView) -> None:
    """A colleague's look at every refusal and erasure; the decider's own button isn't there."""
    now = here()
    for row in case.rights:
        if not waits_for_approval(row.right, row.outcome, row.approved_by):
            continue
        right = right_in_words(now.t, row.right)
        if row.decided_by == now.actor.id:
            st.info(now.t("case.approve_other", right=right), icon=":material/visibility:")
        elif st.button(now.t("case.approve", right=right), key=f"case_approve_{row.right.value}", icon=":material/verified:"):
            do(_approving(case, row.right.value), "case.approved")


def _approving(case: CaseView, right: str) -> Work:
    now = here()
    return lambda s: deciding.approve(s, now.actor, case.id, right, version=case.version, now=now.now)


def tell_recipients(case: CaseView) -> None:
    """Art. 19: each recipient told, or a reason why not. Shown when something was corrected, erased or restricted."""
    now = here()
    waiting = [each for each in recipients() if case.staff and each.key in case.staff.untold]
    done = case.staff.recipients if case.staff else ()
    if not waiting and not done:
        return
    names = {each.key: each.name(now.t.language) for each in recipients()}
    with st.expander(
        now.t("case.recipients", number=len(waiting)),
        icon=":material/campaign:",
        expanded=bool(waiting),
        key="open_case_recipients",
    ):
        for each in done:
            words = now.t("paper.told" if each.told else "paper.exempt")
            st.markdown(f":material/check: {names[each.key]}: {words}")
            if each.reason:
                st.text(each.reason)
        if waiting:
            _tell(case, {each.key: names[each.key] for each in waiting})


def _tell(case: CaseView, names: dict[str, str]) -> None:
    now = here()
    with st.form("case_recipient", border=False, clear_on_submit=True):
        chosen = st.selectbox(
            now.t("case.recipient"), list(names), format_func=lambda key: names.get(key, key), key="case_recipient_key"
        )
        reason = st.text_input(now.t("case.recipient_reason"), key="case_recipient_reason")
        with st.container(horizontal=True):
            told = st.form_submit_button(now.t("case.recipient_told"), key="case_recipient_told")
            exempt = st.form_submit_button(now.t("case.recipient_exempt"), key="case_recipient_exempt")
    if told or exempt:
        do(
            lambda s: deciding.tell_recipient(
                s, now.actor, case.id, chosen or "", told=told, reason=reason, version=case.version, now=now.now
            ),
            "case.recipient_done",
        )


def attach(case: CaseView) -> None:
    if any(row.right in {Right.ACCESS, Right.PORTABILITY} for row in case.rights):
        _package(case)
    now = here()
    with (
        st.expander(now.t("case.attach"), icon=":material/attach_file:", key="open_case_attach"),
        st.form("case_attach", border=False, clear_on_submit=True),
    ):
        file = st.file_uploader(now.t("case.file"), type=list(ANSWER_KINDS), key=f"case_file_{case.id}")
        sent = st.form_submit_button(now.t("case.attach_button"), key="case_attach_submit")
    if sent and file is None:
        st.error(now.t("invalid.file_none"), icon=":material/error:")
    elif sent and file is not None:
        upload, shelf = Upload(file.name, file.getvalue()), now.portal.shelf
        do(
            lambda s: answers.attach(s, now.actor, case.id, upload, shelf=shelf, version=case.version, now=now.now),
            "case.attached",
        )


def _package(case: CaseView) -> None:
    """What each system gave, made into one ZIP with a summary."""
    now = here()
    with (
        st.expander(now.t("case.package"), icon=":material/folder_zip:", key="open_case_package"),
        st.form("case_package", border=False),
    ):
        st.write(now.t("case.package_help"))
        found: list[Finding] = []
        for system in systems():
            name = system.name(now.t.language)
            file = st.file_uploader(name, type=["json", "csv"], key=f"case_package_{case.id}_{system.key}")
            nothing = st.checkbox(now.t("case.package_nothing", system=name), key=f"case_package_none_{system.key}")
            if file or nothing:
                found.append(Finding(system.key, Upload(file.name, file.getvalue()) if file else None))
        sent = st.form_submit_button(now.t("case.package_button"), key="case_package_submit")
    if sent:
        shelf = now.portal.shelf
        do(
            lambda s: packages.build(s, now.actor, case, found, shelf=shelf, version=case.version, now=now.now),
            "case.package_made",
        )


def close(case: CaseView) -> None:
    now = here()
    limited = any(row.outcome in NEEDS_GROUND for row in case.rights)
    draft = now.ask(lambda session: letters.answer_draft(session, case.language, limited=limited))
    with st.expander(now.t("case.close"), icon=":material/task_alt:", key="open_case_close"):
        with st.form("case_close", border=False):
            letter = st.text_area(now.t("case.letter"), value=draft, height=280, key=f"case_letter_{limited}")
            st.caption(now.t("case.close_help"))
            with st.container(horizontal=True):
                sent = st.form_submit_button(now.t("case.close_button"), type="primary", key="case_close_submit")
                preview = st.form_submit_button(now.t("case.preview"), key="case_preview_submit")
        if preview:
            with st.container(border=True):
                st.caption(now.t("case.preview_help"))
                grounds = now.ask(lambda session: letters.ground_texts(session, case.language))
                st.text(letters.filled(case, case.rights, letter, grounds, today=now.today))
    if sent:
        settings = now.portal.settings
        do(
            lambda s: deciding.close(s, now.actor, case.id, letter, version=case.version, settings=settings, now=now.now),
            "case.closed",
            f"case_letter_{limited}",
        )
