"""References and secret codes. Pure, but for the system's random source.

A code opens a case without an account: 120 bits, shown once, kept only as HMAC-SHA256 under a pepper. It is derived
from the random key of the form that was sent, so that sending the same form again shows the same code, while the
database (which holds no key, only its digest) can't tell it.
"""

import base64
import hmac
import secrets

# Readable aloud and a prime number of signs: every single wrong sign and every swap of neighbours is found.
REFERENCE_SIGNS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_CROCKFORD = str.maketrans(_BASE32, _CROCKFORD)
_READ_ALIKE = str.maketrans("ILO", "110")
CODE_BYTES = 15
CODE_LENGTH = 24
MAIL_CODE_BYTES = 10
MAIL_CODE_LENGTH = len("XXXX-XXXX-XX")
# Shares no factor with 31, so that no two numbers meet.
_SPREAD = 527_182_965_101


def code_for(key: str, pepper: str) -> str:
    """The secret code that belongs to the form with this key: 24 signs of Crockford's base32, in groups of four."""
    return as_code(hmac.digest(pepper.encode(), b"code:" + key.encode(), "sha256")[:CODE_BYTES])


def code_of_mail(token: str, pepper: str) -> str:
    """The short code that goes in the mail with this link: ten signs, fifty bits, of one use, and only so many tries."""
    return as_code(hmac.digest(pepper.encode(), b"mail:" + token.encode(), "sha256")[:MAIL_CODE_BYTES])[:MAIL_CODE_LENGTH]


def as_code(raw: bytes) -> str:
    """Random bytes as people read and type them."""
    return grouped(base64.b32encode(raw).decode().translate(_TO_CROCKFORD))


def code_hmac(code: str, pepper: str) -> str:
    """What is stored of a code, as it was typed (spaces, hyphens and case don't matter)."""
    return hmac.digest(pepper.encode(), b"stored:" + normal_code(code).encode(), "sha256").hex()


def normal_code(typed: str) -> str:
    return _bare(typed).translate(_READ_ALIKE)


def new_reference() -> str:
    body = "".join(secrets.choice(REFERENCE_SIGNS) for _ in range(REFERENCE_LENGTH))
    return shown_reference(body + _check_sign(body))


def made_reference(number: int) -> str:
    """A reference for a made-up request: another one for every number below 31^8, and next ones don't look alike."""
    rest, signs = number * _SPREAD % len(REFERENCE_SIGNS) ** REFERENCE_LENGTH, ""
    for _ in range(REFERENCE_LENGTH):
        rest, place = divmod(rest, len(REFERENCE_SIGNS))
        signs += REFERENCE_SIGNS[place]
    return shown_reference(signs + _check_sign(signs))


def shown_reference(bare: str) -> str:
    return f"BS-{bare[:3]}-{bare[3:6]}-{bare[6:]}"


def normal_reference(typed: str) -> str | None:
    """The reference as we write it; None when it can't be one (a wrong length, sign or check sign)."""
    bare = _bare(typed)
    if len(bare) > REFERENCE_LENGTH + 1:
        bare = bare.removeprefix("BS")
    if len(bare) != REFERENCE_LENGTH + 1 or any(sign not in REFERENCE_SIGNS for sign in bare):
        return None
    return shown_reference(bare) if _check_sign(bare[:-1]) == bare[-1] else None


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _bare(typed: str) -> str:
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


def _check_sign(body: str) -> str:
    total = sum((place + 1) * REFERENCE_SIGNS.index(sign) for place, sign in enumerate(body))
    return REFERENCE_SIGNS[total % len(REFERENCE_SIGNS)]
