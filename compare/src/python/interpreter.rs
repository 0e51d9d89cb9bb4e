//! Which Python there is here, and which packages it lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use units::{Localized, localized};

use crate::problem;

/// The oldest version that the programs run with.
const OLDEST: (u32, u32) = (3, 9);

/// Prints the version, and which of the packages that it is given are not there.
const PROBE: &str = "import sys; from importlib.util import find_spec; \
    print(*sys.version_info[:2], *[name for name in sys.argv[1:] if not find_spec(name)])";

/// Where it can be had.
fn install() -> Localized {
    localized!(
        "install it from your system's packages or from https://www.python.org/downloads",
        "请用系统的包管理器安装 Python，或从 https://www.python.org/downloads 下载",
    )
}

/// An interpreter that is new enough.
#[derive(Debug)]
pub(crate) struct Interpreter {
    words: Vec<String>,
    /// The packages that were asked for and are not there.
    pub(crate) missing: Vec<String>,
}

impl Interpreter {
    /// The environment of `--python-setup` if it is there and complete, else the Python of this
    /// machine, whichever has all packages.
    ///
    /// # Errors
    ///
    /// There is no Python, or it is too old.
    pub(crate) fn find(root: &Path, packages: &[&str]) -> anyhow::Result<Self> {
        let own = of_environment(root);
        let own = own.is_file().then(|| vec![own.display().to_string()]);
        Self::first_of(own.into_iter().chain(of_machine()), packages)
    }

    /// The Python of this machine, whatever packages it has.
    ///
    /// # Errors
    ///
    /// There is no Python, or it is too old.
    pub(crate) fn of_machine() -> anyhow::Result<Self> {
        Self::first_of(of_machine(), &[])
    }

    /// The first with all packages, otherwise the first.
    fn first_of(
        candidates: impl IntoIterator<Item = Vec<String>>,
        packages: &[&str],
    ) -> anyhow::Result<Self> {
        let (mut first, mut refused) = (None, None);
        for words in candidates {
            match Self::probe(words, packages) {
                Ok(python) if python.missing.is_empty() => return Ok(python),
                Ok(python) => first = first.or(Some(python)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        match (first, refused) {
            (Some(python), _) => Ok(python),
            (None, Some(error)) => Err(error),
            (None, None) => {
                let Localized { en, zh } = install();
                bail!(localized!(
                    "there is no Python here: {en}",
                    "这里没有 Python：{zh}"
                ))
            }
        }
    }

    fn probe(words: Vec<String>, packages: &[&str]) -> anyhow::Result<Self> {
        let python = Self { words, missing: Vec::new() };
        let mut command = python.command();
        command.args(["-c", PROBE]).args(packages).stdin(Stdio::null());
        let name = python.words.join(" ");
        let Localized { en: install, zh: install_zh } = install();
        let output = command.output().with_context(|| {
            localized!(
                "there is no {name} here: {install}",
                "这里没有 {name}：{install_zh}",
            )
        })?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut printed = printed.split_whitespace();
        let mut number = || printed.next()?.parse::<u32>().ok();
        let Some((major, minor)) = number().zip(number()) else {
            let Localized { en, zh } = problem::ended(output.status);
            bail!(localized!(
                "{name} does not run Python (it {en}): {install}",
                "{name} 运行不了 Python（{zh}）：{install_zh}",
            ));
        };
        let (oldest_major, oldest_minor) = OLDEST;
        ensure!(
            (major, minor) >= OLDEST,
            localized!(
                "{name} is Python {major}.{minor}, and {oldest_major}.{oldest_minor} or newer \
                 is needed: {install}",
                "{name} 是 Python {major}.{minor}，而这里需要 {oldest_major}.{oldest_minor} \
                 或更新的版本：{install_zh}",
            )
        );
        Ok(Self { missing: printed.map(str::to_owned).collect(), ..python })
    }

    /// The program, and the arguments before those of a script.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// The interpreter, to which a script or `-m` is to be added.
    pub(crate) fn command(&self) -> Command {
        let mut words = self.words.iter();
        let mut command =
            Command::new(words.next().map_or("python3", String::as_str));
        command.args(words);
        command
    }

    /// That packages are missing, and what to type; `None` if all are there.
    pub(crate) fn shortage(&self) -> Option<Localized> {
        let (last, others) = self.missing.split_last()?;
        let names = if others.is_empty() {
            format!("{last} is")
        } else {
            format!("{} and {last} are", others.join(", "))
        };
        let python = self.words.join(" ");
        let names_zh = self.missing.join("、");
        Some(localized!(
            "{names} not installed for {python}. Run once, with a network:\n  \
             cargo compare --python-setup",
            "{python} 没有安装 {names_zh}。请在有网络时运行一次：\n  \
             cargo compare --python-setup",
        ))
    }
}

/// The folder of the environment that `--python-setup` makes.
pub(crate) fn environment(root: &Path) -> PathBuf {
    root.join("target").join("python")
}

/// The interpreter in that environment.
pub(crate) fn of_environment(root: &Path) -> PathBuf {
    let program = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python3" };
    environment(root).join(program)
}

/// What starts Python on this system, if it is installed.
fn of_machine() -> Vec<Vec<String>> {
    let all: &[&[&str]] =
        if cfg!(windows) { &[&["py", "-3"], &["python"]] } else { &[&["python3"]] };
    all.iter()
        .map(|words| words.iter().map(|&word| word.to_owned()).collect())
        .collect()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that prints this, whatever it is asked.
    fn fake(root: &Path, name: &str, prints: &str) -> Vec<String> {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\necho {prints}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        vec![path.display().to_string()]
    }

    #[test]
    fn the_first_with_all_packages_is_taken_and_else_the_first() {
        let root = tempfile::tempdir().unwrap();
        let absent = vec!["/no/such/python".to_owned()];
        let bare = fake(root.path(), "bare", "3 11 flask aiohttp");
        let some = fake(root.path(), "some", "3 12 flask");
        let full = fake(root.path(), "full", "3 9");
        let find = |all: &[&Vec<String>]| {
            let all = all.iter().map(|&words| words.clone());
            Interpreter::first_of(all, &["flask", "aiohttp"]).unwrap()
        };
        let python = find(&[&absent, &bare, &some, &full]);
        assert_eq!((python.shortage(), python.words), (None, full));
        let python = find(&[&absent, &bare, &some]);
        assert_eq!(python.words, bare);
        assert!(
            python.shortage().unwrap().en.starts_with("flask and aiohttp are not")
        );
    }

    #[test]
    fn what_is_no_python_is_refused_with_what_to_install() {
        let root = tempfile::tempdir().unwrap();
        for (words, why) in [
            (vec!["/no/such/python".to_owned()], "there is no /no/such/python here"),
            (
                fake(root.path(), "old", "3 8"),
                "is Python 3.8, and 3.9 or newer is needed",
            ),
            (fake(root.path(), "stub", "install me"), "does not run"),
        ] {
            let error = Interpreter::first_of([words], &[]).unwrap_err();
            let said = format!("{error:#}");
            assert!(
                said.contains(why) && said.contains("install it from"),
                "{said}"
            );
        }
    }

    #[test]
    fn the_environment_of_the_setup_comes_before_the_python_of_the_machine() {
        let root = tempfile::tempdir().unwrap();
        let own = fake(root.path(), "target/python/bin/python3", "3 13");
        let python = Interpreter::find(root.path(), &["aiohttp"]).unwrap();
        assert_eq!(python.words, own);
    }
}
