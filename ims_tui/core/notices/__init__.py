"""Who is told what, when and once: rules, pace and messages, as values."""
