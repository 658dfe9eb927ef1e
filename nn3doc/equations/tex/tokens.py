"""Tokens of TeX mathematics, each with its place.

Only known control words pass: an unknown one is refused here, with what may have been meant. Behind
the tokens themselves stand four passes over them, so that the grammar never sees a label, a brace that
prints nothing, a comma that may be a decimal one, or the rows and columns of `aligned`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

MAX_LENGTH = 20_000
MAX_TOKENS = 5_000


class TexError(ValueError):
    """TeX that cannot be read, or that can be read in two ways.

    Attributes:
        start: Offset of the first character that is at fault.
        end: Offset behind the last one.
        cure: What to write instead; "" where the message says it already.
    """

    def __init__(self, message: str, start: int, end: int, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start + 1)
        self.cure = cure


TokenKind = Literal["letter", "number", "command", "char", "text", "row", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is its canonical spelling, `start` and `end` its place."""

    kind: TokenKind
    text: str
    start: int
    end: int


GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu"
    " nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta"
    " Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell imath jmath hbar".split()
)
ACCENTS = frozenset("hat bar tilde vec dot ddot widehat widetilde overline".split())
FONTS = frozenset(
    "mathbb mathcal mathbf boldsymbol bm mathrm mathsf mathit mathfrak mathscr mathtt"
    " operatorname textbf textit textrm".split()
)
FUNCTIONS = frozenset(
    "log ln exp sin cos tan tanh sinh cosh cot arcsin arccos arctan max min det tr diag sign"
    " argmax argmin vec".split()
)
BIG = frozenset(["sum", "prod"])
RELATIONS = {
    "=": "=",
    ":=": ":=",
    "<": "<",
    ">": ">",
    "equiv": "=",
    "triangleq": ":=",
    "coloneqq": ":=",
    "leftarrow": "<-",
    "gets": "<-",
    "in": "in",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "lt": "<",
    "gt": ">",
    "ne": "!=",
    "neq": "!=",
    "approx": "~",
    "simeq": "~",
    "subset": "subset",
    "subseteq": "subset",
    "succ": "succ",
    "succeq": "succeq",
}
DOTS = frozenset("dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi".split())
SPACES = frozenset(
    "quad qquad displaystyle textstyle scriptstyle limits nolimits notag nonumber strut mathstrut"
    " allowbreak nobreak hfill hline noindent thinspace medspace thickspace enspace".split()
)
SKIPPED_WITH_ARGUMENT = frozenset("phantom hphantom vphantom hspace vspace mspace tag".split())
TRANSPARENT = {
    "textcolor": 1,
    "colorbox": 1,
    "class": 1,
    "cssId": 1,
    "data": 1,
    "boxed": 0,
    "bbox": 0,
    "mathstrut": 0,
    "smash": 0,
    "mathopen": 0,
    "mathclose": 0,
    "mathord": 0,
    "mathrel": 0,
    "mathbin": 0,
    "mathop": 0,
}
SIZES = frozenset("big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm".split())
ARROWS = frozenset(
    "to rightarrow mapsto Rightarrow implies iff Leftrightarrow Longrightarrow longrightarrow"
    " therefore because land lor colon longleftarrow".split()
)
OTHERS = frozenset(
    "frac dfrac tfrac cfrac sqrt partial nabla cdot odot circ times div left right middle lVert rVert"
    " lvert rvert Vert vert langle rangle lbrace rbrace lbrack rbrack begin end text mbox label eqref ref"
    " underbrace overbrace underset overset stackrel substack color top intercal prime star ast"
    " infty forall mid pm setminus cup cap emptyset varnothing mathrel stackrel not".split()
)
KNOWN = (
    GREEK
    | ACCENTS
    | FONTS
    | FUNCTIONS
    | BIG
    | {r for r in RELATIONS if r.isalpha()}
    | DOTS
    | SPACES
    | SKIPPED_WITH_ARGUMENT
    | set(TRANSPARENT)
    | SIZES
    | ARROWS
    | OTHERS
)

