"""What is known now: entries, the store, its snapshots and clocks."""
