"""The pages that no other app brings, by subject."""
