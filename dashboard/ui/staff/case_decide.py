"""Deciding about a case: per right, a colleague's look, the recipients, the answer's files and its letter."""

import streamlit as st

from dashboard.data_requests.case.rows import CaseView, RightRow
from dashboard.data_requests.desk import deciding, waiting
from dashboard.data_requests.desk.deciding import NewDecision
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.recipients import PART, looked_up, recipients
from dashboard.data_requests.law.rights import (
    FACTS,
    GROUNDS,
    NEEDS_EVIDENCE,
    NEEDS_GROUND,
    Ground,
    limits,
    outcomes_of,
)
from dashboard.data_requests.outgoing import answers, data_map, letters, packages
from dashboard.data_requests.outgoing.packages import Finding
from dashboard.data_requests.outgoing.uploads import ANSWER_KINDS, Upload
from dashboard.ui import chosen_files, state
from dashboard.ui.acting import Form
from dashboard.ui.staff.case_checklist import open_steps
from dashboard.ui.visit import visit


def decide(case: CaseView, row: RightRow) -> None:
    here, key = visit(), row.right.value
    form = Form(f"decide_{key}", case.seen)
    t = here.t
    with st.form(form.key(f"case_decide_{key}"), border=False):
        form.top()
        outcomes = [outcome.value for outcome in outcomes_of(row.right)]
        outcome = st.radio(
            t("case.outcome"),
            outcomes,
            index=outcomes.index(row.outcome.value) if row.outcome in outcomes else None,
            format_func=lambda value: t(f"outcome.{value}"),
            key=form.key(f"case_outcome_{key}"),
            horizontal=True,
        )
        form.at("outcome")
        ground = _ground(case, row, form)
        form.at("ground")
        reason = st.text_area(t("case.reason"), value=row.reason, key=form.key(f"case_reason_{key}"), help=t("case.reason_help"))
        form.at("reason")
        evidence = ""
        if NEEDS_EVIDENCE & set(GROUNDS[row.right]):
            evidence = st.text_area(
                t("case.evidence"), value=row.evidence, key=form.key(f"case_evidence_{key}"), help=t("case.evidence_help")
            )
            form.at("evidence")
        sent = form.submit(t("case.save_decision"), f"case_decide_submit_{key}", type="primary")
    if sent:
        why = ground if outcome in NEEDS_GROUND else None
        form.do("case.decided", deciding.decide, NewDecision(key, outcome or "", why, reason, evidence))


def _ground(case: CaseView, row: RightRow, form: Form) -> str | None:
    t = visit().t
    earlier = [each for each in (case.staff.earlier if case.staff else ()) if row.right in each.rights]
    # Too much is only what was asked before, less than a year ago: it is shown, or the ground isn't there.
    off = frozenset() if earlier or row.ground is Ground.EXCESSIVE else frozenset({Ground.EXCESSIVE})
    grounds = [ground.value for ground in (*GROUNDS[row.right], *FACTS.get(row.right, ())) if ground not in off]
    if not GROUNDS[row.right]:
        st.caption(t("case.no_refusal_exists"))
        return None
    chosen: str | None = st.selectbox(
        t("case.ground"),
        grounds,
        index=grounds.index(row.ground.value) if row.ground else None,
        format_func=lambda value: t(f"ground.{value}"),
        placeholder=t("case.ground_none"),
        key=form.key(f"case_ground_{row.right.value}"),
    )
    for each in earlier:
        st.caption(t("case.earlier", reference=each.reference, day=t.day(each.received_on)))
    if off:
        st.caption(t("case.not_excessive"))
    return chosen


def approve(case: CaseView) -> None:
    """A colleague's look at every refusal and erasure; the decider's own button isn't there."""
    here, form = visit(), Form("approve", case.seen)
    for row in case.rights:
        if not row.waits:
            continue
        right = right_in_words(here.t, row.right)
        if row.decided_by == here.actor.id:
            st.info(here.t("case.approve_other", right=right), icon=":material/visibility:")
        elif form.button(here.t("case.approve", right=right), f"case_approve_{row.right.value}", icon=":material/verified:"):
            form.do("case.approved", deciding.approve, row.right.value)


def tell_recipients(case: CaseView) -> None:
    """Art. 19: each recipient told, or a reason why not."""
    here = visit()
    names = {each.key: each.name(here.t.language) for each in recipients()}
    waiting = [key for key in names if case.staff and key in case.staff.untold]
    for each in case.staff.recipients if case.staff else ():
        words = here.t("paper.told" if each.told else "paper.exempt")
        st.markdown(f":material/check: {names.get(each.key, each.key)}: {words}")
        if each.reason:
            st.text(each.reason)
    if waiting:
        st.caption(here.t.count("case.recipients_left", len(waiting)))
        _tell(case, {key: names[key] for key in waiting})


