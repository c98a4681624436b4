from ims_tui.cli import process

process.prepare()  # as the program does, before a library is imported
