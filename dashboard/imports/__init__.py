"""Schools, licences and agreements from CSV: read, checked row by row, compared with what is there, taken whole or not at all."""
