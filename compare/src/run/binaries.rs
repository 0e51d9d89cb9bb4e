//! The programs of the clients, built as this one was.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use client_core::clients::{CLIENTS, ClientEntry};
use serde::Deserialize;
use units::{localized, warn};

use crate::checkout;

/// The clients' programs, by their names.
pub(crate) struct Binaries(HashMap<String, PathBuf>);

/// A line of `cargo build --message-format json`, as far as it is of use here.
#[derive(Deserialize)]
struct CargoMessage {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Binaries {
    /// Has cargo bring the clients up to date if cargo runs this program; otherwise they
    /// must lie beside it.
    ///
    /// # Errors
    ///
    /// They cannot be built, or are not there.
    pub(crate) fn build() -> anyhow::Result<Self> {
        // Without /proc, Linux does not report it; the parent process usually has.
        let own = env::current_exe().ok();
        let own = own.or_else(|| Some(env::args_os().next()?.into()));
        let own: PathBuf = own.context(localized!(
            "cannot find the folder of this program",
            "找不到本程序所在的文件夹"
        ))?;
        let folder = own.parent().context(localized!(
            "this program lies in no folder",
            "本程序不在任何文件夹中"
        ))?;
        let clients: Vec<_> = CLIENTS.iter().map(ClientEntry::program).collect();
        let beside = |client: &String| {
            let program = format!("{client}{}", env::consts::EXE_SUFFIX);
            (client.clone(), folder.join(program))
        };
        let mut binaries = Self(clients.iter().map(beside).collect());
        if let Some(cargo) = units::variable("CARGO") {
            let mut cargo = Command::new(cargo);
            cargo.arg("build");
            // What is only checked again needs no second word; a first build takes a while.
            if binaries.0.values().all(|path| path.is_file()) {
                cargo.arg("--quiet");
            } else {
                warn(localized!(
                    "compare: the clients are built first, once",
                    "compare: 先构建客户端（只需一次）"
                ));
            }
            let messages = run_cargo(cargo, folder, &clients)?;
            // Not always beside this program: `build.target-dir` and others have a say.
            binaries.0.extend(executables(&messages));
        }
        let release = if folder.ends_with("release") { "--release " } else { "" };
        for client in &clients {
            let path = binaries.path(client);
            let shown = path.display();
            ensure!(
                path.is_file(),
                localized!(
                    "{shown} is missing. Build all programs with: cargo build {release}--workspace",
                    "缺少 {shown}。请构建全部程序：cargo build {release}--workspace",
                )
            );
        }
        Ok(binaries)
    }

    /// The program of a client.
    pub(crate) fn path(&self, program: &str) -> &Path {
        // There is one for each client of the table.
        &self.0[program]
    }
}

/// Builds the clients; returns cargo's messages, as JSON.
fn run_cargo(
    mut cargo: Command,
    folder: &Path,
    clients: &[String],
) -> anyhow::Result<String> {
    cargo.arg("--manifest-path").arg(checkout::manifest_dir().join("Cargo.toml"));
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    // With `compare` among them, the libraries get the features that they were built with
    // for `compare`, and are not built a second time.
    cargo.args(["--package", "compare"]);
    for client in clients {
        cargo.args(["--package", client]);
    }
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let output = cargo.stderr(Stdio::inherit()).output().context(localized!(
        "cannot run cargo to build the clients",
        "无法运行 cargo 来构建客户端"
    ))?;
    if !output.status.success() {
        bail!(localized!(
            "the clients could not be built; the compiler's message is above",
            "客户端构建失败；编译器的输出见上文"
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The programs in cargo's messages of a build, by their names.
fn executables(messages: &str) -> impl Iterator<Item = (String, PathBuf)> {
    let messages = messages.lines().flat_map(serde_json::from_str::<CargoMessage>);
    messages.filter_map(|message| Some((message.target.name, message.executable?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_where_cargo_says() {
        let messages = r#"
            {"reason": "compiler-artifact", "target": {"name": "client-sync"}, "executable": "/t/other/client-sync", "fresh": true}
            {"reason": "compiler-artifact", "target": {"name": "client-core"}, "executable": null, "fresh": true}
            {"reason": "build-finished", "success": true}
        "#;
        let programs: Vec<_> = executables(messages).collect();
        let program = ("client-sync".to_owned(), "/t/other/client-sync".into());
        assert_eq!(programs, [program]);
    }
}
