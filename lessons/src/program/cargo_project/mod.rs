//! The Cargo package that a pack's programs are compiled in: one manifest for all of them,
//! with the crates that each may use.
//!
//! It is a workspace of its own, so that a program which does not compile breaks nothing else,
//! and an editor that opens the student's folder understands it. The target folder is that of
//! this workspace, and the lock file is the same.
//!
//! Each build compiles the program, into a file of its own: what runs is what was saved,
//! whoever else builds in the same target folder, and whatever time the program's text has.

mod executable;

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::SystemTime;

use anyhow::{Context as _, ensure};
use client_core::export::atomic_file::AtomicFile;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use units::localized;

use crate::errors::{cannot_create_folder, cannot_read, cannot_start_cargo};
use crate::pack::Pack;
use executable::Executable;

/// The folder of this crate, where it was compiled.
const OWN_FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// The manifest without its programs. Profile and features are those of the workspace, so that
/// what it has compiled for the lessons can be used again.
const MANIFEST: &str = r#"
[package]
name = "my-lessons-PACK"
version = "0.0.0"
edition = "2024"
publish = false
autobins = false
autotests = false

[workspace]

[profile.lesson]
inherits = "dev"
opt-level = 0
debug = false

[profile.lesson.package."*"]
codegen-units = 256

[dependencies]
anyhow = "1"
futures-util = { version = "0.3", default-features = false, features = ["std"] }
rayon = "1.12"
reqwest = { version = "0.13", default-features = false, features = ["blocking"] }
ureq = { version = "3", default-features = false }

[dependencies.tokio]
version = "1"
features = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"]
"#;

#[derive(Deserialize, Serialize)]
struct Manifest {
    #[serde(default)]
    dependencies: toml::Table,
    #[serde(skip_deserializing)]
    bin: Vec<Bin>,
    #[serde(flatten)]
    other: toml::Table,
}

#[derive(Serialize)]
struct Bin {
    name: String,
    path: PathBuf,
}

/// What cargo and the linker open, and a hundred requests of a program with their server:
/// with less, a right program would be judged wrong.
const LEAST_OPEN_FILES: usize = 256;

/// A folder with a Cargo package, each of whose programs can be built alone.
#[derive(Debug, Clone)]
pub struct CargoProject {
    folder: PathBuf,
    // Their names and files.
    programs: Vec<(String, PathBuf)>,
}

/// The result of building a program.
#[derive(Debug)]
pub enum Build {
    /// It compiles.
    Executable {
        /// The program.
        executable: Executable,
        /// The text that it was compiled from.
        text: String,
        /// What the compiler warned of, as it shows it.
        warnings: Vec<String>,
    },
    /// It does not compile.
    Failed(Vec<Diagnostic>),
}

/// A message of the compiler.
#[derive(Debug, Clone, Deserialize)]
pub struct Diagnostic {
    level: String,
    /// Such as `E0277`.
    pub(crate) code: Option<ErrorCode>,
    /// In one line.
    pub(crate) message: String,
    /// As the compiler shows it.
    pub(crate) rendered: String,
    // The places in the text of the program; none if the cause is elsewhere.
    spans: Vec<IgnoredAny>,
}

/// The number of an error of the compiler.
#[derive(Debug, Clone, Deserialize)]
pub struct ErrorCode {
    pub(crate) code: String,
}

/// A line of `cargo build --message-format json`, as far as it is of use here.
#[derive(Deserialize)]
struct CargoMessage {
    /// Whether it was there already, for something that is compiled.
    fresh: Option<bool>,
    /// The program, which libraries have none of.
    executable: Option<IgnoredAny>,
    message: Option<Diagnostic>,
}

/// What `cargo metadata` prints, as far as it is of use here.
#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

impl CargoProject {
    /// Writes the manifest for `programs` (name and file) into `folder`, if it is not there
    /// as it should be. What a student has added to its dependencies stays.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to, or the manifest that is there cannot be read.
    pub fn create(
        folder: &Path,
        pack: &Pack,
        programs: &[(String, PathBuf)],
    ) -> anyhow::Result<Self> {
        let workspace = workspace()?;
        fs::create_dir_all(folder).with_context(|| cannot_create_folder(folder))?;
        let versions = workspace.join("Cargo.lock");
        let versions =
            fs::read(&versions).with_context(|| cannot_read(&versions))?;
        // After an update of the workspace, cargo would need a network for the older versions.
        let [lock, before] =
            ["Cargo.lock", "Cargo.lock.workspace"].map(|name| folder.join(name));
        if !lock.exists() || fs::read(&before).ok().as_ref() != Some(&versions) {
            write_if_changed(&lock, &versions)?;
            write_if_changed(&before, &versions)?;
        }
        let [path, before] =
            ["Cargo.toml", "Cargo.toml.workspace"].map(|name| folder.join(name));
        let mut manifest = manifest(pack, programs, &workspace)?;
        let own = toml::to_string(&manifest)?;
        let own_before = dependencies(&before)?;
        for (name, added) in dependencies(&path)? {
            if !own_before.contains_key(&name) {
                manifest.dependencies.entry(name).or_insert(added);
            }
        }
        let text = toml::to_string(&manifest)?;
        let text = format!(
            "# Written by cargo lesson, which keeps the dependencies that you add.\n{text}"
        );
        write_if_changed(&path, text.as_bytes())?;
        write_if_changed(&before, own.as_bytes())?;
        Ok(Self { folder: folder.to_owned(), programs: programs.to_vec() })
    }

