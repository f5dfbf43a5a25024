"""Every link leads somewhere: files and anchors must exist; of web addresses only the form is checked, offline."""

from urllib.parse import unquote, urlsplit

import pytest
from pages import PAGES, SOURCE_DIR, Page

pytestmark = pytest.mark.links
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name.replace("/", "."))


def broken(page, link):
    """What is wrong with a link of that page; None if nothing."""
    parts = urlsplit(link)
    if parts.scheme:
        good = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in link
        return None if good else "expected http or https and a host"
    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if not target.is_relative_to(SOURCE_DIR) or not target.exists():
        return "expected a file of this repository"
    if parts.fragment and target.suffix == ".md":
        anchors = Page(str(target.relative_to(SOURCE_DIR))).anchors
        return None if parts.fragment in anchors else f"expected one of the anchors {sorted(anchors)}"
    return None


@EACH_PAGE
def test_links(page):
    found = {link: what for link in page.links if (what := broken(page, link))}
    assert not found, found


def test_what_is_broken_is_told():
    page = Page("README.md")
    assert broken(page, "docs/no-such-page.md") == "expected a file of this repository"
    assert broken(page, "../outside.md") == "expected a file of this repository"
    assert broken(page, "README.md#no-such-heading").startswith("expected one of the anchors")
    assert broken(page, "https:/one.slash") and broken(page, "htp://example.net")
    assert not broken(page, "https://example.net/page#there") and not broken(page, "docs/report.md#the-report")


def test_every_page_is_linked():
    """Some other page must link it, or nobody finds it. CHANGELOG.md and the like are found by their names."""
    linked = {
        (page.path.parent / urlsplit(link).path).resolve() for page in PAGES for link in page.links if "://" not in link
    }
    lonely = [page.name for page in PAGES if page.name.startswith("docs/") and page.path not in linked]
    assert not lonely
