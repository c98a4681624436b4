"""The fault campaign: broken input of every kind that the program ever takes in.

One file for each room of faults; `python -m tests.faults` runs them.
"""
