"""The screen: all that imports Textual. It shows values and asks for verbs."""

import os

# Textual reads it when it is imported: a key is painted within 4 ms, not 16. News are
# painted less often, as the dashboard decides.
os.environ.setdefault("TEXTUAL_FPS", "240")