_TOKEN = re.compile(
    r"(?P<space>(?:\s|~|%[^\n]*(?:\n|\Z)|\\[,;:!> ]|\\\n|\{\})+)"
    r"|(?P<row>\\\\\*?(?:\[[^\]\n]*\])?)"
    r"|(?P<command>\\[A-Za-z]+\*?)"
    r"|(?P<escaped>\\[{}|$%&#_])"
    r"|(?P<number>\d+(?:(?:\{,\}|\\,)\d{3})*(?:\.\d+)?|\.\d+)"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<relation>:=)"
    r"|(?P<char>[-+=<>()\[\]{}|,.;:!'/^_&*])"
    r"|(?P<unicode>[−·×∈≤≥≠←⊙∂∇σ∑⊤])"
)
_UNICODE = {
    "−": "-",
    "·": r"\cdot",
    "×": r"\times",
    "∈": r"\in",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "←": r"\leftarrow",
    "⊙": r"\odot",
    "∂": r"\partial",
    "∇": r"\nabla",
    "σ": r"\sigma",
    "∑": r"\sum",
    "⊤": r"\top",
}
_TEXT = frozenset(["text", "mbox", "textrm", "textit", "textbf"])
_GROUP = re.compile(r"\s*\{")
_EQUALS = re.compile(r"\s*=")
_CONTROL_WORD = re.compile(r"\\[A-Za-z]+\Z")

# How many arguments a command takes; its braces print nothing, and neither do those of no command.
ARGUMENTS: dict[str, int] = {
    **dict.fromkeys(ACCENTS | FONTS, 1),
    **{word: before + 1 for word, before in TRANSPARENT.items()},
    **dict.fromkeys(["frac", "dfrac", "tfrac", "cfrac", "underset", "overset", "stackrel"], 2),
    **dict.fromkeys(["sqrt", "underbrace", "overbrace", "substack", "begin", "end"], 1),
    "color": 2,
}
_ALIGNING = frozenset(
    "aligned align align* alignedat split gather gather* gathered equation equation* multline"
    " multline* eqnarray eqnarray*".split()
)
_CONTINUES = frozenset(["+", "-", r"\cdot", r"\odot", r"\times", r"\circ", "/"])
_WITH_COLUMNS = frozenset(["array", "alignedat", "alignat", "alignat*"])
_OPENING = frozenset(["(", "[", "\\{", "\\lbrace", "\\lbrack", "\\langle"])
_CLOSING = frozenset([")", "]", "\\}", "\\rbrace", "\\rbrack", "\\rangle"])


Place = tuple[str, int]  # what a label or a reference names, and where


def tokens_of(tex: str) -> tuple[list[Token], tuple[Place, ...], tuple[Place, ...]]:
    """The tokens that the grammar reads, and what `\\label` and `\\eqref` name beside them.

    Raises:
        TexError: The characters, the braces, the commas or the environments do not fit.
    """
    tokens, labels, references = _without_labels(tokenize(tex))
    tokens = _without_plain_braces(tokens)
    _check_commas(tokens)
    return _without_alignment(tokens), tuple(labels), tuple(references)


def tokenize(tex: str) -> list[Token]:
    """The tokens of a formula; the last one has the kind `end`.

    Raises:
        TexError: A character or a control word is not known, a brace of `\\text` is not closed, or
            the formula is longer than `MAX_LENGTH` characters or `MAX_TOKENS` tokens.
    """
    if len(tex) > MAX_LENGTH:
        raise TexError(
            f"this formula has {len(tex):,} characters; at most {MAX_LENGTH:,} are read",
            0,
            1,
            "Split it into several.",
        )
    result: list[Token] = []
    position = 0
    while position < len(tex):
        match = _TOKEN.match(tex, position)
        if match is None:
            raise TexError(
                f"I do not know the character {tex[position]!r} in mathematics",
                position,
                position + 1,
                "Write the TeX command for it.",
            )
        kind, text, end = match.lastgroup, match.group(), match.end()
        if kind == "command":
            found, end = _control_word(tex, text[1:], position, end)
            result.extend(found)
        elif kind != "space":
            result.append(_plain(str(kind), text, position, end))
        position = end
    if len(result) > MAX_TOKENS:
        raise TexError(
            f"this formula has {len(result):,} tokens; at most {MAX_TOKENS:,} are read",
            0,
            1,
            "Split it into several.",
        )
    result.append(Token("end", "", len(tex), len(tex)))
    return result


