"""The grammar of an expression: each function is a production, its first line is its grammar.

    expression = [sign] term (sign term)*
    term       = product (("\\cdot" | "\\odot" | "\\times" | "/") product)*
    product    = factor+                                     juxtaposition
    factor     = number | symbol | call | brackets | …       chosen by its first token

A production reads tokens from the cursor and gives the node that they make. Which one reads a factor
stands beside each in `@begins_with`. The grammar refuses what can be read in two ways; it never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Sequence as SequenceOf
from dataclasses import replace
from typing import Literal

from nn3doc.equations.tex.binders import binders_of
from nn3doc.equations.tex.cursor import MAX_DEPTH, Cursor
from nn3doc.equations.tex.tokens import (
    ACCENTS,
    BIG,
    DOTS,
    FONTS,
    FUNCTIONS,
    GREEK,
    RELATIONS,
    SIZES,
    TRANSPARENT,
    TexError,
    Token,
    joined,
)
from nn3doc.equations.tex.tree import (
    At,
    Bars,
    BigOperator,
    Call,
    Cases,
    Colon,
    Derivative,
    Dots,
    Fraction,
    Group,
    Indicator,
    Inner,
    Mark,
    MarkKind,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    ProductKind,
    Relation,
    Root,
    Scripted,
    Sequence,
    Set,
    Shaped,
    Sum,
    Text,
    Tuple,
    inverse_letter,
    is_inverse,
    same,
    stepped,
    walk,
)

Production = Callable[[Cursor], Node]

_FACTORS: dict[str, Production] = {}  # the first token of a factor: what reads it


def begins_with(texts: Iterable[str]) -> Callable[[Production], Production]:
    """Registers what reads a factor that begins with one of these tokens."""

    def registered(production: Production) -> Production:
        _FACTORS.update(dict.fromkeys(texts, production))
        return production

    return registered


def _commands(words: Iterable[str]) -> list[str]:
    return ["\\" + word for word in words]


_OPERATIONS: dict[str, ProductKind] = {
    r"\cdot": "cdot",
    r"\odot": "odot",
    r"\circ": "odot",
    r"\times": "times",
    "/": "slash",
}
_OPEN = {"(": ")", "[": "]", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\lbrack": r"\rbrack"}
_BARS = {
    "|": "|",
    r"\lvert": r"\rvert",
    r"\vert": r"\vert",
    r"\Vert": r"\Vert",
    r"\lVert": r"\rVert",
}
_SIZE_MARKS = frozenset(_commands(SIZES))

# Sums, products and what they consist of.


def expression(cursor: Cursor) -> Node:
    """Expression = [sign] term (sign term)*."""
    return cursor.once(_expression)


def _expression(cursor: Cursor) -> Node:
    with cursor.nested(MAX_DEPTH):
        start = cursor.token.start
        signs, terms = [_sign(cursor) or 1], [term(cursor)]
        while (sign := _sign(cursor)) is not None:
            signs.append(sign)
            terms.append(term(cursor))
    if len(terms) == 1 and signs == [1]:
        return terms[0]
    return Sum(start, terms[-1].end, tuple(terms), tuple(signs))


def _sign(cursor: Cursor) -> int | None:
    """Sign = "+" | "-"."""
    if cursor.at("char", "+") or cursor.at("char", "-"):
        return 1 if cursor.advance().text == "+" else -1
    return None


def term(cursor: Cursor) -> Node:
    """Term = product (operation product)*; behind "/" only one factor, and nothing beside it."""
    left = product(cursor)
    while (kind := _OPERATIONS.get(cursor.token.text)) is not None:
        operator = cursor.advance()
        right = _divisor(cursor, operator) if kind == "slash" else product(cursor)
        if isinstance(left, Product) and left.operation == kind != "slash":
            left = Product(left.start, right.end, kind, (*left.factors, right))
        else:
            left = Product(left.start, right.end, kind, (left, right))
    return left


def _divisor(cursor: Cursor, slash: Token) -> Node:
    """Divisor = factor."""
    divisor = factor(cursor)
    if starts_factor(cursor):
        raise TexError(
            "what stands behind the slash can be read in two ways",
            slash.start,
            cursor.token.end,
            "Write \\frac{…}{…}, or put the denominator in brackets.",
        )
    if isinstance(divisor, Number) and divisor.text == "1":
        raise TexError(
            "a division by 1",
            slash.start,
            divisor.end,
            "If the denominator goes on, write \\frac{…}{1 + …}.",
        )
    return divisor


def product(cursor: Cursor) -> Node:
    """Product = factor+; an expression with its sizes behind it where they are `(n, m)`."""
    factors = [factor(cursor)]
    while starts_factor(cursor):
        token = cursor.token
        if token.kind == "number" and isinstance(factors[-1], Number):
            raise TexError(
                "two numbers side by side",
                factors[-1].start,
                token.end,
                "Write \\cdot between them.",
            )
        factors.append(factor(cursor))
    if len(factors) == 1:
        return factors[0]
    first, second = factors[:2]
    if (
        len(factors) == 2
        and isinstance(second, Tuple)
        and second.brackets == "()"  # no interval
        and len(second.items) == 2
        and not isinstance(first, Tuple | Derivative)
        and not any(isinstance(node, Tuple) for node in walk(first))
    ):
        return Shaped(first.start, second.end, first, second)
    return Product(first.start, factors[-1].end, "juxtaposition", tuple(factors))


def starts_factor(cursor: Cursor) -> bool:
    """Whether the next token begins a factor."""
    token = cursor.token
    if token.kind in ("letter", "number"):
        return True
    if token.kind not in ("char", "command") or token.text in cursor.closing_bars[-1:]:
        return False
    if token.text in _SIZE_MARKS:
        return token.text[-1] != "r" and _opens(cursor, cursor.peek())
    if token.text in (r"\overset", r"\underset"):
        return not _over_relation(cursor)
    return token.text in _FACTORS and token.text != r"\lbrack"  # that one only as the first factor


def _opens(cursor: Cursor, token: Token) -> bool:
    """Whether a bracket opens: a bar does, unless it closes one or says at which place."""
    if token.text in _BARS:
        return cursor.peek(2).text != "_" and token.text not in cursor.closing_bars[-1:]
    return token.text in _OPEN


def factor(cursor: Cursor) -> Node:
    """Factor = number | symbol | call | brackets | …: what its first token begins."""
    with cursor.nested(2 * MAX_DEPTH):
        token = cursor.token
        if token.kind == "number":
            return _number(cursor)
        if token.kind == "letter":
            return _symbol(cursor)
        if token.kind == "text":
            raise cursor.unexpected("words cannot stand inside an expression")
        production = _FACTORS.get(token.text)
        if production is not None:
            return production(cursor)
        if token.text == r"\cdot" and cursor.peek().text in (")", "]", *_BARS.values()):
            return _dots(cursor)  # an argument that is left open: f(\cdot), \|\cdot\|
        raise cursor.unexpected("" if token.kind != "end" else "something is missing at the end")


def _number(cursor: Cursor) -> Node:
    """Number = numeral scripts."""
    token = cursor.advance()
    return scripts(cursor, Number(token.start, token.end, token.text))


@begins_with(_commands(DOTS))
def _dots(cursor: Cursor) -> Node:
    """Dots = "\\dots" | "\\cdots" | …."""
    token = cursor.advance()
    return Dots(token.start, token.end, token.text)


@begins_with([r"\infty"])
def _infinity(cursor: Cursor) -> Node:
    """`\\infty` begins a factor, so that it is named as what cannot be checked."""
    token = cursor.token
    raise TexError("\\infty has no value that can be checked", token.start, token.end)


@begins_with([r"\color", *_commands(TRANSPARENT)])
def _transparent(cursor: Cursor) -> Node:
    """Transparent = "\\textcolor" skipped argument: a coloured function still takes its argument."""
    command = cursor.advance()
    for _ in range(TRANSPARENT.get(command.text[1:], 1)):
        cursor.skip_group()
    inner = argument(cursor)
    if isinstance(inner, Name | Scripted) and _is_function(cursor, inner) and _at_bracket(cursor):
        return _call(cursor, inner)
    if isinstance(inner, Name | Scripted | Group) and cursor.token.text in ("^", "_"):
        return scripts(cursor, inner)
    if isinstance(inner, Sum) or cursor.token.text in ("^", "_"):
        return scripts(cursor, Group(command.start, cursor.end, inner))
    return inner


# Symbols and functions.

_SAME_ACCENT = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
_SAME_FONT = {
    "boldsymbol": "mathbf",
    "bm": "mathbf",
    "operatorname": "mathrm",
    "textbf": "mathbf",
    "textrm": "mathrm",
    "textit": "mathit",
}


@begins_with(_commands(GREEK | ACCENTS | FONTS))
def _symbol(cursor: Cursor) -> Node:
    """Symbol = name scripts | call; the name is the longest that the lexicon knows, or one letter."""
    found = letters(cursor)
    for count in range(min(len(found), 6), 0, -1):
        spelled = joined(letter.text for letter, _ in found[:count])
        if count == 1 or spelled in cursor.names:
            break
    last, behind = found[count - 1]
    cursor.move_to(behind)
    name = Name(found[0][0].start, last.end, spelled)
    if spelled in (r"\mathbb{1}", r"\mathbf{1}", r"\mathrm{1}") and _at_bracket(cursor):
        return scripts(cursor, _indicator(cursor, name))
    known = spelled[8:-1] if spelled.startswith(r"\mathrm{") else ""
    if known in FUNCTIONS and spelled not in cursor.functions and spelled not in cursor.names:
        return _applied(cursor, Token("command", "\\" + known, name.start, name.end))
    scripted = scripts(cursor, name)
    if is_inverse(scripted) and inverse_letter(spelled) in cursor.functions:
        scripted = Name(scripted.start, scripted.end, inverse_letter(spelled))
    if _at_bracket(cursor) and (_is_function(cursor, scripted) or len(known) > 1):
        return _call(cursor, scripted)
    return _evaluated_behind(cursor, scripted)


def letters(cursor: Cursor) -> list[tuple[Token, int]]:
    """Letters = letter*: accents and fonts applied, each with the position behind it."""
    found: list[tuple[Token, int]] = []
    while (letter := _letter(cursor)) is not None:
        found.append((letter, cursor.position))
    return found


def _letter(cursor: Cursor) -> Token | None:
    """Letter = letter | greek | accent decorated | font decorated."""
    token = cursor.token
    if token.kind == "letter":
        return cursor.advance()
    if token.kind != "command":
        return None
    word = token.text[1:]
    if word in GREEK:
        return cursor.advance()
    if word not in ACCENTS and word not in FONTS:
        return None
    cursor.advance()
    inner = _decorated(cursor, token)
    if word in ACCENTS:
        text = f"\\{_SAME_ACCENT.get(word, word)}{{{inner}}}"
    else:
        font = _SAME_FONT.get(word, word)
        text = inner if font == "mathit" else f"\\{font}{{{inner}}}"
    return replace(token, kind="letter", text=text, end=cursor.end)


def _decorated(cursor: Cursor, command: Token) -> str:
    """Decorated = letter | "{" letter* "}": below an accent or in a font, `{\\mathbf{y}}`, `{tanh}`."""
    braces = cursor.at("char", "{")
    if braces:
        cursor.advance()
    text = ""
    while not cursor.at("char", "}"):
        token = cursor.token
        if token.text in ("^", "_"):
            raise TexError(
                f"{command.text} goes around the letter only",
                command.start,
                token.end,
                f"Close its brace before the {token.text}.",
            )
        if token.kind == "number" or token.text in ("-", "*"):
            text += cursor.advance().text
        else:
            letter = _letter(cursor)
            if letter is None:
                raise cursor.unexpected(f"a letter is expected behind {command.text}")
            text += letter.text
        if not braces:
            return text
    cursor.advance()
    return text


def _is_function(cursor: Cursor, node: Node) -> bool:
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Name) and base.letter in cursor.functions


def _at_bracket(cursor: Cursor) -> bool:
    """Whether the bracket of a call stands next."""
    token = cursor.token
    if token.text == r"\left" or token.text in _SIZE_MARKS:
        token = cursor.peek()
    return token.text in ("(", "[", r"\{")


def _call(cursor: Cursor, function: Node) -> Node:
    """Call = function enclosed scripts."""
    _skip_size(cursor, r"\left")
    _, arguments, _ = _enclosed(cursor)
    call = Call(function.start, cursor.end, function, tuple(arguments))
    return _evaluated_behind(cursor, scripts(cursor, call))


@begins_with(_commands(FUNCTIONS - ACCENTS))
def _function(cursor: Cursor) -> Node:
    """Function = "\\log" applied."""
    return _applied(cursor, cursor.advance())


def _applied(cursor: Cursor, token: Token) -> Node:
    """Applied = scripts (brackets | factor): nothing may stand beside a bare factor."""
    name = Name(token.start, token.end, token.text)
    if token.text in (r"\max", r"\min", r"\argmax", r"\argmin") and cursor.at("char", "_"):
        return _over_indices(cursor, token)
    before = cursor.tokens[max(cursor.position - 2, 0)]
    function = scripts(cursor, name)
    if cursor.token.text == r"\circ" or (before.text == r"\circ" and not starts_factor(cursor)):
        return function
    if _at_bracket(cursor):
        return _call(cursor, function)
    if not starts_factor(cursor):
        raise cursor.unexpected(f"{token.text} needs what it is applied to")
    applied_to = factor(cursor)
    if starts_factor(cursor) and cursor.token.text[1:] not in FUNCTIONS:
        raise TexError(
            f"how far {token.text} reaches can be read in two ways",
            token.start,
            cursor.token.end,
            f"Write {token.text}(…).",
        )
    return Call(name.start, applied_to.end, function, (applied_to,))


def _indicator(cursor: Cursor, name: Name) -> Node:
    """Indicator = "\\mathbb{1}" "(" condition ")"."""
    _skip_size(cursor, r"\left")
    opening = cursor.advance()
    inner = condition(cursor)
    _close(cursor, opening)
    return Indicator(name.start, cursor.end, inner)


# Subscripts and superscripts.

_TRANSPOSES = frozenset(["T", r"\top", r"\intercal"])
_SIGNS = frozenset(["+", "*", ">", "<", "ge", "geq", "le", "leq", "gt", "lt"])
_SIMPLE_MARKS: dict[str, MarkKind] = {
    r"\prime": "prime",
    "'": "prime",
    "*": "star",
    r"\star": "star",
    r"\ast": "star",
}
_BRACKET_MARKS: dict[str, tuple[str, MarkKind]] = {
    "[": ("]", "bracket"),
    "(": (")", "paren"),
    r"\langle": (r"\rangle", "angle"),
}


def scripts(cursor: Cursor, base: Node) -> Node:
    """Scripts = ("_" subscript | "'"* ["^" superscript])*, each at most once."""
    sub: tuple[Node, ...] | None = None
    marks: tuple[Mark, ...] | None = None
    while cursor.token.kind == "char" and cursor.token.text in ("_", "^", "'"):
        token = cursor.token
        if token.text == "_":
            if sub is not None:
                raise TexError("a second _", token.start, token.end, "Write _{a,b}.")
            cursor.advance()
            sub = _subscript(cursor)
        elif marks is None:
            marks = _primes(cursor) if token.text == "'" else _superscript(cursor, base)
        elif token.text == "^" and all(mark.kind == "prime" for mark in marks):
            marks = (*marks, *_superscript(cursor, base))  # f'^2: the square of the derivative
        else:
            raise TexError(
                "a second ^",
                token.start,
                token.end,
                "Put both into one: ^{[1]T}; or brackets around what stands before it.",
            )
    if sub is None and marks is None:
        return base
    return Scripted(base.start, cursor.end, base, sub or (), marks or ())


def _primes(cursor: Cursor) -> tuple[Mark, ...]:
    """Primes = "'"+."""
    marks = []
    while cursor.at("char", "'"):
        token = cursor.advance()
        marks.append(Mark(token.start, token.end, "prime"))
    return tuple(marks)


def _subscript(cursor: Cursor) -> tuple[Node, ...]:
    """Subscript = one token | "{" signs "}" | "{" item ("," item)* "}"."""
    if not cursor.at("char", "{"):
        if cursor.token.text in ("+", "-", "*"):  # a part of the name: ℝ_+
            sign = cursor.advance()
            return (Text(sign.start, sign.end, sign.text),)
        if cursor.token.text == r"\infty":  # the largest entry: \|x\|_\infty
            sign = cursor.advance()
            return (Name(sign.start, sign.end, sign.text),)
        return (_one_token(cursor),)
    cursor.advance()
    if cursor.token.text.lstrip("\\") in _SIGNS:  # ℝ_{>0}, ℝ_{++}
        first = cursor.token
        while not cursor.at("char", "}") and not cursor.at("end"):
            cursor.advance()
        last = cursor.expect("}")
        return (Text(first.start, last.start, cursor.tex[first.start : last.start]),)
    items = [_item(cursor)]
    while cursor.at("char", ","):
        cursor.advance()
        items.append(_item(cursor))
    if not cursor.at("char", "}"):
        raise cursor.unexpected()
    cursor.advance()
    return tuple(items)


def _item(cursor: Cursor) -> Node:
    """Item = ":" | text | expression."""
    token = cursor.token
    if token.kind == "text":
        cursor.advance()
        return Text(token.start, token.end, token.text)
    if cursor.at("char", ":"):
        cursor.advance()
        return Colon(token.start, token.end)
    return expression(cursor)


def _superscript(cursor: Cursor, base: Node) -> tuple[Mark, ...]:
    """Superscript = "^" (mark | one token | "{" (mark | transpose | expression)+ "}")."""
    caret = cursor.advance()
    if not cursor.at("char", "{"):
        token = cursor.token
        if token.text in _TRANSPOSES:
            cursor.advance()
            return (Mark(token.start, token.end, "transpose"),)
        if simple := _simple_mark(cursor):
            return (simple,)
        value = _one_token(cursor)
        return (Mark(value.start, value.end, "power", value),)
    cursor.advance()
    whole = _takes_whole_power(base)
    marks: list[Mark] = []
    while not cursor.at("char", "}"):
        token = cursor.token
        if cursor.at("end"):
            raise TexError("this ^{ is never closed", caret.start, caret.end + 1)
        if not whole and token.text in _BRACKET_MARKS:
            marks.append(_bracket_mark(cursor))
        elif _at_transpose(cursor):
            marks.append(_transpose(cursor))
        elif token.text == "-" and cursor.peek().text in _TRANSPOSES and cursor.peek(2).text == "}":
            marks.extend(_inverse_transpose(cursor))
        elif simple := _simple_mark(cursor):
            marks.append(simple)
        else:
            value = expression(cursor)
            marks.append(Mark(value.start, value.end, "power", value))
            if not cursor.at("char", "}") and not _at_transpose(cursor):
                raise cursor.unexpected()
    cursor.advance()
    if not marks:
        raise TexError("an empty exponent", caret.start, caret.end)
    return tuple(marks)


def _takes_whole_power(base: Node) -> bool:
    """Where a power is one expression even if it starts with a bracket: ℝ^{(…)}, e^{(…)}, sets."""
    if isinstance(base, Set | Tuple | Number):
        return True
    return isinstance(base, Name) and (base.letter == "e" or base.letter.startswith(r"\mathbb{"))


def _at_transpose(cursor: Cursor) -> bool:
    """`T` is a transpose only where it ends the superscript: `^{T-1}` is a power."""
    if cursor.token.text in (r"\top", r"\intercal"):
        return True
    if cursor.token.text == "T":
        return cursor.peek().text == "}"
    return cursor.token.text in (r"\mathsf", r"\mathrm") and [
        cursor.peek(ahead).text for ahead in (1, 2, 3)
    ] == ["{", "T", "}"]


def _transpose(cursor: Cursor) -> Mark:
    """Transpose = "T" | "\\top" | "\\intercal" | "\\mathsf{T}" | "\\mathrm{T}"."""
    first = cursor.advance()
    if first.text in (r"\mathsf", r"\mathrm"):
        cursor.skip_group()
    return Mark(first.start, cursor.end, "transpose")


def _inverse_transpose(cursor: Cursor) -> tuple[Mark, Mark]:
    """Inverse transpose = "-" "T": the power -1 and a transpose."""
    minus, letter = cursor.advance(), cursor.advance()
    one = Number(minus.start, minus.end, "1")
    inverse = Sum(minus.start, minus.end, (one,), (-1,))
    return (
        Mark(minus.start, minus.end, "power", inverse),
        Mark(letter.start, letter.end, "transpose"),
    )


def _simple_mark(cursor: Cursor) -> Mark | None:
    """Mark = "\\prime" | "'" | "*" | "\\star" | "\\ast"."""
    kind = _SIMPLE_MARKS.get(cursor.token.text)
    if kind is None:
        return None
    token = cursor.advance()
    return Mark(token.start, token.end, kind)


def _bracket_mark(cursor: Cursor) -> Mark:
    """Mark = "[" expression "]" | "(" expression ")" | "\\langle" expression "\\rangle"."""
    opening = cursor.advance()
    closing, kind = _BRACKET_MARKS[opening.text]
    value = expression(cursor)
    cursor.expect(closing)
    return Mark(opening.start, cursor.end, kind, value)


def argument(cursor: Cursor, split: bool = False) -> Node:
    """Argument = "{" expression "}" | one token; `\\frac12` splits the 12 as TeX does."""
    if not cursor.at("char", "{"):
        if split and cursor.token.kind == "number" and cursor.token.text.isdigit():
            cursor.split_number()
        return _one_token(cursor)
    cursor.advance()
    if cursor.at("char", "}"):
        raise cursor.unexpected("the braces are empty")
    inner = expression(cursor)
    cursor.expect("}", "} (what stands before it is read)")
    return inner


def _one_token(cursor: Cursor) -> Node:
    """One token = digit | letter | command with its arguments."""
    token = cursor.token
    if token.kind == "number" and len(token.text) > 1:
        raise TexError(
            f"TeX takes only the {token.text[0]} of {token.text} here",
            token.start,
            token.end,
            f"Write {{{token.text}}}.",
        )
    if token.kind in ("number", "letter") or token.text[1:] in GREEK:
        cursor.advance()
        if token.kind == "number":
            return Number(token.start, token.end, token.text)
        return Name(token.start, token.end, token.text)
    if token.kind == "command":
        return factor(cursor)
    raise cursor.unexpected("an argument in braces is expected here")


# Brackets and bars.


@begins_with([r"\left", *_SIZE_MARKS, *_OPEN])
def _brackets(cursor: Cursor) -> Node:
    """Brackets = [size] enclosed scripts | "\\left." at | [size] bars; `(f \\circ g)` takes arguments."""
    start = cursor.token.start
    if _skip_size(cursor, r"\left"):
        if cursor.at("char", "."):
            return _evaluated_behind(cursor, _evaluated(cursor, start))
        if cursor.token.text in _BARS:
            return _evaluated_behind(cursor, _between_bars(cursor, start))
    opening, items, closing = _enclosed(cursor)
    end = cursor.end
    single = items[0] if len(items) == 1 and not isinstance(items[0], Sequence) else None
    result: Node
    if opening.text in (r"\{", r"\lbrace") and (
        single is None or isinstance(single, Number | Tuple)
    ):
        result = Set(start, end, tuple(items))
    elif single is not None:
        result = Group(start, end, single)
    else:
        result = Tuple(start, end, tuple(items), opening.text[-1] + closing.text[-1])
    result = scripts(cursor, result)
    if _is_composition(cursor, result) and _at_bracket(cursor):
        return _call(cursor, result)
    return _evaluated_behind(cursor, result)


def _skip_size(cursor: Cursor, side: str) -> bool:
    """Size = side | "\\big" | …, the side being `\\left` or `\\right`; whether one stands here."""
    sized = cursor.token.text == side or cursor.token.text in _SIZE_MARKS
    if sized:
        cursor.advance()
    return sized


def _enclosed(cursor: Cursor) -> tuple[Token, list[Node], Token]:
    """Enclosed = open expression (("," | ";" | "\\mid") expression)* close."""
    opening = cursor.advance()
    if opening.text not in _OPEN:
        raise TexError("a bracket is expected here", opening.start, opening.end)
    divided = _is_divided(cursor)
    with cursor.closed_by(*([r"\Vert"] if divided else [])):
        items = _items(cursor, opening, divided)
    return opening, items, _close(cursor, opening, interval=len(items) == 2)


def _items(cursor: Cursor, opening: Token, divided: bool) -> list[Node]:
    """Items = expression (("," | ";" | "\\mid" | one "\\|") expression)*."""
    items: list[Node] = []
    while True:
        while cursor.at("command", r"\quad") or cursor.at("row"):
            cursor.advance()
        if cursor.token.kind == "end":
            raise _never_closed(opening, _OPEN[opening.text])
        items.append(expression(cursor))
        text = cursor.token.text
        if text not in (",", ";", r"\mid") and not (divided and text == r"\Vert"):
            break
        cursor.advance()
    if len(items) > 2 and isinstance(items[-2], Dots):
        return [_without_dots((*items[:-2], items[-1]))]
    return items


def _is_divided(cursor: Cursor) -> bool:
    """Whether a lone `\\|` divides the arguments here: `KL(p \\| q)`."""
    depth, bars, place = 0, 0, cursor.position
    while depth >= 0 and cursor.tokens[place].kind != "end":
        text = cursor.tokens[place].text
        if text in ("(", "[", "{", r"\{"):
            depth += 1
        elif text in (")", "]", "}", r"\}"):
            depth -= 1
        elif text == r"\Vert" and depth == 0:
            bars += 1
        place += 1
    return bars == 1


def _close(cursor: Cursor, opening: Token, interval: bool = False) -> Token:
    """Close = [size] bracket: the one that fits; any in an interval, `[0, 1)`."""
    _skip_size(cursor, r"\right")
    closing, token = _OPEN[opening.text], cursor.token
    if token.text == closing or (interval and token.text in (")", "]")):
        return cursor.advance()
    if token.kind == "end":
        raise _never_closed(opening, closing)
    if token.text in (")", "]", r"\}", "}"):
        raise TexError(
            f"this {token.text} closes a {opening.text}",
            token.start,
            token.end,
            f"Write {closing}.",
        )
    raise cursor.unexpected()


def _never_closed(opening: Token, closing: str) -> TexError:
    text = opening.text
    if text == r"\Vert" and opening.end - opening.start == 2:  # the tokens know \| as \Vert
        text = closing = r"\|"
    return TexError(
        f"this {text} is never closed", opening.start, opening.end, f"Close it with {closing}."
    )


def _is_composition(cursor: Cursor, node: Node) -> bool:
    """Whether something is `(f \\circ g)`, the functions one after the other."""
    group = node.base if isinstance(node, Scripted) else node
    if not isinstance(group, Group) or not isinstance(group.inner, Product):
        return False
    bases = [f.base if isinstance(f, Scripted) else f for f in group.inner.factors]
    return group.inner.operation == "odot" and all(
        isinstance(base, Name) and (base.letter in cursor.functions or base.letter[1:] in FUNCTIONS)
        for base in bases
    )


@begins_with(_BARS)
def _bars(cursor: Cursor) -> Node:
    """Bars = "|" expression "|" | "\\|" expression "\\|", with scripts."""
    return _between_bars(cursor, cursor.token.start)


def _between_bars(cursor: Cursor, start: int) -> Node:
    opening = cursor.advance()
    double = opening.text in (r"\Vert", r"\lVert")
    count = 1
    if opening.text == "|" and cursor.at("char", "|"):
        cursor.advance()
        double, count = True, 2
    closing = _BARS[opening.text]
    with cursor.closed_by(*cursor.closing_bars, closing):
        inner = expression(cursor)
    _skip_size(cursor, r"\right")
    for _ in range(count):
        if cursor.token.text != closing:
            raise _never_closed(opening, closing)
        cursor.advance()
    return scripts(cursor, Bars(start, cursor.end, inner, double))


@begins_with([r"\langle"])
def _inner(cursor: Cursor) -> Node:
    """Inner = "\\langle" expression "," expression "\\rangle" scripts."""
    opening = cursor.advance()
    left = expression(cursor)
    cursor.expect(",")
    right = expression(cursor)
    cursor.expect(r"\rangle")
    return scripts(cursor, Inner(opening.start, cursor.end, left, right))


def _evaluated(cursor: Cursor, start: int) -> Node:
    """At = "\\left." expression "\\right|" places."""
    cursor.advance()
    inner = expression(cursor)
    cursor.expect(r"\right")
    if cursor.token.text not in _BARS:
        raise cursor.unexpected("| is expected here")
    cursor.advance()
    return _places(cursor, inner, start)


def _evaluated_behind(cursor: Cursor, inner: Node) -> Node:
    """At = factor ["\\big|" places]: `F \\big|_{x = 0}`."""
    if (
        cursor.token.text in _SIZE_MARKS
        and cursor.peek().text == "|"
        and cursor.peek(2).text == "_"
    ):
        cursor.advance()
        cursor.advance()
        return _places(cursor, inner, inner.start)
    return inner


def _places(cursor: Cursor, inner: Node, start: int) -> Node:
    """Places = "_" "{" condition ("," condition)* "}"."""
    cursor.expect("_", "_{x = …} (at which place)")
    cursor.expect("{")
    places = [condition(cursor)]
    while cursor.at("char", ","):
        cursor.advance()
        places.append(condition(cursor))
    cursor.expect("}")
    return At(start, cursor.end, inner, tuple(places))


# Labels: words or sizes above and below.

_SPELLED = frozenset([r"\mathrm", r"\operatorname", r"\mathsf", r"\mathit"])  # words, by letters
_IN_WORDS = frozenset(["!", "*", r"\star", "(", ")", ",", ".", ":", "-"])  # remarks
_TURNING = re.compile(
    r"\b(not|unless|except|neither|nor|cannot|never|iff|only if|false|wrong|without)\b|n't\b|n’t\b"
)


@begins_with([r"\underbrace", r"\overbrace"])
def _brace(cursor: Cursor) -> Node:
    """Brace = "\\underbrace" argument ["_" label]; its label stands on the side of the brace."""
    command = cursor.advance()
    inner = argument(cursor)
    if cursor.token.text == ("_" if command.text == r"\underbrace" else "^"):
        cursor.advance()
        return _labelled(cursor, inner, command.start)
    return Group(command.start, cursor.end, inner) if isinstance(inner, Sum) else inner


@begins_with([r"\underset", r"\overset"])
def _underset(cursor: Cursor) -> Node:
    """Underset = "\\underset" label argument."""
    start = cursor.advance().start
    label = cursor.position
    cursor.skip_group()
    inner = argument(cursor)
    with cursor.elsewhere(label):
        result = _labelled(cursor, inner, start)
    return replace(result, end=cursor.end)


def _labelled(cursor: Cursor, inner: Node, start: int) -> Node:
    """Label = words | sizes."""
    if cursor.attempt(_words) is not None:
        return Group(start, cursor.end, inner) if isinstance(inner, Sum) else inner
    first = cursor.token
    label = cursor.attempt(argument)
    if label is None:
        cursor.skip_group()
    if isinstance(label, Product) and label.operation == "times":
        label = Tuple(label.start, label.end, label.factors, "()")
    if not isinstance(label, Tuple):
        raise TexError(
            "what stands here is neither words nor sizes",
            first.start,
            cursor.end,
            "Write words as \\text{…}, sizes as (n, m), and an equation on its own.",
        )
    return Shaped(start, cursor.end, inner, label)


def _words(cursor: Cursor) -> str | None:
    """Steps over one argument; its text where it is words only: `\\text{old}`, `(3)`, `!`."""
    first = cursor.position
    cursor.skip_group()
    inside = [token for token in cursor.tokens[first : cursor.position] if token.text not in "{}"]
    spelled = any(token.text in _SPELLED for token in inside)
    words = ""
    for place, token in enumerate(inside):
        bracketed = token.kind == "number" and {"(", ")"} == {
            inside[place - 1].text,
            inside[(place + 1) % len(inside)].text,
        }
        if token.kind == "text" or (spelled and token.kind == "letter") or bracketed:
            words += token.text
        elif token.text not in _SPELLED and token.text not in _IN_WORDS:
            return None
    return words


def plain_words(token: Token) -> str:
    """The words of a text, lower case: they may say when a statement holds, not turn it around.

    Raises:
        TexError: They do.
    """
    words = token.text.strip(" ~,.;:()").lower()
    if _TURNING.search(words):
        raise TexError(
            "these words change what the formula says",
            token.start,
            token.end,
            "Say it outside of the formula, or by a sign such as \\ne.",
        )
    return words


# Fractions, roots and derivatives.


@begins_with([r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"])
def _fraction(cursor: Cursor) -> Node:
    """Fraction = "\\frac" argument argument scripts; a derivative where both begin with d or ∂."""
    start = cursor.token.start
    if (style := _differential(cursor)) is not None:
        return _derivative(cursor, style)
    cursor.advance()
    numerator = argument(cursor, split=True)
    denominator = argument(cursor, split=True)
    return scripts(cursor, Fraction(start, cursor.end, numerator, denominator))


@begins_with([r"\sqrt"])
def _root(cursor: Cursor) -> Node:
    """Root = "\\sqrt" ["[" expression "]"] argument scripts."""
    start = cursor.advance().start
    degree = None
    if cursor.at("char", "["):
        cursor.advance()
        degree = expression(cursor)
        cursor.expect("]")
    inner = argument(cursor, split=True)
    return scripts(cursor, Root(start, cursor.end, inner, degree))


Style = Literal["partial", "total"]


def _differential(cursor: Cursor) -> Style | None:
    """Whether the fraction here is a derivative, and of which kind."""
    if cursor.peek().text != "{":
        return None
    place = cursor.position + 1
    above = _differential_at(cursor, place + 1, above=True)
    depth = 0
    while True:
        token = cursor.tokens[place]
        if token.kind == "end":
            return None
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        place += 1
        if depth == 0:
            break
    if cursor.tokens[place].text != "{":
        return None
    below = _differential_at(cursor, place + 1, above=False)
    return above if above is not None and above == below else None


def _differential_at(cursor: Cursor, place: int, above: bool) -> Style | None:
    last = len(cursor.tokens) - 1  # the end of the formula, which a brace may be missing before
    token, following = cursor.tokens[min(place, last)], cursor.tokens[min(place + 1, last)]
    if token.text == r"\partial":
        return "partial"
    if token.text == r"\mathrm" and [t.text for t in cursor.tokens[place + 1 : place + 4]] == [
        "{",
        "d",
        "}",
    ]:
        return "total"
    if token.text == "d" and (
        following.kind == "letter"
        or following.text[1:] in GREEK | FONTS | ACCENTS
        or (above and following.text in ("}", "^", "(", "["))
        or (above and following.text[1:] in FUNCTIONS)
        or following.text == r"\textcolor"
    ):
        return "total"
    return None


def _skip_differential(cursor: Cursor) -> None:
    """Differential = "d" | "\\mathrm{d}" | "\\partial"."""
    if cursor.advance().text == r"\mathrm":
        cursor.skip_group()


def _order(cursor: Cursor) -> int:
    """Order = differential ["^" argument]."""
    _skip_differential(cursor)
    if not cursor.at("char", "^"):
        return 1
    cursor.advance()
    order = argument(cursor)
    if not isinstance(order, Number) or not order.text.isdigit():
        raise TexError("the order of a derivative is a number", order.start, order.end)
    return int(order.text)


def _variables(cursor: Cursor) -> list[Node]:
    """Variables = differential factor: the order stands at the variable, `\\partial x^2` is x twice."""
    _skip_differential(cursor)
    if cursor.at("char", "^"):
        cursor.advance()
        order = argument(cursor)
        raise TexError(
            "below, the order of a derivative stands at the variable",
            order.start,
            order.end,
            "Write \\partial x^2.",
        )
    times, variable = _split_order(factor(cursor))
    return [variable] * times


def _split_order(variable: Node) -> tuple[int, Node]:
    """`x^2` below a derivative is x twice."""
    if isinstance(variable, Scripted) and variable.marks and variable.marks[-1].kind == "power":
        power = variable.marks[-1].value
        if isinstance(power, Number) and power.text.isdigit() and power.text != "0":
            rest = variable.marks[:-1]
            if not rest and not variable.sub:
                return int(power.text), variable.base
            return int(power.text), replace(variable, marks=rest, end=variable.end)
    return 1, variable


def _check_orders(order: int, by: list[Node], start: int, end: int) -> None:
    if len(by) != order:
        raise TexError(f"the order is {order} above and {len(by)} below", start, end)


def _derivative(cursor: Cursor, style: Style) -> Node:
    """Derivative = "\\frac{∂^n F}{∂G …}" | "\\frac{∂}{∂G}" term."""
    start = cursor.advance().start
    cursor.expect("{")
    order = _order(cursor)
    of = None if cursor.at("char", "}") else expression(cursor)
    cursor.expect("}")
    cursor.expect("{")
    by: list[Node] = []
    below = cursor.token.start
    while not cursor.at("char", "}"):
        if cursor.token.text not in ((r"\partial",) if style == "partial" else ("d", r"\mathrm")):
            raise cursor.unexpected(f"{'∂' if style == 'partial' else 'd'} is expected here")
        by.extend(_variables(cursor))
    cursor.advance()
    _check_orders(order, by, below, cursor.end)
    if of is None:
        if not starts_factor(cursor):
            raise cursor.unexpected("what is differentiated is missing")
        of = term(cursor)
    result = Derivative(start, cursor.end, style, of, tuple(by))
    return _evaluated_behind(
        cursor, scripts(cursor, result) if cursor.token.text in ("^", "_") else result
    )


@begins_with([r"\partial"])
def _inline_partial(cursor: Cursor) -> Node:
    """Partial = "\\partial" factor "/" "\\partial" factor | "\\partial_x" factor."""
    start = cursor.token.start
    if cursor.peek().text == "_":
        cursor.advance()
        cursor.advance()
        variables = _subscript(cursor)
        of = factor(cursor)
        return Derivative(start, of.end, "partial", of, variables)
    order = _order(cursor)
    of = factor(cursor)
    if not cursor.at("char", "/"):
        raise cursor.unexpected("/ \\partial is expected here")
    cursor.advance()
    by: list[Node] = []
    while cursor.at("command", r"\partial"):
        by.extend(_variables(cursor))
    _check_orders(order, by, start, cursor.end)
    return Derivative(start, cursor.end, "partial", of, tuple(by))


@begins_with([r"\nabla"])
def _nabla(cursor: Cursor) -> Node:
    """Nabla = "\\nabla" ["_" variable] ["^2"] factor, the scripts in either order."""
    start = cursor.advance().start
    by: tuple[Node, ...] = ()
    times = 1
    written = ""
    while cursor.token.text in ("_", "^"):
        script = cursor.advance()
        if script.text in written:
            raise TexError(f"a second {script.text}", script.start, script.end)
        written += script.text
        if script.text == "_":
            if cursor.at("char", "{"):
                by = (argument(cursor),)
            else:  # \nabla_w^2: the 2 belongs to the \nabla
                symbol = factor(cursor)
                power, variable = _split_order(symbol)
                if power > 2:
                    raise TexError("only \\nabla^2 can be read", symbol.start, symbol.end)
                times, by = max(times, power), (variable,)
        else:
            exponent = argument(cursor)
            if not isinstance(exponent, Number) or exponent.text != "2":
                raise TexError("only \\nabla^2 can be read", exponent.start, exponent.end)
            times = 2
    of = factor(cursor)
    if not by and times == 2:
        of = Derivative(start, of.end, "nabla", of, ())
    return Derivative(start, of.end, "nabla", of, by * times)


# Big operators.


@begins_with(_commands(BIG))
def _big_operator(cursor: Cursor) -> Node:
    """Big = "\\sum" over indices."""
    return _over_indices(cursor, cursor.advance())


def _over_indices(cursor: Cursor, command: Token) -> Node:
    """Over indices = "_" below ["^" argument] term: it reaches to the first + or -."""
    operator = command.text[1:]
    below: list[Node] | None = None
    above: Node | None = None
    while cursor.token.text in ("_", "^"):
        script = cursor.advance()
        if (below if script.text == "_" else above) is not None:
            raise TexError(
                f"a second {script.text}",
                script.start,
                script.end,
                f"Write \\{operator} once for each index.",
            )
        if script.text == "_":
            below = _below(cursor)
        else:
            above = argument(cursor)
    if below is None:
        raise TexError(
            f"\\{operator} does not say over which index it runs",
            command.start,
            cursor.end,
            f"Write \\{operator}_{{i=1}}^{{n}}.",
        )
    binders = binders_of(operator, below, above)
    if not starts_factor(cursor):
        raise cursor.unexpected(f"what \\{operator} runs over is missing")
    body = term(cursor)
    return BigOperator(command.start, body.end, operator, binders, body)


def _below(cursor: Cursor) -> list[Node]:
    """Below = one token | "{" conditions "}" | "{\\substack{" conditions "}}"."""
    if not cursor.at("char", "{"):
        return [_one_token(cursor)]
    cursor.advance()
    stacked = cursor.at("command", r"\substack")
    if stacked:
        cursor.advance()
        cursor.expect("{")
    items = _conditions(cursor)
    if stacked:
        cursor.expect("}")
    cursor.expect("}")
    return items


def _conditions(cursor: Cursor) -> list[Node]:
    """Conditions = (condition | expression) (("," | ":" | "\\\\") (condition | expression))*."""
    items: list[Node] = []
    while True:
        item = expression(cursor)
        if at_relation(cursor):
            item = relations(cursor, item)
        elif not (cursor.token.text in (",", ":", "}") or cursor.at("row")):
            raise _no_condition(item)
        items.append(item)
        if not (cursor.at("char", ",") or cursor.at("row") or cursor.at("char", ":")):
            return items
        cursor.advance()


# Matrices and cases.

_MATRICES = frozenset("matrix bmatrix pmatrix vmatrix Bmatrix smallmatrix array cases".split())
_OTHERWISE = frozenset(
    ["otherwise", "else", "elsewhere", "in all other cases", "in any other case"]
)


@begins_with([r"\begin"])
def _matrix(cursor: Cursor) -> Node:
    """Matrix = "\\begin{bmatrix}" cell ("&" cell)* ("\\\\" …)* "\\end{bmatrix}" scripts."""
    start = cursor.advance().start
    name = _environment(cursor)
    if name not in _MATRICES:
        raise TexError(
            f"I cannot read the environment {name} here",
            start,
            cursor.end,
            "Matrices stand in bmatrix or pmatrix.",
        )
    if name == "array":
        cursor.skip_group()
    with cursor.closed_by():
        rows = _rows(cursor, with_conditions=name == "cases")
    cursor.advance()
    cursor.skip_group()
    if name == "cases":
        return scripts(cursor, _cases(rows, start, cursor.end))
    return scripts(cursor, Matrix(start, cursor.end, tuple(rows), name))


def _environment(cursor: Cursor) -> str:
    """Environment = "{" letter* "}"."""
    cursor.expect("{")
    name = ""
    while not cursor.at("char", "}"):
        if cursor.at("end"):
            raise cursor.unexpected("} is expected here")
        name += cursor.advance().text
    cursor.advance()
    return name


def _rows(cursor: Cursor, with_conditions: bool) -> list[tuple[Node | None, ...]]:
    """Rows = cell ("&" (cell | condition))* ("\\\\" …)*, up to the `\\end`."""
    rows: list[tuple[Node | None, ...]] = []
    row: list[Node | None] = []
    while True:
        row.append(_condition_of_case(cursor) if with_conditions and row else _cell(cursor))
        if cursor.at("char", "&"):
            cursor.advance()
            continue
        rows.append(tuple(row))
        row = []
        if cursor.at("row"):
            cursor.advance()
        if cursor.at("command", r"\end"):
            return rows
        if cursor.tokens[cursor.position - 1].kind != "row":
            raise cursor.unexpected()


def _cell(cursor: Cursor) -> Node | None:
    """Cell = [expression] ","*; words cannot stand in it."""
    while cursor.at("command", r"\quad"):
        cursor.advance()
    if _at_end_of_cell(cursor):
        return None
    if cursor.at("char", "|") and cursor.peek().text in ("&", r"\end", "\\\\"):
        return _dots(cursor)
    result = expression(cursor)
    while cursor.token.text in (",", ".", r"\quad"):
        cursor.advance()
    return result


def _condition_of_case(cursor: Cursor) -> Node | None:
    """Condition of a case = words [condition words] | "otherwise"; None for the latter."""
    first, words = cursor.token, _words_of_case(cursor)
    if _at_end_of_cell(cursor):
        if words and words not in _OTHERWISE:
            raise TexError(
                "these words are no condition",
                first.start,
                cursor.end,
                "Write \\text{otherwise}, or a condition such as x > 0.",
            )
        return None
    result = condition(cursor)
    _words_of_case(cursor)
    return result


def _words_of_case(cursor: Cursor) -> str:
    """Words = (text | "," | "." | "\\quad")*."""
    words = []
    while cursor.at("text") or cursor.token.text in (",", ".", r"\quad"):
        token = cursor.advance()
        if token.kind == "text":
            words.append(plain_words(token))
    return " ".join(words).strip()


def _at_end_of_cell(cursor: Cursor) -> bool:
    return cursor.at("char", "&") or cursor.at("row") or cursor.at("command", r"\end")


def _cases(rows: SequenceOf[tuple[Node | None, ...]], start: int, end: int) -> Node:
    """The rows of `cases` as values and conditions."""
    values: list[Node] = []
    conditions: list[Node | None] = []  # None is "otherwise"
    for row in rows:
        if not row or row[0] is None:
            raise TexError("a case has no value", start, end)
        values.append(row[0])
        conditions.append(row[1] if len(row) > 1 else None)
    if None in conditions[:-1]:
        raise TexError("only the last case may have no condition", start, end)
    return Cases(start, end, tuple(values), tuple(conditions))


# Relations: in statements, and in conditions inside an expression.


def condition(cursor: Cursor) -> Node:
    """Condition = expression relations: inside an indicator, at a place, in a case."""
    left = expression(cursor)
    if not at_relation(cursor):
        raise _no_condition(left)
    return relations(cursor, left)


def _no_condition(node: Node) -> TexError:
    return TexError("a condition is expected here, such as j \\ne k", node.start, node.end)


def relations(cursor: Cursor, left: Node) -> Node:
    """Relations = (relation expression)+ [rest of a sequence], behind the first expression."""
    sides: list[Node] = [left]
    operators: list[str] = []
    while at_relation(cursor):
        operators.append(_relation(cursor))
        sides.append(expression(cursor))
    rest = cursor.attempt(_rest_of_sequence)
    if rest is not None:
        sides[-1] = _without_dots((sides[-1], *rest))
    return Relation(left.start, sides[-1].end, tuple(sides), tuple(operators))


def at_relation(cursor: Cursor) -> bool:
    """Whether the next token begins a relation."""
    token = cursor.token
    if token.text in (r"\overset", r"\underset"):
        return _over_relation(cursor)
    return token.text.lstrip("\\") in RELATIONS or token.text == r"\stackrel"


def _over_relation(cursor: Cursor) -> bool:
    """Whether an `\\overset` here puts something above a relation."""
    with cursor.elsewhere(cursor.position):
        cursor.advance()
        cursor.skip_group()
        if cursor.at("char", "{"):
            cursor.advance()
        return cursor.token.text.lstrip("\\") in RELATIONS


def _relation(cursor: Cursor) -> str:
    """Relation = "=" | ":=" | "\\in" | … | "\\stackrel{…}" relation."""
    token = cursor.advance()
    if token.text not in (r"\stackrel", r"\overset", r"\underset"):
        return RELATIONS[token.text.lstrip("\\")]
    label = cursor.token
    words = _words(cursor)
    if words is None:
        raise TexError(
            "what stands above this sign may change its meaning",
            label.start,
            cursor.end,
            "Write words as \\text{…}, or say it in the text.",
        )
    braced = cursor.at("char", "{")
    if braced:
        cursor.advance()
    if not at_relation(cursor):
        raise cursor.unexpected("a relation such as = is expected here")
    inner = _relation(cursor)
    if braced:
        cursor.expect("}")
    defined = words.strip(" .").lower() in ("def", "definition")
    return ":=" if defined and inner == "=" else inner


def _rest_of_sequence(cursor: Cursor) -> list[Node] | None:
    """Rest of a sequence = ("," expression)* "," dots "," expression, the dots left out."""
    items: list[Node] = []
    for _ in range(4):
        if not cursor.at("char", ","):
            return None
        cursor.advance()
        items.append(expression(cursor))
        if isinstance(items[-1], Dots):
            if not cursor.at("char", ","):
                return None
            cursor.advance()
            items[-1] = expression(cursor)
            return items
    return None


def _without_dots(items: SequenceOf[Node]) -> Sequence:
    """`1, 2, \\dots, n` without its dots: what stands between is the next number.

    Raises:
        TexError: It is another one.
    """
    first, *others, last = items
    place = first
    for item in others:
        if not _follows(place, item):
            raise TexError(
                "what the dots leave out cannot be told here",
                first.start,
                last.end,
                "Write the first number, the next, dots and the last: 1, 2, \\dots, n.",
            )
        place = item
    return Sequence(first.start, last.end, first, last)


def _follows(first: Node, following: Node) -> bool:
    """Whether one number or letter is the other and 1, or less 1."""
    (one, step), (other, further) = stepped(first), stepped(following)
    return abs(further - step) == 1 and (
        one is other if one is None or other is None else same(one, other)
    )
