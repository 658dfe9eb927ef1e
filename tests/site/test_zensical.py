"""Zensical, the successor of Material for MkDocs, reads the same pages and the same extensions."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# No hooks: what mathematics needs, it finds by itself.
CONFIG = """\
site_name: Zensical
use_directory_urls: false
nav:
  - Home: index.md
  - Forward propagation: forward-propagation.md
markdown_extensions:
  - nn3doc.site.formulas.math_extension:
      embed: true
  - nn3doc.site.code.source_extension
  - attr_list
  - md_in_html
  - admonition
  - tables
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.highlight
"""


def test_a_page_of_the_site_builds_under_zensical(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "forward-propagation.md", tmp_path / "docs")
    (tmp_path / "docs" / "index.md").write_text("See $\\eqref{eq:z}$.\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "forward-propagation.html").read_text(encoding="utf-8")
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    main = page[page.index("<article") : page.index("</article>")]
    assert main.count('<svg class="m') > 100
    assert not re.search(r"\$|\\(?:begin|frac|eqref)", re.sub(r'data-tex="[^"]*"', "", main))
    assert '<span data-line="' in main
    assert "@font-face{font-family:nn3doc-mathematics" in main
    number = re.search(
        r'aria-label="Link to equation (\(2\.\d+\))"', main.partition('id="eq-z"')[2]
    )
    assert number
    assert f'See <a href="forward-propagation.html#eq-z">{number[1]}</a>.' in home
