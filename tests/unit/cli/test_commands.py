"""Every command answers its help quickly and fails with a sentence and status 2."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from nephoscope.cli import main

SLOW = {"airflow", "boto3", "elasticsearch", "matplotlib", "pandas", "pyarrow"}


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_says_what_a_command_does(command):
    done = CliRunner().invoke(main, [command, "--help"])
    assert (done.exit_code, done.stdout.startswith("Usage: ")) == (0, True)


def test_help_imports_nothing_slow():
    code = "import sys, nephoscope.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & SLOW == set()


def test_an_error_is_a_sentence_on_stderr():
    done = CliRunner().invoke(main, ["plan", "--from", "2026-11-02", "--to", "2026-11-01"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "nephoscope: --from 2026-11-02 is after --to 2026-11-01\n"


def test_an_error_is_json_too_where_json_is_wanted():
    days = ["--from", "2026-11-02", "--to", "2026-11-01"]
    done = CliRunner().invoke(main, ["plan", *days, "--json"])
    assert json.loads(done.stdout) == {"error": "--from 2026-11-02 is after --to 2026-11-01"}
    assert done.exit_code == 2
