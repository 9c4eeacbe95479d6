"""Looking at those who look: the audit trail as its readers see it."""
