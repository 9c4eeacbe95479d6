"""Encrypting what lies at rest: files of a case under a key of ours, a draft under its browser's own cookie."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dashboard.errors import DamagedFileError

KEY_BYTES = 32
NONCE_BYTES = 12


def key_from(secret: str, purpose: str) -> bytes:
    """A key for one purpose from a secret that is random enough (ours are at least 32 characters)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())


def seal(content: bytes, key: bytes, about: str) -> bytes:
    """Encrypted and bound to what it is `about`: a sealed file can't be passed off as another one's."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about.encode())


def unseal(sealed: bytes, key: bytes, about: str) -> bytes:
    """The content. Raises DamagedFileError when the key, the bytes or what it is about are others."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except InvalidTag as wrong:
        raise DamagedFileError(about) from wrong
