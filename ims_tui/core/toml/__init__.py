"""TOML as text: where its parts stand, reading and writing without loss."""
