"""Proof of what applied: a signed ZIP with its manifest, and checking one later."""
