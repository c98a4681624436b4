"""What the keys do: functions that take the desk, and the table of them."""
