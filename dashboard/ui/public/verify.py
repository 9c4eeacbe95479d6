"""The outcome of checking what somebody uploaded: said in one sentence, with every file that isn't as it was made."""

import io
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.annexes.recognising import recognise
from dashboard.evidence import service
from dashboard.evidence.checking import Verdict, check_manifest, check_zip
from dashboard.evidence.manifest import Listed, Manifest
from dashboard.evidence.signing import public_key
from dashboard.files import digest
from dashboard.i18n import Texts
from dashboard.ui import parts
from dashboard.ui.visit import visit

MOST_LISTED = 40


def our_key() -> str:
    return public_key(visit().portal.settings)


def outcome(files: Sequence[UploadedFile]) -> None:
    t = visit().t
    by_kind = {kind: [each for each in files if each.name.lower().endswith(f".{kind}")] for kind in ("zip", "json", "sig", "pdf")}
    for file in by_kind["zip"]:
        _verdict(file.name, check_zip(io.BytesIO(file.getvalue()), _trusted()))
    for file in by_kind["pdf"]:
        _document(file)
    if by_kind["json"] and by_kind["sig"]:
        manifest, signature = by_kind["json"][0], by_kind["sig"][0]
        _verdict(manifest.name, check_manifest(manifest.getvalue(), signature.getvalue(), _trusted()))
    elif by_kind["json"] or by_kind["sig"]:
        st.info(t("verify.both"), icon=":material/info:")


def _trusted() -> list[str]:
    here = visit()
    return here.ask(service.known_keys)


def _verdict(name: str, verdict: Verdict) -> None:
    t = visit().t
    with st.container(border=True):
        st.markdown(f"**{parts.plain(name)}**")
        if verdict.holds:
            st.success(t("verify.holds"), icon=":material/verified:")
        else:
            st.error(t("verify.fails"), icon=":material/gpp_bad:")
            for finding in verdict.findings[:MOST_LISTED]:
                st.markdown(f"- {t(f'fault.{finding.fault.value}')} {parts.plain(finding.file)}".rstrip())
        if verdict.manifest:
            _manifest(verdict.manifest, t)


def _manifest(made: Manifest, t: Texts) -> None:
    st.write(
        t(
            "verify.says",
            school=parts.plain(made.scope_name),
            key=made.scope,
            day=t.day(made.applies_on),
            moment=t.moment(made.made_at),
            name=parts.plain(made.made_by),
        )
    )
    for row in made.documents[:MOST_LISTED]:
        st.markdown(f"- {_line(row, t)}")
    if len(made.documents) > MOST_LISTED:
        st.caption(t.count("verify.more", len(made.documents) - MOST_LISTED))


def _line(row: Listed, t: Texts) -> str:
    product = parts.plain(row.product_name or t("evidence.general"))
    return f"{product}: {parts.plain(row.kind_name)}, {t('verify.version', version=row.version)}"


def _document(file: UploadedFile) -> None:
    here = visit()
    t, sha256 = here.t, digest(file.getvalue())
    found = here.ask(recognise, sha256, language=t.language)
    with st.container(border=True):
        st.markdown(f"**{parts.plain(file.name)}**")
        if not found:
            st.error(t("verify.not_ours"), icon=":material/gpp_bad:")
        for row in found:
            st.success(t("verify.ours"), icon=":material/verified:")
            product = parts.plain(row.product or t("evidence.general"))
            said = [
                f"{product}: {parts.plain(row.kind)}",
                t("verify.version", version=row.version),
                t("verify.model", model=row.model),
            ]
            st.write(", ".join(said))
            st.write(f"{t(f'phase.{row.phase.value}')}: {parts.days(row.valid_from, row.valid_to, t)}.")