    /// Compiles one program as it is saved, and calls `on_library` for each part of a library
    /// that has to be compiled for it.
    ///
    /// # Errors
    ///
    /// There is no cargo, or it fails for a reason that is not in the program's text; or this
    /// process may open too few files.
    pub fn build(
        &self,
        program: &str,
        mut on_library: impl FnMut(),
    ) -> anyhow::Result<Build> {
        slow_server::require_open_files(
            localized!("a lesson", "课程"),
            LEAST_OPEN_FILES,
        )?;
        let target = target()?;
        // rustc takes a comma for the end of a path, but is started in the project's folder.
        let own = self.folder.join("target");
        let has_comma = target.to_string_lossy().contains(',');
        let place = if has_comma { &own } else { &target };
        let place = programs_folder(place, &self.folder);
        let executable = Executable::reserve(&place, program)?;
        let file = self.programs.iter().find(|(name, _)| name == program);
        let (_, file) = file.with_context(|| {
            localized!("there is no program {program}", "没有程序 {program}")
        })?;
        let file = self.folder.join(file);
        loop {
            let saved = Saved::read(&file)?;
            let compiled =
                self.compile(program, &target, executable.path(), &mut on_library)?;
            // Otherwise it was saved meanwhile, before or after the compiler read it.
            if Saved::read(&file)? == saved {
                return Ok(match compiled {
                    Ok(warnings) => {
                        let text = String::from_utf8_lossy(&saved.text).into_owned();
                        Build::Executable { executable, text, warnings }
                    }
                    Err(errors) => Build::Failed(errors),
                });
            }
        }
    }

    /// Compiles one program into this file; returns the warnings, or the errors in its text.
    fn compile(
        &self,
        program: &str,
        target: &Path,
        executable: &Path,
        on_library: &mut impl FnMut(),
    ) -> anyhow::Result<Result<Vec<String>, Vec<Diagnostic>>> {
        // Cargo does not find it where it looks, and so compiles it each time. By the file's time
        // alone it would miss an older version that was put back, and that of another checkout.
        let mut emit = OsString::from("link=");
        emit.push(executable.strip_prefix(&self.folder).unwrap_or(executable));
        // Read meanwhile, or cargo would wait for its reader.
        let (mut stderr, stderr_of_cargo) =
            io::pipe().with_context(cannot_start_cargo)?;
        let complaint = thread::Builder::new().spawn(move || {
            let mut text = Vec::new();
            stderr.read_to_end(&mut text).map(|_| text)
        });
        let complaint = complaint.with_context(cannot_start_cargo)?;
        let mut cargo = cargo()
            .arg("rustc")
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"))
            .args(["--bin", program, "--profile", "lesson", "--offline", "--quiet"])
            .args(["--message-format", "json-diagnostic-rendered-ansi"])
            .arg("--target-dir")
            .arg(target)
            .args(["--", "--emit"])
            .arg(emit)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr_of_cargo)
            .spawn()
            .with_context(cannot_start_cargo)?;

        let mut warnings = Vec::new();
        // Other errors than the program's: no linker, or a full disk.
        let (mut errors, mut other_errors) = (Vec::new(), String::new());
        let stdout = cargo.stdout.take().map(BufReader::new);
        for line in stdout.into_iter().flat_map(BufRead::lines) {
            let Ok(line) = serde_json::from_str::<CargoMessage>(&line?) else {
                continue;
            };
            if line.fresh == Some(false) && line.executable.is_none() {
                on_library();
            }
            let Some(diagnostic) = line.message else { continue };
            match (&*diagnostic.level, diagnostic.spans.is_empty()) {
                ("error", false) => errors.push(diagnostic),
                ("error", true) => other_errors += &diagnostic.rendered,
                ("warning", false) => warnings.push(diagnostic.rendered),
                _ => {}
            }
        }
        let status = cargo
            .wait()
            .context(localized!("cannot wait for cargo", "无法等待 cargo 结束"))?;
        if !errors.is_empty() {
            return Ok(Err(errors));
        }
        let complaint = complaint.join().unwrap_or_else(|_| Ok(Vec::new()))?;
        let (folder, path) = (self.folder.display(), executable.display());
        let complaint = String::from_utf8_lossy(&complaint);
        let complaint = complaint.trim_end();
        ensure!(
            status.success(),
            localized!(
                "cargo cannot build {program} in {folder}:\n{other_errors}{complaint}",
                "cargo 无法在 {folder} 编译 {program}：\n{other_errors}{complaint}",
            )
        );
        ensure!(
            executable.is_file(),
            localized!(
                "cargo has built {program}, but not as {path}",
                "cargo 编译了 {program}，但没有生成 {path}",
            )
        );
        Ok(Ok(warnings))
    }
}

