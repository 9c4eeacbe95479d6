"""Who is here: people, sessions, schools and boards, and the claims that tie them together."""
