"""The public pages beside the site: joining, confirming, choosing, leaving. Every visitor is a stranger."""
