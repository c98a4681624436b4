"""What a report of pip-audit says, in lines: `audited.py REPORT`."""

import json
import sys
from pathlib import Path


def lines(text: str) -> list[str]:
    """Say what was audited, and each weakness; where that was nothing, say so first."""
    try:
        found = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return ["NOT AUDITED: there is no report"]
    audited = [each for each in found if "skip_reason" not in each]
    weak = [
        f"{each['name']} {each['version']}: {weakness['id']}"
        for each in audited
        for weakness in each["vulns"]
    ]
    word = "audited" if audited else "NOT AUDITED"
    return [
        f"{word}: {len(audited)} of {len(found)} packages, {len(weak)} weaknesses",
        *weak,
    ]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(Path(sys.argv[1]).read_text())) + "\n")
