//! The rules of CONTRIBUTING.md that can be read off the files: see `tests/rules/`.
