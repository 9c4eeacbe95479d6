"""Ed25519 signatures over a manifest. Pure but for the settings that hold the secret."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dashboard.sealing import key_from
from dashboard.settings import Settings

ALGORITHM = "ed25519"
PUBLIC_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands in `manifest.sig`. The public key is there for reading; checking takes it from whom one trusts."""

    fingerprint: str
    public_key: str
    signature: str

    def to_bytes(self) -> bytes:
        """The one way in which it is written: any other bytes are not this signature."""
        content = {
            "algorithm": ALGORITHM,
            "key": self.fingerprint,
            "public_key": self.public_key,
            "signature": self.signature,
        }
        return (json.dumps(content, indent=2) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Signature":
        """Raises ValueError for anything that `to_bytes` wouldn't have written, were it a single sign."""
        read = json.loads(content)
        if not isinstance(read, dict):
            raise ValueError("not a signature")  # noqa: TRY004  every wrong content is one error here
        found = cls(str(read.get("key")), str(read.get("public_key")), str(read.get("signature")))
        if found.to_bytes() != content or _encoded(_decoded(found.signature)) != found.signature:
            raise ValueError("not a signature as we write it")
        return found


def sign(content: bytes, settings: Settings) -> Signature:
    private = _private(settings)
    public = private.public_key().public_bytes_raw()
    return Signature(fingerprint(public), _encoded(public), _encoded(private.sign(content)))


def public_key(settings: Settings) -> str:
    """Our public key, as `bijsluiter verify --key` takes it."""
    return _encoded(_private(settings).public_key().public_bytes_raw())


def holds(signature: Signature, content: bytes, trusted_key: str) -> bool:
    """Whether a key that one trusts made this signature over these bytes."""
    raw = _decoded(trusted_key)
    if len(raw) != PUBLIC_KEY_BYTES or signature.fingerprint != fingerprint(raw) or signature.public_key != _encoded(raw):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(_decoded(signature.signature), content)
    except InvalidSignature:
        return False
    return True


def fingerprint(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def fingerprint_of(key: str) -> str:
    return fingerprint(_decoded(key))


def _private(settings: Settings) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key_from(settings.signing_secret.get_secret_value(), "evidence signature"))


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    """Raises ValueError for what isn't base64."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError("not base64") from wrong
