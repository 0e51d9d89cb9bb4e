//! The command of a foreign program, as `--with NAME='command {url} {requests}'` gives it.

use std::fs;
use std::path::Path;
use std::process::Command;

use client_core::clients::CLIENTS;
use slow_server::SanitizedName;
use units::{Localized, localized};

use super::lookup;
use crate::tutorial::Demonstration;

/// The longest name: it is a cell of the table.
const LONGEST_NAME: usize = 24;

/// What is replaced in a command.
const URL: &str = "{url}";
const REQUESTS: &str = "{requests}";

/// A program that is no client of this workspace, and how to start it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ForeignProgram {
    /// Its name in the table.
    pub(crate) name: String,
    /// The program and its arguments, with the placeholders `{url}` and `{requests}`.
    words: Vec<String>,
    /// What the tutorial shows with it.
    pub(crate) demonstration: Demonstration,
}

impl ForeignProgram {
    /// # Errors
    ///
    /// A sentence for the user on what is wrong with the name or the command.
    pub(crate) fn new(name: &str, words: Vec<String>) -> Result<Self, Localized> {
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(localized!(
                "a name has 1 to {LONGEST_NAME} characters",
                "名字有 1 到 {LONGEST_NAME} 个字符",
            ));
        }
        // What the server would write in another way could not be found by it either.
        let is_plain = SanitizedName::new(name.as_bytes()).as_str() == name;
        if !is_plain || name.contains(',') {
            return Err(localized!(
                "a name has neither control characters nor commas",
                "名字里不能有控制字符和逗号",
            ));
        }
        if CLIENTS.iter().any(|client| client.name == name) {
            return Err(localized!(
                "{name} is the name of a client; choose another one",
                "{name} 是客户端的名字；请换一个名字",
            ));
        }
        if words.first().is_none_or(String::is_empty) {
            return Err(example());
        }
        let demonstration = Demonstration::default();
        Ok(Self { name: name.to_owned(), words, demonstration })
    }

    pub(crate) fn demonstrating(self, demonstration: Demonstration) -> Self {
        Self { demonstration, ..self }
    }

    /// # Errors
    ///
    /// There is no such program.
    pub(super) fn require(&self) -> Result<(), Localized> {
        let program = self.words.first().map_or("", String::as_str);
        if lookup::is_there(program) {
            return Ok(());
        }
        let name = &self.name;
        Err(localized!(
            "--with {name}: there is no program {program}; check its spelling, or write its path",
            "--with {name}：找不到程序 {program}；请检查拼写，或写出它的路径",
        ))
    }

    /// What looks like a placeholder and is none, and the one that it looks like. Other braces
    /// are the program's own.
    pub(super) fn misspelt_placeholder(&self) -> Option<(&str, &'static str)> {
        self.words.iter().find_map(|word| {
            word.match_indices('{').find_map(|(start, _)| {
                let end = start + word[start..].find('}')? + 1;
                let found = &word[start..end];
                let similar = match found.get(1..4)?.to_ascii_lowercase().as_str() {
                    "url" => URL,
                    "req" => REQUESTS,
                    _ => return None,
                };
                // `${URL}` is the variable, which a shell replaces.
                let is_variable = word[..start].ends_with('$');
                (found != similar && !is_variable).then_some((found, similar))
            })
        })
    }

    /// The command that sends this many requests for the page, without a shell. The same values are
    /// in its environment.
    pub(crate) fn command(&self, url: &str, requests: usize) -> Command {
        let requests = requests.to_string();
        let mut words = self
            .words
            .iter()
            .map(|word| word.replace(URL, url).replace(REQUESTS, &requests));
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .env("URL", url)
            .env("REQUESTS", requests)
            // The server is on this machine or named by the user, whatever proxy there is.
            .env("NO_PROXY", "*")
            .env("no_proxy", "*");
        command
    }
}

/// What `--with` takes.
fn example() -> Localized {
    localized!(
        "write a name and a command, such as {EXAMPLE}",
        "请写名字和命令，例如 {EXAMPLE}",
    )
}

const EXAMPLE: &str =
    "curl='sh -c \"seq {requests} | xargs -P8 -I_ curl -s {url}\"'";

