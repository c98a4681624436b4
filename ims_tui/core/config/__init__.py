"""Settings, profiles and where each value came from."""
