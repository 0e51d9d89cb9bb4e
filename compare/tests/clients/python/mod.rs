//! The tutorial's programs and server in Python, as far as there is a Python here.

mod flask;
mod rows;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether there is a Python with these modules, where compare looks for one; says so if not.
fn has_python_with(modules: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let programs: [PathBuf; 2] = if cfg!(windows) {
        [root.join("target/python/Scripts/python.exe"), "python".into()]
    } else {
        [root.join("target/python/bin/python3"), "python3".into()]
    };
    let has_modules = |program: &PathBuf| {
        let mut command = Command::new(program);
        command.args(["-c", &format!("import {modules}")]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let is_there = programs.iter().any(has_modules);
    if !is_there {
        units::warn(format_args!("skipped: there is no Python here with {modules}"));
    }
    is_there
}
