"""Draws a preview of each dashboard: without Grafana, from the answers of a real Prometheus to the dashboards' queries.

    python Tests/Dashboards/preview.py --exporter BINARY [--data DIR] [FILES]

Needs chromium. The data are simulated servers whose clock runs fast: 10 minutes for a day, 13 for a month, and some
more to evaluate the rules over them. A folder given with --data keeps them, so that the next pictures take seconds.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from boards import DASHBOARDS, Board, load
from live_programs import LiveError, run
from preview_ground import Played, played
from preview_page import WIDTH, Painter
from preview_png import smaller
from preview_stage import DAY, MONTH

PICTURES = DASHBOARDS / "preview"
STAGES = {"mailstore-jobs": MONTH, "mailstore-storage": MONTH}
CHOSEN = {"mailstore-server": {"target": "archive-berlin"}}
LARGEST = 300_000


def draw(board: Board, ground: Played, chromium: str, folder: Path) -> Path:
    """Draws one dashboard into its picture."""
    uid = board.data["uid"]
    painter = Painter(board, ground.server, ground.view(board.data["time"]["from"]), CHOSEN.get(uid, {}))
    page, height = painter.page()
    source, picture = folder / f"{uid}.html", folder / f"{uid}.png"
    source.write_text(page, encoding="utf-8")
    run("the picture", [
        chromium, "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu",
        f"--user-data-dir={folder / 'chromium'}", f"--window-size={WIDTH},{height}", f"--screenshot={picture}",
        source.as_uri()], stdout=subprocess.DEVNULL)
    final = PICTURES / f"{uid}.png"
    final.write_bytes(smaller(picture.read_bytes()))
    return final


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exporter", required=True, type=Path, help="the program mailstore_exporter")
    parser.add_argument("--prometheus", default="prometheus")
    parser.add_argument("--promtool", default="promtool")
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep what was played there, or take it from there")
    parser.add_argument("files", nargs="*", help="dashboards (default: all)")
    options = parser.parse_args()
    folder = options.data or Path(tempfile.mkdtemp(prefix="mailstore-preview-"))
    PICTURES.mkdir(exist_ok=True)
    too_large = []
    try:
        boards = load(options.files)
        for stage in (DAY, MONTH):
            mine = [board for board in boards if STAGES.get(board.data["uid"], DAY) is stage]
            if not mine:
                continue
            with played(stage, options.exporter, options.prometheus, options.promtool, folder / stage.name) as ground:
                for board in mine:
                    picture = draw(board, ground, options.chromium, folder)
                    size = picture.stat().st_size
                    print(f"{picture} {size // 1000} kB")
                    too_large += [picture.name] if size > LARGEST else []
    except LiveError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if not options.data:
            shutil.rmtree(folder, ignore_errors=True)
    for name in too_large:
        print(f"{name} is larger than {LARGEST // 1000} kB: show less, or a shorter time", file=sys.stderr)
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
