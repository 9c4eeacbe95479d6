"""What time does: reminders, expiry, retention, bridge days."""