def _plain(kind: str, text: str, start: int, end: int) -> Token:
    """The token that anything else than a control word is."""
    match kind:
        case "letter":
            return Token("letter", text, start, end)
        case "number":
            return Token("number", text.replace("{,}", "").replace("\\,", ""), start, end)
        case "row":
            return Token("row", "\\\\", start, end)
        case "unicode":
            text = _UNICODE[text]
            return Token("command" if text[0] == "\\" else "char", text, start, end)
        case "escaped":
            name = {"{": r"\{", "}": r"\}", "|": r"\Vert"}.get(text[1])
            if name is None:
                raise TexError(f"{text} is not mathematics I can read", start, end)
            return Token("command", name, start, end)
    return Token("char", text, start, end)


def _control_word(tex: str, word: str, start: int, end: int) -> tuple[list[Token], int]:
    """The tokens of a control word, with its argument where that is not mathematics, and its end."""
    plain = word.rstrip("*")
    if plain in _TEXT and _GROUP.match(tex, end):
        inside, end = _braced(tex, end)
        return [Token("text", inside, start, end)], end
    if word in SKIPPED_WITH_ARGUMENT or word == "tag*":
        return [], _braced(tex, end)[1]
    if word in ("label", "eqref", "ref"):
        inside, end = _braced(tex, end)
        return [Token("command", "\\" + word, start, end), Token("text", inside, start, end)], end
    if word == "not" and (equals := _EQUALS.match(tex, end)):
        return [Token("command", r"\ne", start, equals.end())], equals.end()
    if word in ("quad", "qquad"):
        return [Token("command", r"\quad", start, end)], end
    if word in SPACES:
        return [], end
    if plain in KNOWN:
        return [Token("command", "\\" + plain, start, end)], end
    raise _unknown(word, start, end)


def _without_plain_braces(tokens: list[Token]) -> list[Token]:
    """Takes the braces out that print nothing, so that they cannot change what is read.

    Only those around an argument stay: `x_{ij}`, `\\frac{a}{b}`. In `\\log{(u)}^{2}` or `{a + b}^2` a
    reader sees no brace, so the power belongs to what stands directly before it.

    Raises:
        TexError: Such a brace is never closed.
    """
    kept: list[Token] = []
    waiting = 0  # arguments that the command before still takes
    option: tuple[int, int] | None = None  # depth and arguments of a \sqrt whose [ ] is open
    open_: list[tuple[Token, bool, int]] = []  # each brace, whether it stays, what waits behind it
    for place, token in enumerate(tokens):
        stays = True
        if token.kind == "char" and token.text == "{":
            stays = waiting > 0
            open_.append((token, stays, max(waiting - 1, 0)))
            waiting = 0
        elif token.kind == "char" and token.text == "}" and open_:
            _, stays, waiting = open_.pop()
        elif token.text == "[" and place and tokens[place - 1].text == r"\sqrt":
            option, waiting = (len(open_), waiting), 0
        elif token.text == "]" and option is not None and option[0] == len(open_):
            waiting, option = option[1], None
        else:
            waiting = max(waiting - 1, 0) + _arguments(tokens, place)
        if stays:
            kept.append(token)
    for brace, stays, _ in open_:
        if not stays:
            raise TexError("this { is never closed", brace.start, brace.end, "Close it with }.")
    return kept