def _tell(case: CaseView, names: dict[str, str]) -> None:
    here, form = visit(), Form("tell", case.seen)
    with st.form(form.key("case_recipient"), border=False):
        form.top()
        chosen = st.selectbox(
            here.t("case.recipient"), list(names), format_func=lambda key: names.get(key, key), key=form.key("case_recipient_key")
        )
        reason = st.text_input(here.t("case.recipient_reason"), key=form.key("case_recipient_reason"))
        form.at("reason")
        with st.container(horizontal=True):
            told = form.submit(here.t("case.recipient_told"), "case_recipient_told")
            exempt = form.submit(here.t("case.recipient_exempt"), "case_recipient_exempt")
    if told or exempt:
        form.do("case.recipient_done", deciding.tell_recipient, chosen or "", told=told, reason=reason)


def attach(case: CaseView) -> None:
    here, form = visit(), Form("attach", case.seen)
    with st.form(form.key("case_attach"), border=False):
        file = chosen_files.uploader(here.t("case.file"), type=list(ANSWER_KINDS), key=form.key("case_file"))
        sent = form.submit(here.t("case.attach_button"), "case_attach_submit")
    if sent and file is None:
        st.error(here.t("invalid.file_none"), icon=":material/error:")
    elif sent and file is not None:
        form.do("case.attached", answers.attach, Upload(file.name, file.getvalue()))


def package(case: CaseView) -> None:
    """What each system gave, made into one ZIP with a summary."""
    here, form = visit(), Form("package", case.seen)
    with st.form(form.key("case_package"), border=False):
        form.top()
        st.write(here.t("case.package_help"))
        found: list[Finding] = []
        both: list[str] = []
        if not here.ask(data_map.is_confirmed):
            st.warning(here.t("error.data_map"), icon=":material/fact_check:")
        for system in looked_up(PART[case.subject]):
            name = system.name(here.t.language)
            file = chosen_files.uploader(name, type=["json", "csv"], key=form.key(f"case_package_{system.key}"))
            nothing = st.checkbox(here.t("case.package_nothing", system=name), key=form.key(f"case_package_none_{system.key}"))
            if file and nothing:
                both.append(name)
            if file or nothing:
                found.append(Finding(system.key, Upload(file.name, file.getvalue()) if file else None))
        sent = form.submit(here.t("case.package_button"), "case_package_submit", type="primary")
    if sent and both:
        st.error(here.t("case.package_both", systems=", ".join(both)), icon=":material/error:")
    elif sent:
        form.do("case.package_made", packages.build, found)


def close(case: CaseView) -> None:
    here, form = visit(), Form("close", case.seen)
    limited = any(limits(row.outcome, row.ground) for row in case.rights)
    first = case.dates.first.due_on
    if limited and case.dates.extended:
        text = "case.refusal_late" if here.today > first else "case.refusal_by"
        st.warning(here.t(text, day=here.t.day(first)), icon=":material/schedule:")
    back = here.ask(waiting.waiting, case.id)
    if back and back.problem:
        st.warning(here.t("case.answer_kept", why=here.t(back.problem)), icon=":material/unsubscribe:")
    draft = back.letter if back else here.ask(letters.answer_draft, case.language, limited=limited)
    with st.form(form.key("case_close"), border=False):
        form.top()
        box = form.key(f"case_letter_{limited}_{back.seen.version if back else 0}")
        letter = st.text_area(here.t("case.letter"), value=draft, height=280, key=box)
        form.at("letter", "message")
        st.caption(here.t("case.close_help"))
        if here.portal.settings.answer_delay_seconds:
            st.caption(here.t.count("case.answer_delay", here.portal.settings.answer_delay_seconds))
        despite = _open_points(case, form)
        with st.container(horizontal=True):
            sent = form.submit(here.t("case.close_button"), "case_close_submit", type="primary")
            preview = form.submit(here.t("case.preview"), "case_preview_submit")
    if preview:
        with st.container(border=True):
            st.caption(here.t("case.preview_help"))
            grounds = here.ask(letters.ground_texts, case.language)
            st.text(letters.filled(case, case.rights, letter, grounds, today=here.today))
    if sent and not despite:
        st.error(here.t("case.close_despite_needed"), icon=":material/error:")
    elif sent:
        attempt = here.attempt(waiting.send_soon, state.pressed(form.seen), letter, over=back.seen if back else None)
        if attempt.done:
            form.is_done("case.answer_waits" if attempt.result else "case.closed")
        form.refuse(attempt.refusal)


def _open_points(case: CaseView, form: Form) -> bool:
    """Who sends the answer while the checklist isn't done says that they know it. True when there is nothing to say."""
    t, left = visit().t, open_steps(case, visit().t)
    if not left:
        return True
    st.markdown(f"**{t.count('case.points_left', len(left))}**")
    st.text("\n".join(f"- {words}" for words in left.values()))
    return st.checkbox(t("case.close_despite"), key=form.key(f"case_close_despite_{len(left)}"))
