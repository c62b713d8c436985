"""``shinchoku simulate``: workbooks of a whole simulated nation, to measure the reading on."""

from __future__ import annotations

import json
import time
from pathlib import Path

from config.site import Site
from flows.cli_options import fail
from flows.progress_bar import progress_bar
from tasks.samples.national import FILES, National

_LABEL = "模擬の表"


def run_simulate(site: Site, folder: Path, files: int, seed: int, *, as_json: bool) -> int:
    """Write the first ``files`` workbooks of the simulated nation of ``seed`` into ``folder``.

    One file a department, town by town: 19 files are one whole town, FILES the whole nation. The
    plan's 事業 and the words of the sheets are those of the site's town. Raise SampleError where
    they cannot be written.
    """
    if not 1 <= files <= FILES:
        fail(f"--files {files} は作れません。", f"1から{FILES}までの数を指定してください。")
    national = National(site.plan_book.revisions[-1], site.config, seed)
    begun = time.monotonic()
    with progress_bar() as tell:
        paths = national.write(folder, files, (lambda done: tell(_LABEL, done, files)) if tell else None)
    size = sum(path.stat().st_size for path in paths)
    towns = len({path.parent for path in paths})
    if as_json:
        document = {"folder": str(folder), "files": len(paths), "towns": towns, "bytes": size, "seed": seed}
        print(json.dumps(document, ensure_ascii=False))
    else:
        print(
            f"見本：{folder} に模擬の{towns}団体、{len(paths)}ファイル（{size / 1e6:.1f} MB）を"
            f"作りました（{time.monotonic() - begun:.1f} 秒、種 {seed}）。実在の報告ではありません。"
        )
    return 0
