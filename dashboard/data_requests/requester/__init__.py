"""What the requester does: ask, open, follow."""
