"""The Content-Security-Policy, and what a page needs done to live under it."""

import re

import pytest

from nn3doc.site.pages.policy import InlineStyles, add_policy, inline_scripts, policy


def test_a_style_in_a_tag_becomes_a_class_of_the_stylesheet() -> None:
    styles = InlineStyles()
    page = styles.moved('<p style="width: 2ex; top: 0" id="a">x</p>')
    found = re.fullmatch(r'<p id="a" class="(s-[0-9a-f]{6})">x</p>', page)
    assert found
    assert styles.rules() == f".{found[1]}{{width:2ex!important;top:0!important}}"


def test_the_same_style_is_one_class_on_all_pages() -> None:
    styles = InlineStyles()
    first = styles.moved('<p style="top:0">')
    assert styles.moved('<p style=" top : 0 ; ">') == first
    assert styles.rules().count("{") == 1


def test_a_style_joins_the_classes_that_are_there() -> None:
    assert re.fullmatch(r'<p class="a s-\w+">', InlineStyles().moved('<p class="a" style="top:0">'))


def test_an_empty_style_leaves_nothing() -> None:
    assert InlineStyles().moved('<p style="">') == "<p>"


def test_text_that_looks_like_a_style_is_text() -> None:
    page = '<code>style="top:0"</code>'
    assert InlineStyles().moved(page) == page


def test_a_stylesheet_within_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        InlineStyles().moved("<p>x</p><style>p{top:0}</style>")
    assert str(caught.value) == (
        "a page holds its own stylesheet, '<style>p{top:0}', which the site's"
        " Content-Security-Policy refuses; move it to docs/assets/stylesheets/"
    )


@pytest.mark.parametrize(
    ("page", "hashes"),
    [
        # The example of the CSP specification.
        (
            "<script>alert('Hello, world.');</script>",
            {"'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"},
        ),
        ('<script src="a.js"></script>', set()),
        ('<script id="c" type="application/json">{}</script>', set()),
        ("<p>no script</p>", set()),
    ],
)
def test_scripts_of_a_page_are_named_by_hash(page: str, hashes: set[str]) -> None:
    assert inline_scripts(page) == hashes


def test_the_policy_allows_the_sites_own_files_and_named_scripts_only() -> None:
    assert policy({"'sha256-b'", "'sha256-a'"}) == (
        "default-src 'none'; script-src 'self' 'sha256-a' 'sha256-b'; style-src 'self';"
        " img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self';"
        " base-uri 'none'; form-action 'none'"
    )


def test_the_policy_comes_before_all_that_it_binds() -> None:
    page = '<!doctype html><html><head><meta charset="utf-8"><script>1</script></head></html>'
    assert add_policy(page, "default-src 'none'") == (
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
        "<script>1</script></head></html>"
    )


def test_a_page_without_a_place_for_the_policy_is_refused() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        add_policy("<html></html>", "default-src 'none'")
    assert str(caught.value) == (
        'a page has no <meta charset="utf-8"> to put its security policy behind'
    )
