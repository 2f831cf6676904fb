"""Email editions: MJML, inlined styles, plain text and MIME."""
