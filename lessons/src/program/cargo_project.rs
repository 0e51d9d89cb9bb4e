//! The package that a pack's programs are compiled in: one manifest for all of them, with
//! the crates that each may use.
//!
//! It is a workspace of its own, so that a program which does not compile hurts nobody, and
//! so that an editor which opens the student's folder understands it. What is compiled goes
//! into the target folder of this workspace, and the lock file is the same.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use client_core::export::atomic_file::AtomicFile;
use serde::Deserialize;

use crate::pack::Pack;

/// The folder of this crate, where it was compiled.
const OWN_FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// The crates that each program may use, and how they are compiled. The features are those
/// of the workspace.
const CRATES: &str = r#"
anyhow = "1"
futures-util = { version = "0.3", default-features = false, features = ["std"] }
rayon = "1.12"
reqwest = { version = "0.13", default-features = false, features = ["blocking"] }
ureq = { version = "3", default-features = false }

[dependencies.tokio]
version = "1"
features = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"]
"#;

/// As in the workspace, so that what it has compiled for the lessons can be used again.
const PROFILE: &str = r#"
[profile.lesson]
inherits = "dev"
opt-level = 0
debug = false
"#;

/// A folder with a Cargo package, each of whose programs can be built alone.
#[derive(Debug, Clone)]
pub struct CargoProject {
    folder: PathBuf,
    // What the names of its programs end in. Cargo puts all programs side by side, whatever
    // package they are of: two students' programs of one name would take each other's place.
    suffix: String,
}

/// What came of building a program.
#[derive(Debug)]
pub(crate) enum Build {
    /// It is here, and the compiler had these warnings.
    Program { executable: PathBuf, warnings: Vec<String> },
    /// It does not compile.
    Refused(Vec<Diagnostic>),
}

/// What the compiler says of one error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// The number of the error, such as `E0277`.
    pub(crate) code: Option<String>,
    /// In one line.
    pub(crate) message: String,
    /// As the compiler shows it.
    pub(crate) rendered: String,
}

impl CargoProject {
    /// Writes the manifest for `programs` (name and file) into `folder`, if it is not there
    /// as it should be.
    ///
    /// Errors: the folder cannot be written to.
    pub fn create<'a>(
        folder: &Path,
        pack: &Pack,
        programs: impl IntoIterator<Item = (&'a str, &'a Path)>,
    ) -> anyhow::Result<Self> {
        let workspace = workspace()?;
        let suffix = suffix(folder, &workspace);
        let programs = programs.into_iter();
        let programs =
            programs.map(|(name, file)| (format!("{name}{suffix}"), file));
        let manifest = manifest(pack, programs, &workspace.join("lessons/kit"))?;
        fs::create_dir_all(folder).with_context(|| {
            format!("cannot make the folder {}", folder.display())
        })?;
        let write = |name: &str, text: &[u8]| {
            let path = folder.join(name);
            // Written only where it differs, since cargo compiles anew what is newer.
            if fs::read(&path).is_ok_and(|present| present == text) {
                return Ok(());
            }
            // Whole or not at all: half a lock file would stop cargo for ever.
            AtomicFile::check(&path)?.write(text)
        };
        write("Cargo.toml", manifest.as_bytes())?;
        if !folder.join("Cargo.lock").exists() {
            let lock = fs::read(workspace.join("Cargo.lock"))
                .context("cannot read the workspace's Cargo.lock")?;
            write("Cargo.lock", &lock)?;
        }
        Ok(Self { folder: folder.to_owned(), suffix })
    }

    /// Where its manifest is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Compiles one program.
    ///
    /// Errors: cargo is not there, or cannot do it for a reason that is not the program's.
    pub(crate) fn build(&self, program: &str) -> anyhow::Result<Build> {
        let name = format!("{program}{}", self.suffix);
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .arg("build")
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"))
            .args(["--bin", &name, "--profile", "lesson", "--offline", "--quiet"])
            .args(["--message-format", "json-diagnostic-rendered-ansi"])
            .arg("--target-dir")
            .arg(target()?)
            .stdin(Stdio::null())
            .output()
            .context("cannot start cargo, which compiles the programs")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let told = BuildLog::of(&said);
        if !told.errors.is_empty() {
            return Ok(Build::Refused(told.errors));
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "cargo cannot build {program} in {}:\n{}{}",
            self.folder.display(),
            told.troubles,
            complaint.trim_end()
        );
        let executable = told.executable.with_context(|| {
            format!("cargo has built {program}, and does not say where it is")
        })?;
        Ok(Build::Program { executable, warnings: told.warnings })
    }
}

