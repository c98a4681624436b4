"""Credentials, signatures, and what a refusal means."""
