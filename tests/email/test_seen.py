"""Emails as SpamAssassin counts them."""

import shutil
import subprocess

import pytest

from pipeline.render.email import merge
from pipeline.render.email.mime import to_eml
from tests.email import builders


@pytest.mark.program
def test_spamassassin_finds_nothing_to_count() -> None:
    if shutil.which("spamassassin") is None:
        pytest.skip("no SpamAssassin here")
    issues = builders.everything()
    own = builders.served(issues.publication)
    data = to_eml(builders.email(issues, 2), own, merge.sample_reader(own))
    done = subprocess.run(["spamassassin", "-L", "-t"], input=data, capture_output=True, check=False)
    told = done.stdout.decode(errors="replace")
    points = float(told.split("Content analysis details:")[1].split("(")[1].split()[0])

    assert points <= 0.0, told[-2000:]
