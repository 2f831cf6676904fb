"""What inboxes do not have, by caniemail.com. Made by ``docs/make_caniemail.py``; do not edit.

Source: https://www.caniemail.com (github.com/hteumeuleu/caniemail), as carried by the npm package caniemail.
Data of 2025-09-09, under the MIT License:

Copyright (c) 2019 HTeuMeuLeu; copyright © Avi Goldman, © Andrew Powell (the npm package)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
DEALINGS IN THE SOFTWARE.
"""

# ruff: noqa: E501 (rows of a table)

DATE = "2025-09-09"

CLIENTS = {
    "a": "Gmail",
    "b": "Gmail on iOS",
    "c": "Gmail on Android",
    "d": "Apple Mail on macOS",
    "e": "Apple Mail on iOS",
    "f": "Outlook on Windows",
    "g": "Outlook on macOS",
    "h": "Outlook.com",
    "i": "Outlook on iOS",
    "j": "Outlook on Android",
    "k": "Yahoo",
    "l": "Yahoo on iOS",
    "m": "Yahoo on Android",
    "n": "Thunderbird",
}

# A feature's name on caniemail.com | what it is called | the inboxes that lack it | its signs in a letter.
FEATURES = """\
css-accent-color | accent-color | abcfghijklm | prop:accent-color
css-align-items | align-items | abcfklm | prop:align-items
css-animation | animation | abcfghijklm | prop:animation
css-aspect-ratio | aspect-ratio | abcfghijklmn | prop:aspect-ratio
css-at-font-face | @font-face | abcghijklm | at:font-face
css-at-import | @import | abcghijklmn | at:import
css-at-keyframes | @keyframes | abcfghijlm | at:keyframes
css-at-media-device-pixel-ratio | @media (-webkit-device-pixel-ratio) | abcfklmn | media:-webkit-min-device-pixel-ratio media:min-resolution
css-at-media-hover | @media (hover), @media (any-hover) | abcfklm | media:hover media:any-hover
css-at-media-orientation | @media (orientation) | bfklmn | media:orientation
css-at-media-prefers-color-scheme | @media (prefers-color-scheme) | abcfklmn | media:prefers-color-scheme
css-at-media-prefers-reduced-motion | @media (prefers-reduced-motion) | abcfklmn | media:prefers-reduced-motion
css-at-media | @media | fn | at:media
css-at-supports | @supports | abcfghijn | at:supports
css-backdrop-filter | backdrop-filter | abcfhijklm | prop:backdrop-filter
css-background-blend-mode | background-blend-mode | fklm | prop:background-blend-mode
css-background-clip | background-clip | fklm | prop:background-clip
css-background-image | background-image | f | prop:background-image
css-background-origin | background-origin | fklm | prop:background-origin
css-background-position | background-position | f | prop:background-position
css-background-repeat | background-repeat | f | prop:background-repeat
css-background-size | background-size | f | prop:background-size
css-block-inline-size | block-size & inline-size | abcfghijklm | prop:block-size prop:inline-size
css-border-image | border-image | abcfghijklm | prop:border-image
css-border-inline-block-individual | border-inline & border-block individual logical properties | abcfghijklm | prop:border-inline-start prop:border-inline-end prop:border-block-start prop:border-block-end
css-border-inline-block-longhand | border-inline & border-block longhand properties | abcfghijklm | prop:border-inline-width prop:border-inline-style prop:border-inline-color prop:border-block-width prop:border-block-style prop:border-block-color
css-border-inline-block | border-inline & border-block | abcfghijklm | prop:border-inline prop:border-block
css-border-radius-logical | border-radius logical properties | abcfghijklm | prop:border-start-start-radius prop:border-start-end-radius prop:border-end-start-radius prop:border-end-end-radius
css-border-radius | border-radius | f | prop:border-radius
css-border-spacing | border-spacing | fg | prop:border-spacing
css-box-shadow | box-shadow | afklm | prop:box-shadow
css-box-sizing | box-sizing | fklm | prop:box-sizing
css-caption-side | caption-side | f | prop:caption-side
css-clear | clear | f | prop:clear
css-clip-path | clip-path | abcfghijklm | prop:clip-path
css-color-scheme | color-scheme CSS property | abcfghijklm | prop:color-scheme
css-column-count | column-count | fklm | prop:column-count
css-column-layout-properties | css column properties | fklm | prop:columns prop:column-width prop:column-rule prop:column-span
css-conic-gradient | conic-gradient() | abcfghijklm | function:conic-gradient
css-cursor | cursor | abceghijl | prop:cursor
css-display-flex | display:flex | f | value:display:flex
css-display-grid | display:grid | abcfijklm | value:display:grid
css-empty-cells | empty-cells | flm | prop:empty-cells
css-filter | filter | abcfghijklm | prop:filter
css-flex-direction | flex-direction:column | abcfjklm | value:flex-direction:column
css-flex-wrap | flex-wrap: wrap | abcfklm | value:flex-wrap:wrap
css-float | float | f | prop:float
css-font-kerning | font-kerning | fklm | prop:font-kerning
css-font-stretch | font-stretch | cfjklm | prop:font-stretch
css-function-clamp | clamp() | fghijklm | function:clamp
css-function-light-dark | light-dark() | abcfghikl | function:light-dark
css-function-max | max() | fghijklm | function:max
css-function-min | min() | fghijklm | function:min
css-gap | gap, column-gap, row-gap | fklm | prop:gap prop:column-gap prop:row-gap
css-grid-template | grid-template-* properties | abcfghijklm | prop:grid-template prop:grid-template-columns prop:grid-template-rows prop:grid-template-areas
css-height | height property | klm | prop:height
css-hyphenate-character | hyphenate-character | abcfghijklm | prop:hyphenate-character
css-hyphenate-limit-chars | hyphenate-limit-chars | abcdefghijklmn | prop:hyphenate-limit-chars
css-hyphens | hyphens | abcfghijklm | prop:hyphens
css-inline-size | inline-size | abcdefghijklm | prop:inline-size
css-inset | inset | abcfghijklm | prop:inset
css-intrinsic-size | fit-content, min-content, max-content | fklm | value:width:fit-content value:width:min-content value:width:max-content
css-justify-content | justify-content | abcfklm | prop:justify-content
css-left-right-top-bottom | left, right, top, bottom | abcfklm | prop:left prop:right prop:top prop:bottom
css-linear-gradient | linear-gradient() | fghijklm | function:linear-gradient
css-list-style-image | list-style-image | abcfghijklm | prop:list-style-image
css-list-style-position | list-style-position | f | prop:list-style-position
css-margin-block-start-end | margin-block-start & margin-block-end | abcfghijklm | prop:margin-block-start prop:margin-block-end
css-margin-inline-block | margin-inline & margin-block | abcfghijklm | prop:margin-inline prop:margin-block
css-margin-inline-start-end | margin-inline-start & margin-inline-end | abcfghijklm | prop:margin-inline-start prop:margin-inline-end
css-mask-image | mask-image | abcfhijklm | prop:mask-image
css-max-block-size | max-block-size | abcfghjklm | prop:max-block-size
css-max-height | max-height property | f | prop:max-height
css-max-inline-size | max-inline-size | abcfghijklm | prop:max-inline-size
css-min-block-size | min-block-size | abcfghijklm | prop:min-block-size
css-min-height | min-height property | f | prop:min-height
css-min-inline-size | min-inline-size | abcfghjklm | prop:min-inline-size
css-min-width | min-width property | f | prop:min-width
css-mix-blend-mode | mix-blend-mode | fklm | prop:mix-blend-mode
css-modern-color | lch(), oklch(), lab(), oklab() | abcfghijklmn | function:lch function:oklch function:lab function:oklab
css-object-fit | object-fit | fklm | prop:object-fit
css-object-position | object-position | fklm | prop:object-position
css-opacity | opacity | f | prop:opacity
css-orphans | orphans | abcfklm | prop:orphans
css-outline-offset | outline-offset | abcfghijklm | prop:outline-offset
css-outline | outline | f | prop:outline
css-overflow-wrap | overflow-wrap | abcfghijklm | prop:overflow-wrap
css-overflow | overflow | f | prop:overflow
css-padding-block-start-end | padding-block-start & padding-block-end | abcfghijklm | prop:padding-block-start prop:padding-block-end
css-padding-inline-block | padding-inline & padding-block | abcfghijklm | prop:padding-inline prop:padding-block
css-padding-inline-start-end | padding-inline-start & padding-inline-end | abcfghijklm | prop:padding-inline-start prop:padding-inline-end
css-position | position | abcfi | prop:position
css-pseudo-class-active | :active | abcefi | pseudo:active
css-pseudo-class-checked | :checked | abcf | pseudo:checked
css-pseudo-class-first-child | :first-child | abcf | pseudo:first-child
css-pseudo-class-first-of-type | :first-of-type | abcf | pseudo:first-of-type
css-pseudo-class-focus | :focus | abcefi | pseudo:focus
css-pseudo-class-has | :has() | abcfghijklmn | pseudo:has
css-pseudo-class-hover | :hover | bfi | pseudo:hover
css-pseudo-class-lang | lang() | abcfghklm | pseudo:lang
css-pseudo-class-last-child | :last-child | abcf | pseudo:last-child
css-pseudo-class-last-of-type | :last-of-type | abcf | pseudo:last-of-type
css-pseudo-class-link | :link | abc | pseudo:link
css-pseudo-class-not | :not | abcfghijklm | pseudo:not
css-pseudo-class-nth-child | :nth-child | abcfghijklm | pseudo:nth-child
css-pseudo-class-nth-last-child | :nth-last-child | abcfghijklm | pseudo:nth-last-child
css-pseudo-class-nth-last-of-type | :nth-last-of-type | abcfghijklm | pseudo:nth-last-of-type
css-pseudo-class-nth-of-type | :nth-of-type | abcfghijklm | pseudo:nth-of-type
css-pseudo-class-only-child | :only-child | abcf | pseudo:only-child
css-pseudo-class-only-of-type | :only-of-type | abcf | pseudo:only-of-type
css-pseudo-class-target | :target | abcdef | pseudo:target
css-pseudo-class-visited | :visited | abcdef | pseudo:visited
css-pseudo-element-after | ::after | abcfjklm | element:after
css-pseudo-element-before | ::before | abcfjklm | element:before
css-pseudo-element-first-letter | ::first-letter | abcfj | element:first-letter
css-pseudo-element-first-line | ::first-line | abcfj | element:first-line
css-pseudo-element-marker | ::marker | abcfghij | element:marker
css-pseudo-element-placeholder | ::placeholder | abcfj | element:placeholder
css-radial-gradient | radial-gradient() | fghijklm | function:radial-gradient
css-resize | resize | abcefghijklm | prop:resize
css-rgba | rgba() | f | function:rgba
css-scroll-snap | scroll-snap | abcfghijklm | prop:scroll-snap-type prop:scroll-snap-align
css-shape-margin | shape-margin | abcfhijklm | prop:shape-margin
css-shape-outside | shape-outside | abcfhijklm | prop:shape-outside
css-sytem-ui | system-ui, ui-serif, ui-sans-serif, ui-rounded, ui-monospace | f | prop:system-ui prop:ui-serif prop:ui-sans-serif prop:ui-rounded prop:ui-monospace
css-tab-size | tab-size | abcfjklm | prop:tab-size
css-table-layout | table-layout | fg | prop:table-layout
css-text-align-last | text-align-last | fghijklm | prop:text-align-last
css-text-decoration-color | text-decoration-color | f | prop:text-decoration-color
css-text-decoration-line | text-decoration-line | f | prop:text-decoration-line
css-text-decoration-skip-ink | text-decoration-skip-ink | abcfghijklm | prop:text-decoration-skip-ink
css-text-decoration-style | text-decoration-style | f | prop:text-decoration-style
css-text-decoration-thickness | text-decoration-thickness | abcfghijklm | prop:text-decoration-thickness
css-text-emphasis-position | text-emphasis-position | abcfhijklm | prop:text-emphasis-position
css-text-emphasis | text-emphasis | cfjklm | prop:text-emphasis
css-text-justify | text-justify | bcdegijlm | prop:text-justify
css-text-orientation | text-orientation | fklm | prop:text-orientation
css-text-overflow | text-overflow | fklm | prop:text-overflow
css-text-shadow | text-shadow | abcfghij | prop:text-shadow
css-text-underline-offset | text-underline-offset | abcfghijklm | prop:text-underline-offset
css-text-underline-position | text-underline-position | fgklm | prop:text-underline-position
css-text-wrap | text-wrap | abcfghijklm | prop:text-wrap
css-transform | transform | abcfghijklm | prop:transform
css-transition | transition | abcfghij | prop:transition
css-unit-calc | CSS calc() function | fghijklm | function:calc
css-unit-ch | ch unit | fklm | unit:ch
css-unit-initial | initial unit | fklm | unit:initial
css-unit-rem | rem unit | fklm | unit:rem
css-unit-vh | vh unit | f | unit:vh
css-unit-vmax | vmax unit | fklm | unit:vmax
css-unit-vmin | vmin unit | fklm | unit:vmin
css-unit-vw | vw unit | f | unit:vw
css-user-select | user-select | abcfghijklm | prop:user-select
css-variables | CSS Variables (Custom Properties) | abcfghijklm | function:var prop:--
css-visibility | visibility | abcf | prop:visibility
css-white-space-collapse | white-space-collapse | abcfghijklm | prop:white-space-collapse
css-white-space | white-space | f | prop:white-space
css-widows | widows | abcfklm | prop:widows
css-word-break | word-break | klm | prop:word-break
css-word-spacing | word-spacing | f | prop:word-spacing
css-word-wrap | word-wrap | fj | prop:word-wrap
css-writing-mode | writing-mode | fklm | prop:writing-mode
css-z-index | z-index | abcf | prop:z-index
html-abbr | <abbr> element | fklm | tag:abbr
html-acronym | <acronym> element | fklm | tag:acronym
html-anchor-links | Local anchors | bijlm | link:anchor
html-aria-describedby | aria-describedby attribute | abcfklmn | attr:aria-describedby
html-aria-hidden | aria-hidden attribute | klmn | attr:aria-hidden
html-aria-label | aria-label attribute | klmn | attr:aria-label
html-aria-labelledby | aria-labelledby attribute | abcfhklmn | attr:aria-labelledby
html-aria-live | aria-live attribute | ghijklmn | attr:aria-live
html-audio | <audio> element | abcfghijklm | tag:audio
html-base | <base> | j | tag:base
html-bdi | <bdi> element | abcfghijklm | tag:bdi
html-body | <body> element | glm | tag:body
html-button-reset | <button type="reset"> element | fiklm | tag:button
html-button-submit | <button type="submit"> element | fghil | tag:button
html-dialog | <dialog> element | abfghijklm | tag:dialog
html-form | <form> element | fl | tag:form
html-hidden | hidden attribute | abcfghijklm | attr:hidden
html-image-maps | Image maps | m | tag:map attr:usemap
html-input-checkbox | <input type="checkbox"> element | f | tag:input
html-input-hidden | <input type="hidden"> element | f | tag:input
html-input-radio | <input type="radio"> element | f | tag:input
html-input-reset | <input type="reset"> element | f | tag:input
html-input-submit | <input type="submit"> element | fghl | tag:input
html-input-text | <input type="text"> element | fjm | tag:input
html-link | <link> element | abcghijklmn | tag:link
html-loading-attribute | loading attribute | abcfghijklm | attr:loading
html-marquee | <marquee> element | abcf | tag:marquee
html-meta-color-scheme | color-scheme meta tag | abcefghijklm | meta:color-scheme
html-meter | <meter> element | abfklm | tag:meter
html-object | <object> element | abcfghijklm | tag:object
html-picture | <picture> element | abcfghijklm | tag:picture
html-popover | popover attribute | abcfghijklmn | attr:popover
html-progress | <progress> element | abfghijklm | tag:progress
html-required | required attribute | abfghklm | attr:required
html-rp | <rp> element | abf | tag:rp
html-rt | <rt> element | abf | tag:rt
html-ruby | <ruby> element | abf | tag:ruby
html-select | <select> element | fl | tag:select
html-semantics | HTML5 semantics | fklm | tag:article tag:aside tag:details tag:figcaption tag:figure tag:footer tag:header tag:main tag:mark tag:nav tag:section tag:summary tag:time
html-srcset | srcset and sizes attributes | abcfghijklm | attr:srcset attr:sizes
html-svg | Embedded <svg> image | abcfghijklm | tag:svg
html-target | target attribute | abchklm | attr:target
html-textarea | <textarea> element | fjm | tag:textarea
html-video | <video> element | abcfhijklm | tag:video
html-wbr | <wbr> element | bf | tag:wbr
image-apng | Animated PNG image format | acfj | image:apng
image-avif | AVIF image format | f | image:avif
image-base64 | Base 64 image format | abc | image:data
image-hdr | HDR image format | abcdefghijklmn | image:hdr
image-heif | HEIF image format | fhjmn | image:heic image:heif
image-ico | ICO image format | f | image:ico
image-mp4 | Video as Image Assets | abcfgjmn | image:mp4
image-svg | SVG image format | a | image:svg
image-tiff | TIFF image format | fhjkmn | image:tiff image:tif
image-webp | webP image format | f | image:webp
"""

# What MJML writes by itself, and every letter made with it has.
BARE = """\
at:media
attr:aria-label
attr:target
prop:border-radius
prop:border-spacing
prop:cursor
prop:height
prop:max-height
prop:opacity
prop:outline
prop:overflow
prop:table-layout
prop:word-break
prop:word-spacing
tag:body
"""
