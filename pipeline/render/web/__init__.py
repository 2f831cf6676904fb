"""The site: pages, listings, pictures, sitemap and structured data."""
