//! The tutorial's programs in `python/` are slides too, and Python can compile them.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::clients::assert_one_slide;
use crate::workspace::{files, read, root};

fn programs() -> Vec<String> {
    let mut programs = files();
    programs.retain(|file| {
        let is_python = Path::new(file).extension().is_some_and(|end| end == "py");
        is_python && file.starts_with("python/")
    });
    assert!(!programs.is_empty(), "there is nothing in python/");
    programs
}

#[test]
fn a_program_in_python_is_one_slide_and_begins_with_what_it_is() {
    for path in programs() {
        assert_one_slide(&path);
        assert!(read(&path).starts_with("\"\"\""), "{path}");
    }
}

/// Unlike `py_compile`, it leaves no file.
const COMPILE: &str = "import sys
for path in sys.argv[1:]:
    compile(open(path, encoding='utf-8').read(), path, 'exec')";

#[test]
fn python_compiles_them() {
    let python = if cfg!(windows) { "python" } else { "python3" };
    let mut command = Command::new(python);
    command.args(["-c", COMPILE]).args(programs()).current_dir(root());
    match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("skipped: there is no {python} here");
        }
        output => {
            let output = output.unwrap();
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{message}");
        }
    }
}
