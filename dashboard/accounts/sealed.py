"""What a provider can be asked with later, sealed for one session: a copy of the database asks nobody anything."""

import json
from collections.abc import Mapping
from typing import Any

from dashboard.errors import DamagedFileError
from dashboard.sealing import key_from, seal, unseal
from dashboard.settings import Settings


def sealed(settings: Settings, session: str, secrets: Mapping[str, Any]) -> bytes | None:
    """None where there is nothing to ask with. `session`: the digest of its cookie."""
    return seal(json.dumps(dict(secrets)).encode(), _key(settings), session) if secrets else None


def unsealed(settings: Settings, session: str, kept: bytes | None) -> dict[str, Any]:
    """Empty when it was sealed with another secret: then the limits of the session stand."""
    try:
        return dict(json.loads(unseal(kept, _key(settings), session))) if kept else {}
    except DamagedFileError:
        return {}


def _key(settings: Settings) -> bytes:
    return key_from(settings.cookie_secret.get_secret_value(), "renewal")
