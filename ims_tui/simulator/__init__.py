"""A stand-in for the IMS service and its IAM: true replies, no cloud, no network.

Reading order: `plan` (what one job does), `scenario` (the tables of jobs and
faults), `simulation` (ids and reply bodies), `api` (requests), `server` (socket).
"""
