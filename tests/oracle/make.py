"""Right and wrong pairs: random expressions, what SymPy makes of them, and wrong neighbours.

A pair is made from nothing but its seed and its number, so that each can be looked at alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from sympy import (
    Abs,
    Add,
    Derivative,
    Expr,
    Heaviside,
    Integer,
    Matrix,
    Max,
    Min,
    Mul,
    Number,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
    Symbol,
    apart,
    cancel,
    collect,
    cos,
    diff,
    exp,
    expand,
    expand_log,
    expand_power_base,
    expand_power_exp,
    expand_trig,
    factor,
    horner,
    log,
    powsimp,
    prod,
    series,
    sin,
    sqrt,
    tanh,
    together,
)

from tests.oracle.domains import (
    BETWEEN,
    BITS,
    COUNTS,
    LARGE,
    LETTERS,
    POSITIVE,
    REALS,
    SIGNS,
    THREE,
    UNIT,
    Domain,
    Point,
    points,
)
from tests.oracle.tex import number_tex, style, tex
from tests.oracle.truth import truth
from tests.oracle.wrong import neighbour, root


@dataclass(frozen=True)
class Pair:
    """Two sides with a relation, on a page of their own, and whether it is true.

    Attributes:
        construct: What it is about.
        right: Whether the page is right.
        page: The page.
        where: Of a wrong one, why it is wrong: a point at which it is false.
        number: Its number, with which it can be made again.
    """

    construct: str
    right: bool
    page: str
    where: str = ""
    number: int = 0


@dataclass(frozen=True)
class Claim:
    """A relation between two sides.

    Attributes:
        domain: Where the letters live.
        letters: The letters.
        left: What the left side is worth.
        right: What the right side is worth.
        relation: What stands between them.
        left_tex: How the left side is written, if it is not written as SymPy would.
        before: What stands on the page before it.
        neighbours: Wrong sides to take instead of the right one; none: any change in its tree.
        edges: Whether it is meant to be true where something turns, too.
    """

    domain: Domain
    letters: tuple[Symbol, ...]
    left: Any
    right: Any
    relation: str = "="
    left_tex: str = ""
    before: str = ""
    neighbours: tuple[tuple[str, Any], ...] = ()
    edges: bool = True


# --- random expressions -----------------------------------------------------------------------


def letters(random: Random, domain: Domain, count: int) -> tuple[Symbol, ...]:
    """Some letters of a domain."""
    return tuple(domain.symbol(letter) for letter in random.sample(LETTERS, count))


def number(random: Random, most: int = 6) -> Rational:
    """A small number, whole as a rule, not 0."""
    value = random.choice([-1, 1, 1]) * random.randint(1, most)
    return Rational(value, random.choice([1, 1, 1, 1, 2, 3]))


def threshold(random: Random) -> Rational:
    """A number up to 50, where something turns."""
    value = random.choice([1, 2, 3, 5, 6, 7, 10, 12, 20, 25, 30, 40, 50, Rational(1, 2)])
    return random.choice([-1, 1, 1]) * Rational(value)


def polynomial(random: Random, of: tuple[Any, ...], terms: int = 3, degree: int = 2) -> Expr:
    """A sum of a few products of powers."""
    found = []
    for _ in range(random.randint(2, terms)):
        factors = [random.choice(of) ** random.randint(0, degree) for _ in range(2)]
        found.append(number(random, 4) * prod(factors))
    total = Add(*found)
    return total if total.free_symbols else total + random.choice(of)


def linear(random: Random, of: tuple[Symbol, ...]) -> Expr:
    """A number times a letter plus a number."""
    return random.choice([1, 1, 1, 2, -1, 3]) * random.choice(of) + random.choice(
        [0, 0, threshold(random), number(random)]
    )


def smooth(random: Random, of: tuple[Symbol, ...]) -> Expr:
    """A product or a sum of elementary functions, defined everywhere."""
    parts = []
    for x in (random.choice(of), random.choice(of)):
        elementary = [
            x ** random.randint(1, 4),
            sin(random.randint(1, 3) * x),
            cos(x),
            exp(random.choice([-1, 1, 2]) * x),
            tanh(x),
            log(1 + x**2),
            sqrt(1 + x**2),
            1 / (1 + exp(-x)),
            1 / (2 + x**2),
            exp(-(x**2) / 2),
        ]
        parts.append(random.choice(elementary))
    return random.choice([Add, Mul])(number(random) * parts[0], parts[1])


# --- identities -------------------------------------------------------------------------------


def polynomials(random: Random) -> Claim:
    """Products of polynomials and what they expand to."""
    of = letters(random, REALS, random.choice([1, 2, 2]))
    left = random.choice(
        [
            Mul(polynomial(random, of), polynomial(random, of), evaluate=False),
            polynomial(random, of, 2, 1) ** random.randint(2, 4),
            expand(polynomial(random, of, 2, 1) * polynomial(random, of, 2, 1)),
        ]
    )
    change = random.choice(
        [
            expand,
            factor,
            lambda e: horner(expand(e), wrt=of[0]),
            lambda e: collect(expand(e), of[0]),
        ]
    )
    return Claim(REALS, of, left, change(left))


def rationals(random: Random) -> Claim:
    """Fractions of polynomials, put together and taken apart."""
    of = letters(random, random.choice([REALS, POSITIVE]), 1)
    below = [of[0] + number(random) for _ in range(2)]
    left = Add(number(random) / below[0], of[0] / below[1], evaluate=False)
    change = random.choice([together, cancel, factor, lambda e: apart(together(e), of[0])])
    domain = POSITIVE if of[0].is_positive else REALS
    return Claim(domain, of, left, change(left))


def exponentials(random: Random) -> Claim:
    """Powers of e and of positive numbers."""
    of = letters(random, REALS, 2)
    left = random.choice(
        [
            exp(linear(random, of) + of[0] * of[1]),
            exp(polynomial(random, of, 2, 1)) * exp(of[1]),
            (exp(of[0]) + number(random)) ** 2,
            (1 + exp(-of[0])) * (1 - exp(of[1])),
        ]
    )
    change = random.choice(
        [
            expand,
            expand_power_exp,
            lambda e: powsimp(expand(e)),
            lambda e: expand(e, power_exp=False),
        ]
    )
    return Claim(REALS, of, left, change(left))


def logarithms(random: Random) -> Claim:
    """Logarithms of products, fractions and powers."""
    domain = random.choice([POSITIVE, UNIT, LARGE])
    of = letters(random, domain, 2)
    inside = (
        of[0] ** random.randint(1, 3)
        * of[1] ** random.choice([-2, -1, 1, 2])
        * random.choice([1, 1, 2, 5])
    )
    left = random.choice([log(inside), log(inside) ** 2, log(sqrt(inside)), log(inside) - of[0]])
    return Claim(domain, of, left, expand_log(left, force=True))


def roots(random: Random) -> Claim:
    """Square roots: on positive numbers, and on all of them with absolute values."""
    domain = random.choice([POSITIVE, REALS, REALS])
    of = letters(random, domain, 2)
    inside = random.choice(
        [of[0], of[0] * of[1], of[0] ** 3, number(random) * of[1], of[0] - of[1]]
    )
    left = root(inside) * random.choice([1, 2, of[1]])
    return Claim(domain, of, left, left.doit())


def powers(random: Random) -> Claim:
    """Powers with letters as exponents."""
    of = letters(random, POSITIVE, 3)
    left = random.choice(
        [
            of[0] ** (of[1] + of[2]),
            (of[0] * of[1]) ** of[2],
            Pow(of[0] ** of[1], of[2], evaluate=False),
            of[0] ** (2 * of[1]) * of[0] ** (-of[2]),
        ]
    )
    return Claim(POSITIVE, of, left, expand_power_base(expand_power_exp(left.doit()), force=True))


def trigonometry(random: Random) -> Claim:
    """Sines and cosines of sums and multiples, tanh in powers of e."""
    of = letters(random, REALS, 2)
    one, other = of
    left = random.choice(
        [
            sin(one + other),
            cos(one - other),
            sin(2 * one),
            cos(2 * one),
            sin(3 * one) + other,
            (sin(one) + cos(one)) ** 2,
            tanh(one),
            tanh(2 * one),
            tanh(one) ** 2,
        ]
    )
    right = left.rewrite(exp) if left.has(tanh) else expand(expand_trig(left))
    return Claim(REALS, of, left, right)


def maxima(random: Random) -> Claim:
    """Larger and smaller ones of two or three."""
    of = letters(random, REALS, 2)
    one, other = linear(random, of), linear(random, of)
    if one == other:
        other = other + 1
    largest, smallest = Max(one, other, evaluate=False), Min(one, other, evaluate=False)
    negative = Min(-one, -other, evaluate=False)
    left, right = random.choice(
        [
            (largest, (one + other + Abs(one - other)) / 2),
            (smallest, (one + other - Abs(one - other)) / 2),
            (largest, -negative),
            (largest + smallest, one + other),
            (largest - one, Max(0, other - one, evaluate=False)),
            (Abs(one - other), largest - smallest),
            (largest * smallest, one * other),
        ]
    )
    # The larger one is not always the same one, though it may be so near 0.
    single = (("=", one), ("=", other)) if left in (largest, smallest) else ()
    return Claim(REALS, of, left, right, neighbours=single if random.random() < 0.5 else ())


def clips(random: Random) -> Claim:
    """Larger and smaller ones with thresholds, and cases that say the same."""
    domain = random.choice([REALS, REALS, LARGE, BETWEEN, UNIT])
    of = letters(random, domain, 1)
    x = of[0]
    if domain is REALS:
        low, high = sorted({threshold(random), threshold(random), Rational(60)})[:2]
    else:
        width = domain.most - domain.least
        low = domain.least + width * Rational(random.choice([1, 5, 10]), 100)
        high = domain.most - width * Rational(random.choice([1, 5, 20]), 100)
    clipped = Max(low, Min(high, x, evaluate=False), evaluate=False)
    left, right = random.choice(
        [
            (clipped, Piecewise((low, x < low), (x, x <= high), (high, True))),
            (Max(x, low, evaluate=False), Piecewise((x, x > low), (low, True))),
            (Min(x, high, evaluate=False), Piecewise((high, x >= high), (x, True))),
            (Max(0, x - low, evaluate=False), (x - low) * Heaviside(x - low, 0)),
            (Abs(x - high), Piecewise((x - high, x >= high), (high - x, True))),
        ]
    )
    return Claim(domain, of, left, right, neighbours=(("=", x),) if left == clipped else ())


def cases(random: Random) -> Claim:
    """Cases, and steps times what stands in them."""
    of = letters(random, REALS, random.choice([1, 1, 2]))
    x, edge = of[0], threshold(random)
    one, other = polynomial(random, of, 2), polynomial(random, of, 2)
    left = Piecewise((one, x > edge), (other, True))
    right = random.choice(
        [
            one * Heaviside(x - edge, 0) + other * (1 - Heaviside(x - edge, 0)),
            Piecewise((other, x <= edge), (one, True)),
            Piecewise((other, x <= edge), (one, x > edge), evaluate=False),
            other + Piecewise((expand(one - other), x > edge), (0, True)),
        ]
    )
    single = (("=", one), ("=", other)) if random.random() < 0.3 else ()
    return Claim(REALS, of, left, right, neighbours=single)


def indicators(random: Random) -> Claim:
    """Indicators: what they are off and at the edge."""
    of = letters(random, REALS, 1)
    x, edge = of[0], threshold(random)
    step = Heaviside(x - edge, 0)
    left, right = random.choice(
        [
            (step, 1 - Heaviside(edge - x, 1)),
            (Pow(step, 2, evaluate=False), step),
            (Abs(x - edge), (x - edge) * (2 * step - 1)),
            (step, Piecewise((1, x > edge), (0, True))),
            (step * Heaviside(x - edge - 1, 0), Heaviside(x - edge - 1, 0)),
        ]
    )
    return Claim(REALS, of, left, right)


def sums(random: Random) -> Claim:
    """Sums and products over an index with a number for its limit."""
    of = letters(random, REALS, 1)
    k = Symbol(random.choice("kij"), integer=True, positive=True)
    x = of[0]
    body = random.choice([k * x, x**k, (x + k) ** 2, k * x**k, (k - 1) * x + 1, x / k, k**2 - x])
    limits = (k, random.choice([1, 1, 2]), random.randint(3, 5))
    if random.random() < 0.2:
        left = Product(random.choice([x + k, k * x, 1 + x**k]), limits)
    else:
        left = Sum(body, limits)
    first, last = limits[1], limits[2]
    shorter = left.func(left.function, (k, first, last - 1)).doit()
    later = left.func(left.function, (k, first + 1, last)).doit()
    wrong = (("=", expand(shorter)), ("=", expand(later)))
    return Claim(
        REALS, of, left, expand(left.doit()), neighbours=wrong if random.random() < 0.5 else ()
    )


def closed_sums(random: Random) -> Claim:
    """Sums up to n, and their closed form."""
    n = COUNTS.symbol("n")
    k = Symbol("k", integer=True, positive=True)
    body = random.choice([k, k**2, k**3, 2 * k - 1, k * (k + 1), 2**k, k + 3])
    left = Sum(body, (k, random.choice([1, 1, 2]), n))
    return Claim(COUNTS, (n,), left, random.choice([factor, expand])(left.doit()))


def finite_sets(random: Random) -> Claim:
    """Targets that are 0 or 1, signs, classes: polynomials in them have a small degree."""
    domain = random.choice([BITS, BITS, SIGNS, THREE])
    of = letters(random, domain, random.choice([1, 2]))
    left = polynomial(random, of, 3, 3)
    if domain is BITS:
        relations = [x**2 - x for x in of]
    elif domain is SIGNS:
        relations = [x**2 - 1 for x in of]
    else:
        relations = [expand(x * (x - 1) * (x - 2)) for x in of]
    right = expand(left)
    for x, relation in zip(of, relations, strict=True):
        right = expand(right.as_poly(x).rem(relation.as_poly(x)).as_expr())
    return Claim(domain, of, left, right)


def derivatives(random: Random) -> Claim:
    """Derivatives of what stands behind them."""
    of = letters(random, REALS, random.choice([1, 1, 2]))
    inside, order = smooth(random, of), random.choice([1, 1, 1, 2])
    left = Derivative(inside, (of[0], order))
    right = diff(inside, of[0], order)
    return Claim(REALS, of, left, random.choice([lambda e: e, expand, factor])(right))


def turning_derivatives(random: Random) -> Claim:
    """Derivatives of what has kinks, away from the kinks."""
    of = letters(random, REALS, 1)
    x, edge = of[0], threshold(random)
    left, right = random.choice(
        [
            (Max(x, edge, evaluate=False), Heaviside(x - edge, 0)),
            (Min(x, edge, evaluate=False), Piecewise((1, x < edge), (0, True))),
            (Abs(x - edge), Piecewise((1, x > edge), (-1, True))),
            (Max(0, x - edge, evaluate=False) ** 2, 2 * Max(0, x - edge, evaluate=False)),
        ]
    )
    written = rf"\frac{{d}}{{d {tex(x, {})}}} \left({tex(left, {})}\right)"
    return Claim(REALS, of, right, right, left_tex=written, edges=False)


def functions(random: Random) -> Claim:
    """Functions that are defined on the page: their values and their derivatives."""
    of = letters(random, REALS, 2)
    x, other = of
    inside = smooth(random, (x,))
    name = random.choice(["f", "g", "h", r"\phi", r"\psi"])
    shown = {"x": tex(x, {}), "y": tex(other, {})}
    before = f"Let ${name}({shown['x']}) = {tex(inside, {})}$."
    left_tex, right = random.choice(
        [
            ("{f}'({x})", diff(inside, x)),
            ("{f}''({x})", diff(inside, x, 2)),
            ("{f}^{{(2)}}({x})", diff(inside, x, 2)),
            ("{f}(2 {y})", inside.subs(x, 2 * other)),
            ("{f}'({x} + {y})", diff(inside, x).subs(x, x + other)),
            ("{f}({f}({x}))", inside.subs(x, inside)),
            ("{f}^2({x})", expand(inside**2)),
            (r"\frac{{d}}{{d {y}}} {f}({y}^2)", diff(inside.subs(x, other**2), other)),
            (r"\left. {f}'({x}) \right|_{{{x} = 1}}", diff(inside, x).subs(x, 1)),
        ]
    )
    left_tex = left_tex.format(f=name, **shown)
    return Claim(REALS, of, right, right, left_tex=left_tex, before=before)


def definitions(random: Random) -> Claim:
    """Derivatives through what is defined on the page, one after the other."""
    of = letters(random, REALS, 3)
    x, inner, outer = of
    first, second = smooth(random, (x,)), smooth(random, (inner,))
    shown = [tex(letter, {}) for letter in of]
    before = f"Let ${shown[1]} = {tex(first, {})}$ and ${shown[2]} = {tex(second, {})}$."
    left_tex, right = random.choice(
        [
            (rf"\frac{{d {shown[2]}}}{{d {shown[0]}}}", diff(second.subs(inner, first), x)),
            (
                rf"\frac{{\partial {shown[2]}}}{{\partial {shown[0]}}}",
                diff(second, inner).subs(inner, first) * diff(first, x),
            ),
            (rf"{shown[2]}^2", second.subs(inner, first) ** 2),
            (rf"\frac{{d {shown[1]}}}{{d {shown[0]}}}", diff(first, x)),
        ]
    )
    return Claim(REALS, (x,), right, right, left_tex=left_tex, before=before)


def signs(random: Random) -> Claim:
    """What is true on one side of 0 only, and what is true on both."""
    domain = random.choice([REALS, REALS, POSITIVE])
    of = letters(random, domain, 2)
    x, y = of
    left, right, sided = random.choice(
        [
            (Abs(x * y), Abs(x) * Abs(y), x * y),
            (Abs(x) ** 3, Abs(x**3), x**3),
            (Abs(x) ** 2, x**2, x * Abs(x)),
            (root(x**2 * y), x * sqrt(y) if domain is POSITIVE else Abs(x) * sqrt(y), -x * sqrt(y)),
            (x * Abs(x), x**3 / Abs(x), x**2),
            (Max(x, -x, evaluate=False), Abs(x), x),
            (Max(0, x, evaluate=False) + Min(0, x, evaluate=False), x, Abs(x)),
            (Max(0, x, evaluate=False) - Min(0, x, evaluate=False), Abs(x), x),
            (Abs(x + y), root(x + y), Abs(x) + Abs(y)),
        ]
    )
    return Claim(domain, of, left, right, neighbours=(("=", sided),))


# --- inequalities -----------------------------------------------------------------------------


def squares(random: Random) -> Claim:
    """What is never negative, written out; wrong ones are so only near one place."""
    of = letters(random, REALS, random.choice([1, 1, 2]))
    inside = linear(random, of) if random.random() < 0.5 else of[0] - threshold(random)
    if len(of) == 2:
        inside = of[0] - of[1] * random.choice([1, 2])
    left = expand(number(random) ** 2 * inside**2)
    dip = random.choice([Rational(1, 10), Rational(1, 2), Rational(1), Rational(3)])
    above = left + dip
    strict = random.choice([">", r"\ne", ""])
    if strict:
        return Claim(
            REALS,
            of,
            above,
            Integer(0),
            strict,
            neighbours=((strict, dip), (r"\ge", dip + Rational(1, 10))),
        )
    return Claim(
        REALS,
        of,
        left,
        Integer(0),
        r"\ge",
        neighbours=((">", Integer(0)), (r"\ne", Integer(0)), (r"\ge", Rational(1, 10))),
    )


def bounds(random: Random) -> Claim:
    """Largest and smallest values of functions, and bounds that are a little too tight."""
    real, unit, positive = (letters(random, domain, 2) for domain in (REALS, UNIT, POSITIVE))
    (x, y), (p, _), (t, s) = real, unit, positive
    a = threshold(random)
    domain, of, left, relation, right, tight = random.choice(
        [
            (REALS, real, exp(x - a), r"\ge", 1 + x - a, Rational(11, 10) + x - a),
            (POSITIVE, positive, log(t), r"\le", t - 1, t - Rational(11, 10)),
            (UNIT, unit, p * (1 - p), r"\le", Rational(1, 4), Rational(6, 25)),
            (REALS, real, 2 * x * y, r"\le", x**2 + y**2, (x**2 + y**2) * Rational(9, 10)),
            (REALS, real, tanh(x) ** 2, r"\le", Integer(1), Rational(9, 10)),
            (REALS, real, sin(x) + cos(x), r"\le", sqrt(2), Rational(7, 5)),
            (REALS, real, Abs(x + y), r"\le", Abs(x) + Abs(y), Abs(x) + Abs(y) - Rational(1, 10)),
            (
                REALS,
                real,
                Abs(x - a) + Abs(x + a),
                r"\ge",
                2 * abs(a),
                2 * abs(a) + Rational(1, 10),
            ),
            (POSITIVE, positive, t * s, r"\le", (t + s) ** 2 / 4, (t + s) ** 2 / 5),
            (REALS, real, Max(x, y, evaluate=False), r"\ge", x, x + Rational(1, 10)),
            (POSITIVE, positive, t + 1 / t, r"\ge", Integer(2), Rational(21, 10)),
            (REALS, real, x / (1 + x**2), r"\le", Rational(1, 2), Rational(12, 25)),
        ]
    )
    strict = {r"\ge": ">", r"\le": "<"}[relation]
    wrong: tuple[tuple[str, Any], ...] = ((relation, tight),)
    if domain is not UNIT and left not in (tanh(x) ** 2, sin(x) + cos(x)):
        wrong += ((strict, right),)
    return Claim(domain, of, left, right, relation, neighbours=wrong)


def ranges(random: Random) -> Claim:
    """Sides that no threshold bounds, and those that one does."""
    domain = random.choice([REALS, LARGE, UNIT, POSITIVE])
    of = letters(random, domain, 1)
    x, a = of[0], abs(threshold(random))
    if domain is UNIT:
        return Claim(domain, of, x**2, x, "<", neighbours=((">", x), ("<", x * Rational(97, 100))))
    if domain is LARGE:
        return Claim(
            domain,
            of,
            x,
            Integer(50),
            r"\le",
            neighbours=((r"\le", Integer(49)), ("<", Integer(50)), (r"\ge", Integer(3))),
        )
    if domain is POSITIVE:
        return (
            Claim(domain, of, x + a, Integer(a), ">", neighbours=((">", a + 1), ("<", 30 + a)))
            if a.is_integer
            else Claim(domain, of, x**2 + x, x, ">", neighbours=(("<", x + 900),))
        )
    return Claim(
        domain,
        of,
        Min(x, a, evaluate=False),
        a,
        r"\le",
        neighbours=((r"\le", a - Rational(1, 2)), ("<", a), (r"\ge", -a - 2), ("=", x)),
    )


# --- matrices ---------------------------------------------------------------------------------


def matrices(random: Random) -> Claim:
    """Small matrices by their entries."""
    of = letters(random, REALS, 2)
    size = random.choice([2, 2, 2, 3])

    def some(rows: int, columns: int) -> Matrix:
        entries = [Integer(0), Integer(1), Integer(2), Integer(-1), of[0], of[1], of[0] + of[1]]
        return Matrix(rows, columns, [random.choice(entries) for _ in range(rows * columns)])

    one, other, vector = some(size, size), some(size, size), some(size, 1)
    form = style(random)
    a, b, v = (tex(matrix, form) for matrix in (one, other, vector))
    choices: list[tuple[str, Any]] = [
        (f"{a} {b}", one * other),
        (f"{a} {v}", one * vector),
        (f"{a} + {b}", one + other),
        (f"{a}^{{T}}", one.T),
        (f"{v} {v}^{{T}}", vector * vector.T),
        (f"{v}^{{T}} {a} {v}", (vector.T * one * vector)[0]),
        (rf"\operatorname{{tr}}\left({a} {b}\right)", (one * other).trace()),
        (rf"\det\left({a}\right)", one.det()),
        (rf"{tex(of[0], form)} {a}", of[0] * one),
        (f"{a}^{{2}}", one**2),
        (rf"{a} \odot {b}", one.multiply_elementwise(other)),
        (f"\\left({a} {b}\\right)^{{T}}", other.T * one.T),
    ]
    written, value = random.choice(choices)
    if size == 2 and random.random() < 0.1 and expand(one.det()) != 0:
        written, value = f"{a}^{{-1}}", one.inv().applyfunc(factor)
    value = value.applyfunc(expand) if isinstance(value, Matrix) else expand(value)
    return Claim(REALS, of, value, value, left_tex=written)


# --- from claims to pairs ---------------------------------------------------------------------


def numbers_in(*sides: Any) -> set[Rational]:
    """The numbers that stand in some expressions."""
    found: set[Rational] = set()
    for side in sides:
        found |= {atom for atom in side.atoms(Number) if isinstance(atom, Rational)}
    return found


def _points(claim: Claim, random: Random, *sides: Any) -> list[Point]:
    found = points(
        claim.domain, claim.letters, sorted(numbers_in(claim.left, claim.right, *sides)), random
    )
    return found if claim.edges else found[:8]


def _spoiled(claim: Claim, random: Random) -> tuple[str, Any]:
    """Another relation and right side."""
    if claim.neighbours:
        return random.choice(claim.neighbours)
    if isinstance(claim.right, Matrix):
        changed = claim.right.copy()
        place = random.randrange(len(changed))
        changed[place] = neighbour(changed[place], claim.letters, random)
        return claim.relation, changed
    return claim.relation, neighbour(claim.right, claim.letters, random)


_TURNED = {"=": "=", r"\le": r"\ge", r"\ge": r"\le", "<": ">", ">": "<", r"\ne": r"\ne"}


def _page(claim: Claim, relation: str, right: Any, random: Random) -> str:
    form = style(random)
    sides = [claim.left_tex or tex(claim.left, form), tex(right, form)]
    plain = right.is_Symbol or right.is_number if isinstance(right, Expr) else False
    if not plain and random.random() < 0.3:
        sides, relation = sides[::-1], _TURNED[relation]
    declared = claim.domain.declare(claim.letters) + "."
    if len(claim.letters) > 1 and " > " not in claim.domain.tex and random.random() < 0.5:
        listed = ", ".join(letter.name for letter in claim.letters)
        declared = f"Let ${claim.domain.tex.format(listed)}$."
    before = f" {claim.before}" if claim.before else ""
    written = f"{sides[0]} {relation} {sides[1]}"
    if random.random() < 0.3:
        return f"{declared}{before} Then ${written}$.\n"
    return f"{declared}{before}\n\n$$\n{written}\n$$\n"


def claimed(make: Callable[[Random], Claim]) -> Callable[[Random, bool], Pair | None]:
    """Pairs made from claims."""

    def pair(random: Random, right: bool) -> Pair | None:
        claim = make(random)
        relation, other = claim.relation, claim.right
        if not right:
            relation, other = _spoiled(claim, random)
        found = truth(claim.left, relation, other, claim.letters, _points(claim, random, other))
        if found.holds is not right:
            return None
        page = _page(claim, relation, other, random)
        if _says_nothing(page):
            return None
        return Pair(make.__name__.replace("_", " "), right, page, found.where)

    return pair


def _says_nothing(page: str) -> bool:
    """Whether both sides are the same, or one is but a letter, which would be an example."""
    left, _, right = page.strip(".$\n").rpartition("$")[2].strip().partition(" = ")
    return left == right or (not left.strip(r"\abcdefghijklmnopqrstuvwxyz") and len(left) < 9)


def chains(random: Random, right: bool) -> Pair | None:
    """A calculation in steps, each on its own line; in a wrong one a single step is wrong."""
    claim = random.choice([polynomials, trigonometry, exponentials, cases])(random)
    form, random_points = style(random), _points(claim, random)
    steps = [claim.left, claim.right, expand(claim.right), claim.left]
    last = random.randint(2, 4)
    steps, wrong = steps[:last], random.randrange(1, last)
    if not right:
        steps[wrong] = neighbour(steps[wrong], claim.letters, random)
    found = [
        truth(
            one, "=", other, claim.letters, [*random_points, *_points(claim, random, steps[wrong])]
        )
        for one, other in pairwise(steps)
    ]
    written = [tex(step, form) for step in steps]
    if any(verdict.holds is None for verdict in found) or len(set(written)) < len(written):
        return None
    if all(verdict.holds for verdict in found) is not right:
        return None
    lines = rf"{written[0]} &= " + " \\\\\n&= ".join(written[1:])
    page = (
        f"{claim.domain.declare(claim.letters)}.\n\n"
        f"$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$\n"
    )
    where = next((verdict.where for verdict in found if verdict.where), "")
    return Pair("chains", right, page, where)


def approximations(random: Random, right: bool) -> Pair | None:
    """A function and its series near a place."""
    (x,) = letters(random, REALS, 1)
    left = random.choice(
        [
            exp(x),
            sin(x),
            cos(x),
            log(1 + x),
            1 / (1 - x),
            sqrt(1 + x),
            tanh(x),
            exp(-x) * cos(x),
            1 / (1 + exp(-x)),
        ]
    )
    order = random.randint(1, 4)
    polynomial_ = series(left, x, 0, order + 1).removeO()
    other = polynomial_ if right else expand(neighbour(polynomial_, (x,), random))
    if not other.is_polynomial(x) or not other.has(x):
        return None
    degree = other.as_poly(x).degree()
    holds = expand(series(left, x, 0, degree + 1).removeO() - other) == 0
    if holds is not right:
        return None
    form, hidden = style(random), random.random() < 0.3
    shown, written = tex(x, form), tex(other, form)
    before = f" Let $q({shown}) = {written}$." if hidden else ""
    written = f"q({shown})" if hidden else written
    claim = rf"{tex(left, form)} \approx {written} \quad \text{{near }} {shown} = 0"
    return Pair(
        "approximations",
        right,
        f"{REALS.declare([x])}.{before}\n\n$$\n{claim}\n$$\n",
        "" if right else f"the series begins {series(left, x, 0, degree + 1).removeO()}",
    )


def numbers(random: Random, right: bool) -> Pair | None:
    """Calculations with numbers, exact and rounded."""
    a, b, c = (Rational(random.randint(1, 60), random.choice([1, 1, 2, 3, 4, 7])) for _ in range(3))
    left = random.choice(
        [
            Add(a, b, c, evaluate=False),
            Mul(a, b, evaluate=False),
            Add(Mul(a, b, evaluate=False), -c, evaluate=False),
            Pow(Integer(random.randint(2, 9)), Integer(random.randint(2, 5)), evaluate=False),
            sqrt(a, evaluate=False),
            exp(Rational(random.randint(-40, 40), 10), evaluate=False),
            log(a, evaluate=False),
        ]
    )
    value = left.doit()
    digits = random.randint(1, 4)
    if isinstance(value, Rational) and random.random() < 0.6:
        changes = [other for other in (value + 1, value - 1, -value, value * 10) if other != value]
        other = value if right else random.choice(changes)
        written, relation = tex(other, {}), "="
    else:
        rounded = round(float(value) * 10**digits)
        exact = float(value) * 10**digits
        if abs(abs(exact - int(exact)) - 0.5) < 0.02:
            return None  # too near to the middle to be rounded by float64
        changed = rounded if right else rounded + random.choice([-1, 1, 10])
        written, relation = f"{changed / 10**digits:.{digits}f}", random.choice([r"\approx", "="])
        if Rational(written) == value and not right:
            return None
    page = f"We get\n\n$$\n{tex(left, {})} {relation} {written}\n$$\n"
    return None if _says_nothing(page) else Pair("numbers", right, page, f"it is {float(value)}")


def worked_examples(random: Random, right: bool) -> Pair | None:
    """A letter gets a number, and what follows from it."""
    x, y = letters(random, REALS, 2)
    inside = random.choice([polynomial(random, (x,)), smooth(random, (x,))])
    given = Rational(random.randint(-30, 30), 10)
    value = float(inside.subs(x, given))
    if not 0.01 < abs(value) < 1e5:
        return None
    digits = random.randint(1, 3)
    exact = value * 10**digits
    if abs(abs(exact - int(exact)) - 0.5) < 0.02:
        return None
    form = random.choice(["=", "<", ">"])
    shown = round(exact)
    if form == "=":
        shown += 0 if right else random.choice([-1, 1])
        if round(exact) == 0 or shown == 0:
            return None
    else:
        above = (form == "<") == right
        shown += 2 if above else -2
    written = f"{shown / 10**digits:.{digits}f}"
    a, b = tex(x, {}), tex(y, {})
    page = (
        f"Let ${a}, {b} \\in \\mathbb{{R}}$ with ${b} = {tex(inside, {})}$. "
        f"For ${a} = {number_tex(given)}$ we get ${b} {form} {written}$.\n"
    )
    return Pair("worked examples", right, page, f"it is {value}")


CONSTRUCTS: tuple[Callable[[Random, bool], Pair | None], ...] = (
    *map(
        claimed,
        (
            polynomials,
            rationals,
            exponentials,
            logarithms,
            roots,
            powers,
            trigonometry,
            maxima,
            clips,
            cases,
            indicators,
            sums,
            closed_sums,
            finite_sets,
            derivatives,
            turning_derivatives,
            functions,
            definitions,
            signs,
            squares,
            bounds,
            ranges,
            matrices,
        ),
    ),
    chains,
    approximations,
    numbers,
    worked_examples,
)


def pair(seed: int, number: int) -> Pair:
    """The pair of a number; half of them are right, and all constructs come in turn.

    Args:
        seed: Another one gives other pairs.
        number: Which pair.
    """
    random = Random(f"{seed} {number}")
    make = CONSTRUCTS[number % len(CONSTRUCTS)]
    right = number // len(CONSTRUCTS) % 2 == 0
    while True:
        found = make(random, right)
        if found is not None:
            return Pair(found.construct, right, found.page, found.where, number)


def pairs(count: int, seed: int) -> Iterator[Pair]:
    """The first pairs of a seed."""
    for number in range(count):
        yield pair(seed, number)


__all__ = ["Pair", "pair", "pairs"]
