"""Fails if a public declaration in a symbol graph has no documentation comment.

    python3 Tests/Structure/documented.py .build-docs/symbols/MailStoreSimulator.symbols.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def undocumented(graph: dict) -> list[str]:
    """The declarations without a documentation comment."""
    return sorted(".".join(symbol["pathComponents"]) for symbol in graph["symbols"] if "docComment" not in symbol)


def main() -> int:
    """Check one symbol graph."""
    graph = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = undocumented(graph)
    for name in found:
        print(f"{name} has no documentation comment")
    if not graph["symbols"]:
        print("the symbol graph is empty: nothing was checked")
    return 1 if found or not graph["symbols"] else 0


if __name__ == "__main__":
    sys.exit(main())
