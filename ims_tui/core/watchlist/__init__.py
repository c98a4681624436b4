"""The operator's list: entries, ids in text, merging, and its TOML."""
