"""Where a long benchmark is, on one line of the screen."""

import sys
import time

_BEGAN = time.monotonic()


def tell(what: str) -> None:
    """Replace the line; nothing where nobody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K[{time.monotonic() - _BEGAN:5.0f} s] {what}")
        sys.stderr.flush()
    else:
        sys.stderr.write(f"[{time.monotonic() - _BEGAN:5.0f} s] {what}\n")


def need(what: object, said: str) -> None:
    """A measure that measured something else is none. Raises RuntimeError."""
    if not what:
        raise RuntimeError(said)