def _arguments(tokens: list[Token], place: int) -> int:
    """How many arguments stand behind a token."""
    token = tokens[place]
    if token.kind == "char":
        return int(token.text in ("^", "_"))
    if token.kind != "command":
        return 0
    if token.text == r"\begin":
        letters = "".join(t.text for t in tokens[place + 2 : place + 10])
        return 1 + (letters.partition("}")[0] in _WITH_COLUMNS)
    return ARGUMENTS.get(token.text[1:], 0)


def _check_commas(tokens: list[Token]) -> None:
    """A comma directly between digits is a list only where a list can stand.

    In brackets and in subscripts it is one: `(0,1)`, `w_{1,2}`; before or behind dots as well,
    `1,2,\\dots,n`. Anywhere else it may be a decimal comma or one between thousands.

    Raises:
        TexError: It can be read in two ways.
    """
    lists: list[bool] = []
    for place, token in enumerate(tokens):
        if token.text in _OPENING:
            lists.append(True)
        elif token.kind == "char" and token.text == "{":
            lists.append(place > 0 and tokens[place - 1].text == "_")
        elif (token.text in _CLOSING or token.text == "}") and lists:
            lists.pop()
        if not (token.text == "," and _between_digits(tokens, place)):
            continue
        after = tokens[place + 1].text
        counts = len(after) > 1 and after[0] == "0" and "." not in after  # 000 is no number
        if counts or not (lists and lists[-1]) and not _beside_dots(tokens, place):
            raise _two_commas(tokens, place)


def _two_commas(tokens: list[Token], place: int) -> TexError:
    """The finding for a comma that may be one of a list, of a decimal number or of thousands."""
    run = [tokens[place - 1]]
    while tokens[place].text == "," and _between_digits(tokens, place):
        run.append(tokens[place + 1])
        place += 2
    first, *others = [token.text for token in run]
    cures = []
    if len(others) == 1 and "." not in others[0]:
        cures.append(f"{first}.{others[0]} for a decimal number")
    if all(len(digits.partition(".")[0]) == 3 for digits in others):
        cures.append("{,}".join((first, *others)) + " for thousands")
    cures.append("a blank behind the comma of a list")
    return TexError(
        "a comma between digits can be read in two ways",
        run[0].start,
        run[-1].end,
        f"Write {', or '.join(cures)}.",
    )


def _between_digits(tokens: list[Token], place: int) -> bool:
    one, comma, other = tokens[max(place - 1, 0)], tokens[place], tokens[place + 1]
    return (
        one.kind == other.kind == "number"
        and one.end == comma.start
        and comma.end == other.start
        and "." not in one.text
    )


def _beside_dots(tokens: list[Token], place: int) -> bool:
    """Whether a list of numbers goes on with dots, or begins with them."""
    for step in (1, -1):
        at = place
        while 0 <= at < len(tokens) and (tokens[at].text == "," or tokens[at].kind == "number"):
            at += step
        if 0 <= at < len(tokens) and tokens[at].text[1:] in DOTS:
            return True
    return False


def _without_labels(
    tokens: list[Token],
) -> tuple[list[Token], list[Place], list[Place]]:
    """Takes `\\label{…}`, `\\eqref{…}` and `\\ref{…}` out; they say nothing mathematical."""
    result: list[Token] = []
    labels: list[Place] = []
    references: list[Place] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.text in (r"\label", r"\eqref", r"\ref") and token.kind == "command":
            name = tokens[position + 1]
            (labels if token.text == r"\label" else references).append((name.text, name.start))
            position += 2
        else:
            result.append(token)
            position += 1
    return result, labels, references


