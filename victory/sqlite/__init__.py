"""SQLite as this application uses it: whoever wants to write stands in line."""
