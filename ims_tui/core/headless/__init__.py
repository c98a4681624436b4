"""Rules of the commands without a screen: waiting, verdicts, metrics, hooks."""
