"""SQLite as this application uses it: whoever begins a transaction stands in line."""
