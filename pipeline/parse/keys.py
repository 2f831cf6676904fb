"""Every key an author can write, and what it is for. The reference is made from this; so is "did you mean".

A key is read by name in ``config``, ``series``, ``part`` and ``block``; one that is not here is an error.
"""

Keys = dict[str, str]

PUBLICATION: Keys = {
    "id": "Required. `domain,year`: the authority of every entry id (RFC 4151). Written once, never changed.",
    "title": "Required. The publication's name.",
    "description": "Required. One sentence on what it is, for the home page, feeds and search engines.",
    "url": "Required. Where the site will be: `https://…/`. It may have a path.",
    "language": "Required. A BCP 47 tag: `en`, `en-GB`, `ar`. Right-to-left languages turn pages and emails.",
    "timezone": "Required. An IANA zone such as `Europe/London`: every date and time is meant in it.",
    "citation_style": "A CSL style: `apa` (the default), or the name of a file in `templates/csl/`.",
}
SENDER: Keys = {
    "name": "Required. Who the email is from.",
    "email": "Required. The address it is from.",
    "reply_to": "Where answers go. Default: `email`.",
    "postal_address": "Required. The law wants one in every email.",
}
THEME: Keys = {
    "accent": "The one colour, `#rrggbb`. Links and buttons are darkened or lightened until readable.",
    "logo": "A picture's path from the root, such as `series/logo.png`.",
    "logo_dark": "The logo for emails on dark ground. Default: `logo` on both.",
    "font": 'A CSS font list, such as `"Georgia, serif"`. Nothing is ever fetched.',
    "email": "The email theme: `letter` (the default), `magazine`, or a folder of `templates/email/`.",
    "card_font": "A font's path from the root (`templates/fonts/….ttf`), for social cards in scripts that the "
    "built-in one lacks.",
}
EMAIL: Keys = {
    "overflow": "An email over 90 KB, near the 102 at which Gmail cuts: `continue` (the default) cuts it at the "
    "end of a section and links to the web; `error` stops the build.",
    "embed_pictures": "`true` puts pictures into the message itself instead of linking to them. Default: `false`.",
    "any_emoji": "`true` allows emoji in subjects that some inboxes cannot draw. Default: `false`, a warning.",
}
FEED: Keys = {
    "items": "How many of the newest parts a feed holds: 1 to 500. Default: 20. Older ones are in its archive.",
    "paced": "`false` leaves out the feeds that start at Part 1, one for each week. Default: `true`.",
}
SENDING: Keys = {
    "public_url": "Where subscribers' pages are served (`https://…/`). Without it, leaving works by email, and "
    "nothing is sent but to `outbox`.",
    "transport": "What takes the messages: `outbox` (the default: a folder to look at), `smtp` or `ses`.",
    "approval": "`required` sends only what `partwork approve` has approved. Default: `optional`.",
    "max_late": "How long after its slot a part may still be sent: `90 minutes`, `2 days`. Default: `6 hours`.",
    "local_time": "`true` sends at the slot's hour on each subscriber's own clocks. Default: `false`.",
    "rate": "At most so many messages a second: `14`, or `0.5`. Default: as fast as they are taken.",
    "connections": "How many connections to a mail server at once: 1 to 100. Default: 4.",
    "messages_per_connection": "After how many messages a connection is made anew. Default: 100.",
    "max_rejected": "The percentage of recipients refused for good at which a campaign pauses. Default: 10.",
    "return_path": "The address that bounces come to, such as `bounces@mail.example.org`. Default: the sender's.",
    "feedback_id": "Your name in Gmail's Feedback-ID: five to fifteen characters. Default: no such field.",
    "outbox": "The folder of the transport `outbox`, a Maildir. Default: `outbox`.",
}
SMTP: Keys = {
    "host": "Required for `smtp`. The mail server.",
    "port": "Its port. Default: 587, or 465 with `tls`.",
    "security": "`starttls` (the default), `tls` from the first byte, or `none` for a server on this machine.",
    "username": "Who logs in. The password is the environment's `PARTWORK_SMTP_PASSWORD`.",
}
SES: Keys = {
    "region": "Required for `ses`. Amazon's region: `eu-west-1`.",
    "configuration_set": "The configuration set that events are published by.",
    "topic": "The SNS topic that tells of bounces and complaints: `arn:aws:sns:eu-west-1:123456789012:letters`.",
}
IMAP: Keys = {
    "host": "The server with the mailbox that bounces come to.",
    "port": "Its port. Default: 993, or 143 with `starttls`.",
    "security": "`tls` from the first byte (the default), `starttls`, or `none` for a server on this machine.",
    "username": "Who logs in. The password is the environment's `PARTWORK_IMAP_PASSWORD`.",
    "mailbox": "The mailbox. Default: `INBOX`.",
}
DKIM: Keys = {
    "domain": "The signing domain. Default: that of the sender's address.",
    "selector": "What stands before `._domainkey` in your DNS. Without one nothing is signed here.",
    "key": "The private key, RSA or Ed25519, in PEM: a path from the root. Keep it out of git.",
    "second_selector": "The selector of a second key, of the other kind.",
    "second_key": "The second key.",
}
ROUNDUP: Keys = {
    "every": "`month` offers round-ups: who chooses them gets one letter a month for each series, instead of its "
    "parts. Default: they are not offered.",
    "at": 'The time of day at which they go out on the first of the month. Default: `"09:00"`.',
}
SIGNUP: Keys = {
    "action": "Where the form sends an address: `https://…`. Default: `subscribe` under `public_url`, if there is "
    "one.",
    "email_field": "What the service calls the field with the address. Default: `email`.",
    "fields": 'A table of names and values that the service wants along: `{list = "weekly"}`.',
}
SHARING: Keys = {
    "cards": "`false` draws no social cards. Default: `true`.",
    "llms_txt": "`true` writes `llms.txt`, a list of all parts for language models. Default: `false`.",
    "avif": "`true` makes every picture as AVIF, too: smaller, and many times slower to make. Default: `false`.",
}
CONFIG: dict[str, Keys] = {
    "publication": PUBLICATION,
    "sender": SENDER,
    "theme": THEME,
    "email": EMAIL,
    "feed": FEED,
    "sending": SENDING,
    "smtp": SMTP,
    "ses": SES,
    "imap": IMAP,
    "dkim": DKIM,
    "roundup": ROUNDUP,
    "signup": SIGNUP,
    "sharing": SHARING,
}

