"""When to ask for which job, what that teaches, and when a job will end."""