/// Reads `NAME=command`. The command is split into words as a shell does.
///
/// # Errors
///
/// A sentence for the user.
pub(crate) fn parse(text: &str) -> Result<ForeignProgram, Localized> {
    let (name, command) = text.split_once('=').ok_or_else(example)?;
    let words = shlex::split(command).ok_or_else(|| {
        localized!(
            "the command ends inside a quote, or with a backslash",
            "命令里的引号没有配对，或以反斜杠结尾",
        )
    })?;
    ForeignProgram::new(name.trim(), words)
}

/// Reads a file with one `NAME=command` on each line; lines that begin with `#` are comments.
///
/// # Errors
///
/// The file cannot be read, or a line is none of these.
pub(crate) fn read_file(path: &Path) -> Result<Vec<ForeignProgram>, Localized> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| localized!("{shown}: {error}", "{shown}：{error}"))?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let lines = lines
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let programs: Vec<_> = lines
        .map(|(index, line)| {
            let number = index + 1;
            parse(line).map_err(|Localized { en, zh }| {
                localized!(
                    "{shown}, line {number}: {en}",
                    "{shown} 第 {number} 行：{zh}"
                )
            })
        })
        .collect::<Result<_, _>>()?;
    if programs.is_empty() {
        let Localized { en, zh } = example();
        return Err(localized!(
            "{shown}: no line has a program; {en}",
            "{shown}：没有写程序的行；{zh}",
        ));
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        parse(text).unwrap().words
    }

    #[test]
    fn a_command_is_split_as_in_a_shell_and_started_without_one() {
        assert_eq!(words("a=python3 my.py {url}"), ["python3", "my.py", "{url}"]);
        assert_eq!(words("a = sh -c 'x | y'"), ["sh", "-c", "x | y"]);
        assert_eq!(
            words("a='/my programs/x' \"a b\"=c"),
            ["/my programs/x", "a b=c"]
        );
        let program = parse("a=x {url}/{requests} {other} $URL").unwrap();
        let command = program.command("http://h:1/?a b", 7);
        let args: Vec<_> = command.get_args().collect();
        assert_eq!(args, ["http://h:1/?a b/7", "{other}", "$URL"]);
        let variable = |name: &str| {
            let found = command.get_envs().find(|(known, _)| *known == name);
            found.and_then(|(_, value)| value).unwrap().to_owned()
        };
        assert_eq!(variable("URL"), "http://h:1/?a b");
        assert_eq!(variable("REQUESTS"), "7");
    }

    #[test]
    fn only_what_is_almost_a_placeholder_is_taken_for_one() {
        let misspelt = |command: &str| {
            let program = parse(&format!("a={command}")).unwrap();
            let (found, meant) = program.misspelt_placeholder()?;
            Some(format!("{found} {meant}"))
        };
        for (command, expected) in [
            ("x {url} -n {request}", "{request} {requests}"),
            ("x 'a{other}{Requests}'", "{Requests} {requests}"),
            ("x {URL} {requests}", "{URL} {url}"),
        ] {
            assert_eq!(misspelt(command).as_deref(), Some(expected), "{command}");
        }
        for command in [
            "x {url} {requests}",
            "sh -c 'curl ${URL} {1..5} | awk {print}' {",
            "x {} {a} {程序} {ur",
        ] {
            assert_eq!(misspelt(command), None, "{command}");
        }
    }

    #[test]
    fn what_is_no_program_is_refused_with_a_sentence() {
        let cases = [
            ("python3 my.py", "write a name and a command"),
            ("a=", "write a name and a command"),
            ("a=''", "write a name and a command"),
            ("=x", "1 to 24 characters"),
            ("a name that is far too long to be a cell=x", "1 to 24 characters"),
            ("a\tb=x", "control characters"),
            ("a\u{202e}b=x", "control characters"),
            ("a,b=x", "commas"),
            ("async=x", "is the name of a client"),
            ("a=x 'y", "ends inside a quote"),
        ];
        for (text, why) in cases {
            let said = parse(text).unwrap_err();
            assert!(said.en.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn a_file_has_a_program_on_each_line() {
        let read = |text: &str| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            read_file(file.path())
        };
        let programs = read("\u{feff}# mine\r\n\r\na=x {url}\r\n  b = y\n").unwrap();
        let names: Vec<_> = programs.iter().map(|program| &*program.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(
            read("a=x\nnonsense\n").unwrap_err().en.contains("line 2: write a name")
        );
        assert!(
            read("# nothing\n").unwrap_err().en.contains("no line has a program")
        );
        assert!(
            read_file(Path::new("/no/such/file"))
                .unwrap_err()
                .en
                .contains("/no/such/file")
        );
    }
}