SCHEDULE: Keys = {
    "start": "Required. The date of the first slot: `2026-11-03`.",
    "at": 'The time of day, `"09:00"` (the default), on the clocks of the publication\'s time zone.',
    "every": "`day`, `weekday`, `week` (the default), `2 weeks`, `month` …",
    "skip": "Dates on which nothing comes out.",
}
AUTHOR: Keys = {
    "name": "Required. The author's name.",
    "url": "A page about the author.",
    "credentials": "What makes them worth listening to: `PhD, immunologist`.",
}
SERIES: Keys = {
    "title": "Required. The series' name.",
    "summary": "Required. What it is about, in a sentence or two.",
    "author": "A name, `{name, url, credentials}`, or a list of them.",
    "topics": "Subjects, such as `[health]`. They choose disclaimers, and help to find related articles.",
    "cta": "The slug of the series' call to action. A part may name its own.",
    "parts_planned": "How many parts there will be: “Part 3 of 8” before all eight exist.",
    "schedule": "Required. `{start, at, every, skip}`.",
    "next_series": "The folder name of the series to read after this one.",
    "references": "Works that any part may cite, as CSL-YAML items (or in `references.yaml` or `.bib`).",
}
DISCLAIMERS: Keys = {
    "add": "Slugs of disclaimers to add.",
    "remove": "Slugs of disclaimers to leave out.",
    "because": "Why they are left out. Required with `remove`.",
}
RELATED: Keys = {"title": "Required. The article's title.", "url": "Required. Its address."}
IMAGE: Keys = {
    "src": "Required. A picture's path from this file.",
    "alt": "Required. What it shows, in words.",
}
PART: Keys = {
    "title": "Required. The part's title.",
    "summary": "Required. A sentence or two: teaser, preheader and feed description, unless overridden.",
    "subtitle": "A second line under the title.",
    "subject": "The email's subject. Default: the title.",
    "preheader": "The line that an inbox shows after the subject. Default: the summary.",
    "teaser": "What the part before says of this one. Default: the summary.",
    "tags": "Words to find it by: `[zonulin]`.",
    "topics": "Subjects, added to the series'.",
    "date": "Pins this part's slot: a date, or a date and a time.",
    "draft": "`true` while it is not finished: it is shown nowhere, and keeps its number.",
    "updated": "The date of a change that readers should know of.",
    "cta": "The slug of a call to action, instead of the series'; or `none`.",
    "disclaimers": "`{add: […], remove: […], because: …}`.",
    "related": "Related parts (`series/slug`) or articles (`{title, url}`), first, before the computed ones.",
    "references": "Works to cite, as CSL-YAML items.",
    "aliases": "Old slugs of this part: their addresses go on working.",
    "image": "The lead picture: `{src, alt}`.",
}
BLOCK: Keys = {
    "kind": "Required. `cta` or `disclaimer`.",
    "title": "A heading over the wording.",
    "topics": "A disclaimer's: it goes to every part with one of these. None: to every part.",
    "label": "Required for a CTA. What the button says.",
    "url": "Required for a CTA. Where it leads.",
    "placement": "A CTA's: `[middle]`, `[end]` or `[middle, end]` (the default is `[end]`).",
}
