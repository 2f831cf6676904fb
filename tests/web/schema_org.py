"""The part of schema.org's vocabulary that pages use: types with what they are kinds of, and properties.

Read off schema.org 30.0 (https://schema.org/docs/developers.html), whose terms are licensed under CC BY-SA 3.0 by
the sponsors of schema.org (https://schema.org/docs/terms.html), as is this table. Types that pages do not use are
left out of the lists, too.
"""

# A type, and everything that it is a kind of.
KINDS: dict[str, frozenset[str]] = {
    "Article": frozenset(["Article", "CreativeWork", "Thing"]),
    "Book": frozenset(["Book", "CreativeWork", "Thing"]),
    "BreadcrumbList": frozenset(["BreadcrumbList", "Intangible", "ItemList", "Thing"]),
    "Chapter": frozenset(["Chapter", "CreativeWork", "Thing"]),
    "CollectionPage": frozenset(["CollectionPage", "CreativeWork", "Thing", "WebPage"]),
    "CreativeWork": frozenset(["CreativeWork", "Thing"]),
    "CreativeWorkSeries": frozenset(["CreativeWork", "CreativeWorkSeries", "Intangible", "Series", "Thing"]),
    "Dataset": frozenset(["CreativeWork", "Dataset", "Thing"]),
    "EducationalOccupationalCredential": frozenset(
        ["CreativeWork", "Credential", "EducationalOccupationalCredential", "Thing"]
    ),
    "ImageObject": frozenset(["CreativeWork", "ImageObject", "MediaObject", "Thing"]),
    "ListItem": frozenset(["Intangible", "ListItem", "Thing"]),
    "MedicalWebPage": frozenset(["CreativeWork", "MedicalWebPage", "Thing", "WebPage"]),
    "NewsArticle": frozenset(["Article", "CreativeWork", "NewsArticle", "Thing"]),
    "Organization": frozenset(["Organization", "Thing"]),
    "Person": frozenset(["Person", "Thing"]),
    "Report": frozenset(["Article", "CreativeWork", "Report", "Thing"]),
    "ScholarlyArticle": frozenset(["Article", "CreativeWork", "ScholarlyArticle", "Thing"]),
    "Thesis": frozenset(["CreativeWork", "Thesis", "Thing"]),
    "WebPage": frozenset(["CreativeWork", "Thing", "WebPage"]),
    "WebSite": frozenset(["CreativeWork", "Thing", "WebSite"]),
}

# A property: the types that may have it, and the types that it may have.
PROPERTIES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "alternativeHeadline": (
        frozenset(["CreativeWork"]),
        frozenset(["Text"]),
    ),
    "author": (
        frozenset(["CreativeWork"]),
        frozenset(["Organization", "Person"]),
    ),
    "breadcrumb": (
        frozenset(["WebPage"]),
        frozenset(["BreadcrumbList", "Text"]),
    ),
    "citation": (
        frozenset(["CreativeWork"]),
        frozenset(["CreativeWork", "Text"]),
    ),
    "dateModified": (
        frozenset(["CreativeWork"]),
        frozenset(["Date", "DateTime"]),
    ),
    "datePublished": (
        frozenset(["CreativeWork"]),
        frozenset(["Date", "DateTime"]),
    ),
    "description": (
        frozenset(["Thing"]),
        frozenset(["Text"]),
    ),
    "endDate": (
        frozenset(["CreativeWorkSeries"]),
        frozenset(["Date", "DateTime"]),
    ),
    "hasCredential": (
        frozenset(["Organization", "Person"]),
        frozenset(["Credential"]),
    ),
    "hasPart": (
        frozenset(["CreativeWork"]),
        frozenset(["CreativeWork"]),
    ),
    "headline": (
        frozenset(["CreativeWork"]),
        frozenset(["Text"]),
    ),
    "height": (
        frozenset(["MediaObject", "Person"]),
        frozenset(["Distance", "QuantitativeValue"]),
    ),
    "identifier": (
        frozenset(["Thing"]),
        frozenset(["Text", "URL"]),
    ),
    "image": (
        frozenset(["Thing"]),
        frozenset(["ImageObject", "URL"]),
    ),
    "inLanguage": (
        frozenset(["CreativeWork"]),
        frozenset(["Text"]),
    ),
    "isPartOf": (
        frozenset(["CreativeWork"]),
        frozenset(["CreativeWork", "URL"]),
    ),
    "item": (
        frozenset(["ListItem"]),
        frozenset(["Thing"]),
    ),
    "itemListElement": (
        frozenset(["ItemList"]),
        frozenset(["ListItem", "Text", "Thing"]),
    ),
    "keywords": (
        frozenset(["CreativeWork", "Organization"]),
        frozenset(["Text", "URL"]),
    ),
    "logo": (
        frozenset(["Organization"]),
        frozenset(["ImageObject", "URL"]),
    ),
    "mainEntity": (
        frozenset(["CreativeWork"]),
        frozenset(["Thing"]),
    ),
    "mainEntityOfPage": (
        frozenset(["Thing"]),
        frozenset(["CreativeWork", "URL"]),
    ),
    "name": (
        frozenset(["Thing"]),
        frozenset(["Text"]),
    ),
    "position": (
        frozenset(["CreativeWork", "ListItem"]),
        frozenset(["Integer", "Text"]),
    ),
    "publisher": (
        frozenset(["CreativeWork"]),
        frozenset(["Organization", "Person"]),
    ),
    "startDate": (
        frozenset(["CreativeWorkSeries"]),
        frozenset(["Date", "DateTime"]),
    ),
    "timeRequired": (
        frozenset(["CreativeWork"]),
        frozenset(["Duration"]),
    ),
    "url": (
        frozenset(["Thing"]),
        frozenset(["URL"]),
    ),
    "width": (
        frozenset(["MediaObject"]),
        frozenset(["Distance", "QuantitativeValue"]),
    ),
    "wordCount": (
        frozenset(["Article", "CreativeWork"]),
        frozenset(["Integer"]),
    ),
}
