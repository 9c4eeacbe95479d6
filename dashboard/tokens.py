"""Random secrets and the digests that are stored of them."""

import hashlib
import hmac
import secrets

KEY_BYTES = 32


def new_key() -> str:
    """The idempotency key of one form: 256 random bits."""
    return secrets.token_hex(KEY_BYTES)


def new_token() -> str:
    """The secret of a mailed link or of a cookie: 256 random bits."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest(secret: str) -> str:
    """What is stored of a key, token or cookie; each is random enough that its digest can't be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(left, right)
