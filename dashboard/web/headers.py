"""The page that loads Streamlit, in two languages, and the security headers that fit it."""

import base64
import hashlib
import re
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from dashboard.content import organisation
from dashboard.i18n import Language, texts
from dashboard.web.words import said_tag, words_tag

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_OURS = (
    '<link rel="stylesheet" href="/assets/portal.css"><script src="/assets/words.js" defer></script>'
    '<script src="/assets/portal.js" defer></script><script src="/assets/focus.js" defer></script>'
)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_AGENT_POINTER = re.compile(r'<link rel="service-desc"[^>]*>')

BASE_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
NO_STORE = "no-store"


@cache
def index_html(language: Language) -> str:
    """Streamlit's own index.html with the right language, name and icon, our own sheet and scripts."""
    html = _installed_index()
    for old, new in (
        ('<html lang="en">', f'<html lang="{language.value}">'),
        ("<title>Streamlit</title>", f"<title>{texts(language)('site.name')}</title>"),
        ('href="./favicon.png"', 'href="/assets/mark.svg"'),
        ("</head>", f"{words_tag(language)}{said_tag(language)}{_OURS}</head>"),
        (_noscript(html), f"<noscript>{_without_scripts(language)}</noscript>"),
    ):
        if old not in html:
            raise ValueError(f"streamlit's index.html has no {old}: it changed, look at it again")
        html = html.replace(old, new)
    return _AGENT_POINTER.sub("", html)


def _noscript(html: str) -> str:
    found = _NOSCRIPT.search(html)
    return found.group() if found else "<noscript>"


def _without_scripts(language: Language) -> str:
    """For who sees no page: why, and the way by letter or mail."""
    t, o = texts(language), organisation()
    letter = f"{o.name}, {o.department}, {o.postal_address}, {o.postal_code}"
    return f"<p>{escape(t('noscript.why'))}</p><p>{escape(t('noscript.letter', address=letter, email=o.email))}</p>"


@cache
def page_policy() -> str:
    """The Content-Security-Policy of a page, with the hash of the inline script in the installed index.html."""
    return _policy("'none'")


@cache
def document_policy() -> str:
    """A document's policy: our own pages may show it in a frame, nobody else's."""
    return _policy("'self'")


@cache
def stranger_policy() -> str:
    """Of a file that a stranger sent, shown in a frame of our own page: it runs nothing, asks for nothing and knows nobody."""
    return "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'self'"


def _policy(ancestors: str) -> str:
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in _INLINE_SCRIPT.findall(_installed_index()))
    return (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {hashes}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors {ancestors}; "
        "object-src 'none'; base-uri 'self'; form-action 'self'"
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _installed_index() -> str:
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise ValueError("streamlit is not installed")
    return (Path(found.origin).parent / "static" / "index.html").read_text("utf-8")
