"""The law as pure rules: days, rights, grounds, who holds what."""
