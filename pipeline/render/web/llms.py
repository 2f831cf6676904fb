"""``llms.txt``: what there is to read, as a list for language models (https://llmstxt.org). Off unless asked for.

Almost nobody fetches it yet, so it is a list of links and nothing more: the pages themselves are plain HTML.
"""

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, Issues


def llms_txt(issues: Issues) -> Artifact:
    """The published parts by series, each with its summary. Nothing that is not out is named."""
    publication = issues.publication
    lines = [f"# {publication.title}", "", f"> {publication.description}"]
    for placed in issues.series:
        if placed.out:
            lines += ["", f"## {placed.series.title}", "", placed.series.summary, ""]
            lines += [_line(issue, publication.url) for issue in placed.out]
    return Artifact("llms.txt", ("\n".join(lines) + "\n").encode())


def _line(issue: Issue, root: str) -> str:
    address = urls.join(root, urls.part_path(issue.address))
    title = issue.part.title.replace("[", "\\[").replace("]", "\\]")
    return f"- [{issue.label}: {title}]({address}): {issue.part.summary}"