/// What cargo told, as far as it is of use here.
#[derive(Default)]
struct BuildLog {
    executable: Option<PathBuf>,
    // In the text of the program.
    errors: Vec<Diagnostic>,
    // Elsewhere, such as a linker that is not there, or a disk that is full.
    troubles: String,
    warnings: Vec<String>,
}

impl BuildLog {
    fn of(lines: &str) -> Self {
        let mut told = Self::default();
        for line in lines.lines() {
            match serde_json::from_str(line) {
                Ok(Line::CompilerArtifact { executable: Some(executable) }) => {
                    told.executable = Some(executable);
                }
                Ok(Line::CompilerMessage { message }) => told.take(message),
                // All else is of no use here.
                Ok(_) | Err(_) => {}
            }
        }
        told
    }

    fn take(&mut self, message: Message) {
        match &*message.level {
            "error" if !message.spans.is_empty() => self.errors.push(Diagnostic {
                code: message.code.map(|code| code.code),
                message: message.text,
                rendered: message.rendered,
            }),
            "error" => self.troubles += &message.rendered,
            "warning" if !message.spans.is_empty() => {
                self.warnings.push(message.rendered);
            }
            _ => {}
        }
    }
}

/// A line of cargo's.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerArtifact {
        executable: Option<PathBuf>,
    },
    CompilerMessage {
        message: Message,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "message")]
    text: String,
    level: String,
    code: Option<Code>,
    rendered: String,
    spans: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// The root of the workspace that this crate belongs to.
///
/// Errors: it is no longer where it was when this was compiled.
pub(crate) fn workspace() -> anyhow::Result<PathBuf> {
    let own =
        env::var_os("CARGO_MANIFEST_DIR").map_or(OWN_FOLDER.into(), PathBuf::from);
    let root = own.parent().map(Path::to_owned).unwrap_or_default();
    ensure!(
        root.join("lessons/kit/Cargo.toml").is_file(),
        "{} is not the folder of the lessons any more: run cargo lesson in its workspace",
        own.display()
    );
    Ok(root)
}

/// The target folder that this program was compiled into.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let own =
        env::current_exe().context("cannot find the folder of this program")?;
    let target =
        own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    Ok(match target {
        Some(target) => target.to_owned(),
        None => workspace()?.join("target"),
    })
}

/// Nothing for the folder that everybody has, and else a number that follows from the folder.
fn suffix(folder: &Path, workspace: &Path) -> String {
    if folder.starts_with(workspace.join("my-lessons")) {
        return String::new();
    }
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("-{:016x}", hasher.finish())
}

fn manifest<'a>(
    pack: &Pack,
    programs: impl IntoIterator<Item = (String, &'a Path)>,
    kit: &Path,
) -> anyhow::Result<String> {
    let mut manifest = format!(
        "# Written by cargo lesson, and written again when it is changed.\n\
         [package]\nname = \"my-lessons-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         publish = false\nautobins = false\nautotests = false\n\n[workspace]\n{PROFILE}",
        pack.id
    );
    for (name, file) in programs {
        let (name, file) = (quoted(&name), quoted(&file.to_string_lossy()));
        write!(manifest, "\n[[bin]]\nname = {name}\npath = {file}\n")?;
    }
    let kit = quoted(&kit.to_string_lossy());
    write!(manifest, "\n[dependencies]\nlesson-kit = {{ path = {kit} }}{CRATES}")?;
    for (name, value) in &pack.dependencies {
        let table = toml::Table::from_iter([(name.clone(), value.clone())]);
        let table =
            toml::Table::from_iter([("dependencies".to_owned(), table.into())]);
        write!(manifest, "\n{}", toml::to_string(&table)?)?;
    }
    Ok(manifest)
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cargo fetches what the lessons need when they are built, and the programs are built
    /// without a network.
    #[test]
    fn the_crates_of_the_programs_come_with_the_lessons() {
        let kit: toml::Table = include_str!("../../kit/Cargo.toml").parse().unwrap();
        let kit = kit["dependencies"].as_table().unwrap();
        let manifest = format!("[dependencies]{CRATES}");
        let programs: toml::Table = manifest.parse().unwrap();
        let programs = programs["dependencies"].as_table().unwrap();
        assert!(
            programs.contains_key("tokio") && programs.len() > 4,
            "{programs:?}"
        );
        for name in programs.keys() {
            assert!(
                kit.contains_key(name),
                "{name} is not fetched with the lessons"
            );
        }
    }
}
