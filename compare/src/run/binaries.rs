//! The programs of the clients, built as this one was.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use client_core::clients::{CLIENTS, ClientEntry};
use units::warn;

/// The folder that holds the clients' programs.
pub(crate) struct Binaries(PathBuf);

impl Binaries {
    /// Has cargo bring the clients up to date if cargo runs this program; otherwise they
    /// must lie beside it.
    ///
    /// # Errors
    ///
    /// They cannot be built, or are not there.
    pub(crate) fn build() -> anyhow::Result<Self> {
        let own =
            env::current_exe().context("cannot find the folder of this program")?;
        let folder = own.parent().context("this program lies in no folder")?;
        let binaries = Self(folder.to_owned());
        let clients: Vec<_> = CLIENTS.iter().map(ClientEntry::program).collect();
        if let Some(cargo) = units::variable("CARGO") {
            let mut cargo = Command::new(cargo);
            cargo.arg("build");
            // What is only checked again needs no second word; a first build takes a while.
            if clients.iter().all(|client| binaries.path(client).is_file()) {
                cargo.arg("--quiet");
            } else {
                warn("compare: the clients are built first, once");
            }
            run_cargo(cargo, folder, &clients)?;
        }
        let release = if folder.ends_with("release") { "--release " } else { "" };
        for client in &clients {
            let path = binaries.path(client);
            ensure!(
                path.is_file(),
                "{} is missing. Build all programs with: cargo build {release}--workspace",
                path.display()
            );
        }
        Ok(binaries)
    }

    /// The program with this name.
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.0.join(format!("{program}{}", env::consts::EXE_SUFFIX))
    }
}

fn run_cargo(
    mut cargo: Command,
    folder: &Path,
    clients: &[String],
) -> anyhow::Result<()> {
    cargo.args([
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    if let Some(target) = folder.parent() {
        cargo.arg("--target-dir").arg(target);
    }
    // With `compare` among them, the libraries get the features that they were built with
    // for `compare`, and are not built a second time.
    cargo.args(["--package", "compare"]);
    for client in clients {
        cargo.args(["--package", client]);
    }
    let status = cargo.status().context("cannot run cargo to build the clients")?;
    if !status.success() {
        bail!("the clients could not be built; the compiler's message is above");
    }
    Ok(())
}
