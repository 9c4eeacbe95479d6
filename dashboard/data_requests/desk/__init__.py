"""What the desk does: register, handle, decide, hand over, several at once."""
