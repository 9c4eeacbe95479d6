"""What a case is and how it moves: its tables, its one table of moves, what screens show of it."""