/// A file as it was saved last.
#[derive(PartialEq, Eq)]
struct Saved {
    // A save of the same text empties the file for a moment.
    time: SystemTime,
    text: Vec<u8>,
}

impl Saved {
    fn read(file: &Path) -> anyhow::Result<Self> {
        let read = || {
            let time = fs::metadata(file)?.modified()?;
            io::Result::Ok(Self { time, text: fs::read(file)? })
        };
        read().with_context(|| cannot_read(file))
    }
}

/// The root of the workspace that this crate belongs to.
///
/// # Errors
///
/// It is no longer where it was when this was compiled.
pub(crate) fn workspace() -> anyhow::Result<PathBuf> {
    let own = units::variable("CARGO_MANIFEST_DIR")
        .map_or(OWN_FOLDER.into(), PathBuf::from);
    let root = own.parent().map(Path::to_owned).unwrap_or_default();
    let own = own.display();
    ensure!(
        root.join("lessons/kit/Cargo.toml").is_file(),
        localized!(
            "the lessons are no longer in {own}: run cargo lesson in their workspace",
            "课程已不在 {own}：请在它的工作区里运行 cargo lesson",
        )
    );
    Ok(root)
}

/// The folder that the checks of this pack or student have to themselves, in cargo's target
/// folder.
///
/// # Errors
///
/// Those of [`workspace`], or there is no cargo.
pub(crate) fn own_folder(of: &Path) -> anyhow::Result<PathBuf> {
    Ok(programs_folder(&target()?, of))
}

fn programs_folder(target: &Path, of: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    target.join("lesson-programs").join(format!("{:016x}", hasher.finish()))
}

/// The folder that cargo builds this workspace in.
fn target() -> anyhow::Result<PathBuf> {
    let manifest = workspace()?.join("Cargo.toml");
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(&manifest)
        .output()
        .with_context(cannot_start_cargo)?;
    let manifest = manifest.display();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let complaint = complaint.trim_end();
    ensure!(
        output.status.success(),
        localized!(
            "cargo cannot read {manifest}:\n{complaint}",
            "cargo 无法读取 {manifest}：\n{complaint}",
        )
    );
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context(localized!(
            "cargo does not report its target directory",
            "cargo 没有给出 target 目录",
        ))?;
    Ok(metadata.target_directory)
}

fn cargo() -> Command {
    Command::new(units::variable("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Writes a file where it differs, since cargo compiles anew what is newer.
pub(crate) fn write_if_changed(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    // Whole or not at all: half a lock file would stop cargo for ever.
    AtomicFile::check(path)?.write(text)
}

/// The dependencies in a manifest; none if it is not there.
fn dependencies(path: &Path) -> anyhow::Result<toml::Table> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| cannot_read(path))?,
    };
    let manifest: Manifest = toml::from_str(&text).with_context(|| {
        let path = path.display();
        localized!(
            "{path} is not a valid manifest: fix it or delete it",
            "{path} 不是有效的清单文件：请修正或删除它",
        )
    })?;
    Ok(manifest.dependencies)
}

/// The manifest, without what a student adds to it.
fn manifest(
    pack: &Pack,
    programs: &[(String, PathBuf)],
    workspace: &Path,
) -> anyhow::Result<Manifest> {
    let mut manifest: Manifest =
        toml::from_str(&MANIFEST.replace("PACK", &pack.id))?;
    let kit = toml::Value::try_from(workspace.join("lessons/kit"))?;
    let kit = toml::Table::from_iter([("path".to_owned(), kit)]);
    manifest.dependencies.insert("lesson-kit".to_owned(), kit.into());
    manifest.dependencies.extend(pack.dependencies.clone());
    manifest.bin = programs
        .iter()
        .map(|(name, path)| Bin { name: name.clone(), path: path.clone() })
        .collect();
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else cargo would compile each library once more.
    #[test]
    fn the_profile_of_the_programs_is_that_of_the_workspace() {
        let workspace: toml::Table =
            include_str!("../../../../Cargo.toml").parse().unwrap();
        let programs: toml::Table = MANIFEST.parse().unwrap();
        assert_eq!(programs["profile"]["lesson"], workspace["profile"]["lesson"]);
    }

    /// Cargo fetches what the lessons need when they are built, and the programs are built
    /// without a network.
    #[test]
    fn the_crates_of_the_programs_come_with_the_lessons() {
        let kit: toml::Table =
            include_str!("../../../kit/Cargo.toml").parse().unwrap();
        let kit = kit["dependencies"].as_table().unwrap();
        let programs: toml::Table = MANIFEST.parse().unwrap();
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
