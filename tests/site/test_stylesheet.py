"""Trimming a stylesheet: what nobody matches, names or reads is left out, the rest stays."""

import pytest

from nn3doc.site.pages.stylesheet import trim


@pytest.mark.parametrize(
    ("css", "trimmed"),
    [
        (".a{color:red}.old{color:blue}", ".a{color:red}"),
        (".a,.old{color:red}", ".a{color:red}"),
        (".old .a,.a .b{color:red}", ".a .b{color:red}"),
        (".a:not(.b,.c){color:red}", ".a:not(.b,.c){color:red}"),
        ("@media print{.old{color:red}}.a{top:0}", ".a{top:0}"),
        ("@media print{.a{top:0}.old{top:1px}}", "@media print{.a{top:0}}"),
        (
            "@supports (top:0){@media print{.a{top:0}}}",
            "@supports (top:0){@media print{.a{top:0}}}",
        ),
        ("@page{margin:25mm}", "@page{margin:25mm}"),
        ('@charset "UTF-8";.a{top:0}', '@charset "UTF-8";.a{top:0}'),
        ("/* .a{} */.a{top:0/* } */}", ".a{top:0}"),
        # Braces, semicolons and commas in strings and addresses divide nothing.
        ('.a:before{content:"}"}', '.a:before{content:"}"}'),
        (
            ".a{background:url(data:image/svg+xml;utf8,x)}",
            ".a{background:url(data:image/svg+xml;utf8,x)}",
        ),
        (".a{background:url('a;b}c')}", '.a{background:url("a;b}c")}'),
        (".a,\n.b /* c */{top:0;/* ; */left:0;}", ".a,.b{top:0;left:0}"),
        # Custom properties that no rule reads, and those that only unread ones read.
        (":root{--x:1;--y:2}.a{top:var(--x)}", ":root{--x:1}.a{top:var(--x)}"),
        (":root{--x:var(--y);--y:2}.a{top:0}", ".a{top:0}"),
        (
            ":root{--x:var(--y);--y:2}.a{top:var(--x,0)}",
            ":root{--x:var(--y);--y:2}.a{top:var(--x,0)}",
        ),
        # Movements that no rule names.
        ("@keyframes k{0%{top:0}to{top:1px}}.a{top:0}", ".a{top:0}"),
        (
            "@keyframes k{0%{top:0}to{top:1px}}.a{animation:k 1s}",
            "@keyframes k{0%{top:0}to{top:1px}}.a{animation:k 1s}",
        ),
    ],
)
def test_trim(css: str, trimmed: str) -> None:
    assert trim(css, lambda selector: ".old" in selector) == trimmed


def test_what_is_no_rule_is_told() -> None:
    with pytest.raises(ValueError, match="^line 2 of a stylesheet: EOF reached before {} block"):
        trim(".a{top:0}\n.b", lambda selector: False)