def _without_alignment(tokens: list[Token]) -> list[Token]:
    """Flattens `aligned` and its kind: a row that goes on with a relation or a sign continues."""
    result: list[Token] = []
    stack: list[tuple[str, Token]] = []
    ampersands = 0
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind == "command" and token.text in (r"\begin", r"\end"):
            name, after = _environment(tokens, position)
            if token.text == r"\begin":
                stack.append((name, token))
            elif not stack or stack[-1][0] != name:
                opened = f"\\begin{{{stack[-1][0]}}}" if stack else "nothing"
                raise TexError(
                    f"\\end{{{name}}} closes {opened}", token.start, tokens[after - 1].end
                )
            else:
                stack.pop()
            if name not in _ALIGNING:
                result.extend(tokens[position:after])
            else:
                ampersands = 0
                if name == "alignedat" and token.text == r"\begin":
                    after += 3
            position = after
            continue
        inner = stack[-1][0] if stack else ""
        if inner in _ALIGNING or not inner:
            if token.kind == "row":
                ampersands = 0
                if not _continues(tokens, position, result):
                    result.append(token)
                else:
                    while tokens[position + 1].text in ("&", r"\quad"):
                        position += 1
                        ampersands = 1
            elif token.kind == "char" and token.text == "&" and not inner:
                raise TexError(
                    "& stands in no environment",
                    token.start,
                    token.end,
                    "Write it in \\begin{aligned} … \\end{aligned}, or leave it out.",
                )
            elif token.kind == "char" and token.text == "&":
                ampersands += 1
                if ampersands % 2 == 0 and not _continues(tokens, position, result):
                    result.append(Token("row", "\\\\", token.start, token.end))
            else:
                result.append(token)
        else:
            result.append(token)
        position += 1
    if stack:
        name, opening = stack[-1]
        raise TexError(
            f"\\begin{{{name}}} is never closed",
            opening.start,
            opening.end,
            f"Close it with \\end{{{name}}}.",
        )
    return result


def _environment(tokens: list[Token], position: int) -> tuple[str, int]:
    """The name in `\\begin{name}` and the position behind it."""
    name, place = "", position + 1
    if tokens[place].text != "{":
        raise TexError("a { is missing here", tokens[place].start, tokens[place].end)
    place += 1
    while tokens[place].text != "}":
        if tokens[place].kind == "end":
            raise TexError("this { is never closed", tokens[position].start, tokens[position].end)
        name += tokens[place].text
        place += 1
    return name, place + 1


def _continues(tokens: list[Token], position: int, before: list[Token]) -> bool:
    """Whether what follows a row's end or an `&` goes on with what stands before it."""
    place = position + 1
    while tokens[place].text in ("&", r"\quad"):
        place += 1
    following, preceding = tokens[place], before[-1] if before else None
    if preceding is None:
        return True
    starts = following.text in _CONTINUES or following.text.lstrip("\\") in RELATIONS
    open_end = preceding.text in _CONTINUES or preceding.text.lstrip("\\") in RELATIONS
    return starts or open_end or preceding.text in ("(", "[", "{")


def joined(letters: Iterable[str]) -> str:
    """Letters side by side as one name; a blank stands where TeX needs it: `\\Delta w`."""
    text = ""
    for letter in letters:
        text += " " + letter if _CONTROL_WORD.search(text) and letter[0].isalpha() else letter
    return text


def _braced(tex: str, position: int) -> tuple[str, int]:
    """The text of the braces that follow, and where they end."""
    opening = _GROUP.match(tex, position)
    if opening is None:
        raise TexError(
            "a { is missing here", position, position + 1, "Write the argument in braces."
        )
    depth, place = 1, opening.end()
    while place < len(tex):
        if tex[place] == "\\":
            place += 1
        elif tex[place] in "{}":
            depth += 1 if tex[place] == "{" else -1
            if depth == 0:
                return tex[opening.end() : place], place + 1
        place += 1
    raise TexError("this { is never closed", opening.end() - 1, opening.end(), "Close it with }.")


def _unknown(word: str, start: int, end: int) -> TexError:
    near = difflib.get_close_matches(word, sorted(KNOWN), n=1, cutoff=0.75)
    cure = (
        f"Did you mean \\{near[0]}?"
        if near
        else (f"For a named function or symbol write \\mathrm{{{word}}}.")
    )
    return TexError(f"I do not know the control word \\{word}", start, end, cure)
