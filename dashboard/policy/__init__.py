"""What the privacy officer sets, with its history: bridge days, targets, periods, texts of letters and grounds."""
