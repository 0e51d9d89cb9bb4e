//! How a command line is read, in every program alike.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Args, Command};
use clap_complete::Shell;

use crate::chinese;
use crate::language::{Language, Localized};
use crate::output::{raw_stdout, stderr, stdout, warn};

/// The option of a program that has the shell complete its command line.
#[derive(Debug, Clone, Args)]
pub struct Completions {
    /// Print a completion script for this shell, and exit
    #[arg(long, value_name = "SHELL")]
    completions: Option<Shell>,
}

/// Reads the command line of this process; wrong usage, `--help` and [`Completions`] end it.
/// From then on the process speaks the language that was asked for, or that of the system.
pub fn parse<T>(
    command: Command,
    read: impl FnOnce(&ArgMatches) -> Result<T, clap::Error>,
) -> T {
    // Before anything is read, so that what is wrong with it is said in this language.
    Language::asked_for(env::args_os()).speak();
    let mut command = without_empty(command, |name| env::var_os(name));
    if Language::current() == Language::Zh {
        command = chinese::by_paragraph(command);
    }
    let matches = command.try_get_matches_from_mut(env::args_os());
    let parsed = matches.and_then(|matches| {
        if let Ok(Some(shell)) = matches.try_get_one::<Shell>("completions") {
            let written = print_completions(&mut command, *shell);
            end(&command, written, 0)
        }
        read(&matches)
    });
    parsed.unwrap_or_else(|error| {
        let error = without_secret(error).format(&mut command);
        let text = match Language::current() {
            Language::En => error.render().ansi().to_string(),
            Language::Zh => chinese::render(&error),
        };
        let written = if error.use_stderr() {
            // If it cannot be written, the exit status still says that it is wrong.
            let _ = stderr().write_all(text.as_bytes());
            Ok(())
        } else {
            stdout().write_all(text.as_bytes())
        };
        end(&command, written, error.exit_code())
    })
}

/// An error of a command line that clap does not find by itself; [`parse`] adds the usage.
#[must_use]
pub fn usage_error(sentence: Localized) -> clap::Error {
    clap::Error::raw(ErrorKind::ValueValidation, sentence)
}

/// Without the value that is wrong, if that is a URL with something before its host: it may be a
/// password.
fn without_secret(mut error: clap::Error) -> clap::Error {
    let value = error.get(ContextKind::InvalidValue).map(ToString::to_string);
    if value.is_some_and(|value| value.contains("//") && value.contains('@')) {
        let hidden = crate::localized!("(not shown)", "（不显示）").to_string();
        error.insert(ContextKind::InvalidValue, ContextValue::String(hidden));
    }
    error
}

/// Prints the script that completes this command line.
///
/// # Errors
///
/// Standard output cannot be written to.
pub fn print_completions(command: &mut Command, shell: Shell) -> io::Result<()> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "this writer does not fail")]
    clap_complete::generate(shell, command, name, &mut script);
    let mut out = raw_stdout();
    out.write_all(&script)?;
    out.flush()
}

#[expect(clippy::exit, reason = "all is written, and nothing else is open yet")]
fn end(command: &Command, written: io::Result<()>, code: i32) -> ! {
    let code = written.map_or_else(
        |error| {
            warn(format_args!("{}: {error}", command.get_name()));
            1
        },
        |()| code,
    );
    std::process::exit(code)
}

/// Empty variables count as unset, as for [`crate::variable`].
fn without_empty(
    command: Command,
    value: fn(&OsStr) -> Option<OsString>,
) -> Command {
    let reset = |arg: Arg| {
        let value = arg.get_env().and_then(value);
        if value.is_some_and(|value| value.is_empty()) {
            arg.env(Resettable::Reset)
        } else {
            arg
        }
    };
    let inner = |command| without_empty(command, value);
    command.mut_args(reset).mut_subcommands(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_set_to_nothing_is_not_read_at_any_level() {
        let arg = |name| Arg::new(name).long(name).env(name);
        let command = Command::new("outer")
            .args([arg("empty"), arg("set"), arg("unset")])
            .subcommand(Command::new("inner").args([arg("empty"), arg("blank")]));
        let command = without_empty(command, |name| match name.to_str()? {
            "empty" => Some(OsString::new()),
            "unset" => None,
            _ => Some(" ".into()),
        });
        let read = |command: &Command| {
            let read = command.get_arguments().filter_map(Arg::get_env);
            read.map(|name| name.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(read(&command), ["set", "unset"]);
        assert_eq!(read(command.find_subcommand("inner").unwrap()), ["blank"]);
    }
}
