"""Outgoing mail: a transactional outbox, one function per message, SMTP."""
