//! The tutorial's programs and server in Python, as far as there is a Python here.

mod flask;
mod rows;

use std::process::{Command, Stdio};

/// Whether Python is here, with this module; says so where it is not.
fn has_python_with(module: &str) -> bool {
    let python = if cfg!(windows) { "python" } else { "python3" };
    let mut command = Command::new(python);
    command.args(["-c", &format!("import {module}")]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let is_there = command.status().is_ok_and(|status| status.success());
    if !is_there {
        units::warn(format_args!("skipped: there is no Python here with {module}"));
    }
    is_there
}
