"""What the service says: hostile bytes to jobs, failures and their words."""
