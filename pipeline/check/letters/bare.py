"""The bare skeleton: what MJML writes around nearly nothing, so that it is not held against a publication."""

from lxml import etree

from pipeline.check.letters.css import sheet
from pipeline.check.letters.signs import signs_of

_MJML = """\
<mjml><mj-head><mj-title>Bare</mj-title><mj-preview>Bare</mj-preview></mj-head><mj-body>
<mj-wrapper background-color="#ffffff"><mj-section background-color="#ffffff"><mj-column>
<mj-text>Words</mj-text><mj-image src="https://example.org/a.png" alt="A" width="100px"
href="https://example.org" /><mj-button href="https://example.org">Words</mj-button>
<mj-divider /><mj-spacer height="9px" />
<mj-table><tr><td>Words</td></tr></mj-table>
</mj-column><mj-column><mj-text>Words</mj-text></mj-column></mj-section></mj-wrapper></mj-body></mjml>
"""


def bare_signs() -> frozenset[str]:
    """The signs of the skeleton, as the installed MJML writes it. The table of caniemail's data has a copy."""
    import mjml

    root = etree.fromstring(str(mjml.mjml2html(_MJML, fonts={})), etree.HTMLParser(remove_comments=True))
    styles = [(style.text or "", str(style.get("media", ""))) for style in root.iter("style")]
    return signs_of(root, tuple(rule for css, media in styles for rule in sheet(css, media)))
