//! The command line as it was typed, for the head of a report that others may read: without
//! what is secret in it.

use std::env;
use std::path::Path;
use std::process::Command;

/// What a secret is shown as.
const MASK: &str = "***";

/// How this program was started.
pub(crate) fn as_typed() -> String {
    let mut args = env::args_os().map(|arg| arg.to_string_lossy().into_owned());
    let program = args.next().unwrap_or_default();
    let program = if units::variable("CARGO").is_some() {
        "cargo compare".to_owned()
    } else {
        let name = Path::new(&program).file_stem();
        name.map_or(program.clone(), |name| name.to_string_lossy().into_owned())
    };
    shown(&program, args)
}

/// A command that is started, as a shell takes it.
pub(crate) fn of(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let words: Vec<_> = words.map(|word| quoted(&word.to_string_lossy())).collect();
    words.join(" ")
}

fn shown(program: &str, args: impl Iterator<Item = String>) -> String {
    let mut line = program.to_owned();
    let mut is_token = false;
    for arg in args {
        let shown = match arg.strip_prefix("--token=") {
            _ if is_token => MASK.to_owned(),
            Some(_) => format!("--token={MASK}"),
            None => quoted(&arg),
        };
        line = format!("{line} {shown}");
        is_token = arg == "--token";
    }
    line
}

/// As a shell takes it for one word.
fn quoted(arg: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+*[]".contains(c);
    if !arg.is_empty() && arg.chars().all(is_plain) {
        arg.to_owned()
    } else {
        format!("'{}'", arg.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(args: &[&str]) -> String {
        shown("cargo compare", args.iter().map(ToString::to_string))
    }

    #[test]
    fn it_is_what_was_typed() {
        assert_eq!(line(&[]), "cargo compare");
        let options = ["-n", "5", "--html", "my page.html", "--timeout=1m 5s"];
        let typed = "cargo compare -n 5 --html 'my page.html' '--timeout=1m 5s'";
        assert_eq!(line(&options), typed);
        assert_eq!(line(&["it's", ""]), r"cargo compare 'it'\''s' ''");
    }

    #[test]
    fn no_secret_is_in_it() {
        for args in
            [&["--token", "s3cret", "-n", "5"][..], &["--token=s3cret", "-n", "5"]]
        {
            let line = line(args);
            assert!(!line.contains("s3cret"), "{line}");
            assert!(line.contains(MASK) && line.ends_with("-n 5"), "{line}");
        }
    }
}
