"""The screen: all that imports Textual. It shows values and asks for verbs."""
