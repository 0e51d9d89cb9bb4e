"""The programs that smoke, examples and browser run: those that the tests are built with."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# In the whole workspace and beside a test, the libraries have the features that they have in
# `cargo test --workspace`, and are not compiled once more.
BUILD = ["cargo", "build", "--workspace", "--bins", "--test", "clients", "--locked"]
BUILD += ["--profile", "dev"]
PROFILE_FOLDER = "debug"


def built() -> Path:
    """Brings them up to date; their folder."""
    print(f"$ {' '.join(BUILD)}", flush=True)
    metadata = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    try:
        if subprocess.run(BUILD, cwd=ROOT).returncode != 0:
            sys.exit("the programs could not be built; see above")
        said = subprocess.run(metadata, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    except FileNotFoundError:
        sys.exit("there is no cargo here; install Rust with rustup.")
    return Path(json.loads(said.stdout)["target_directory"]) / PROFILE_FOLDER
