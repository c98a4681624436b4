"""Ways to tell somebody something: one file each.

What a job is called and why it failed comes from the service and from the list: no
channel lets it become a command, a header, markup or a mention.
"""
