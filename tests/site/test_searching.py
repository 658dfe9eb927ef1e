"""What the search index is made from."""

from nn3doc.site.pages.searching import searchable


def test_formulas_and_what_stands_beside_equations_is_not_searched() -> None:
    equation = (
        '<div class="equation" id="eq-a"><div class="scroll"><svg class="m"><text>ab</text></svg>'
        '</div><a class="number" href="#eq-a">(7.5)</a><a class="check holds" href="e">\u2713</a></div>'
    )
    page = (
        f'<p>For <svg class="m">x</svg>, write <a href="#b">b</a>:</p>{equation}<pre>W1 @ X</pre>'
    )
    assert searchable(page) == (
        '<p>For , write <a href="#b">b</a>:</p><div class="equation" id="eq-a">'
        '<div class="scroll"></div></div><pre>W1 @ X</pre>'
    )
