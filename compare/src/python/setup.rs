//! `--python-setup`: the one command that may use a network.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use units::{Localized, localized, warn};

use super::interpreter::{Interpreter, environment, of_environment};
use crate::checkout;

/// Makes a virtual environment under `target/` and installs the pinned packages there.
///
/// # Errors
///
/// There is no Python, or one of its two commands fails, which has then said why.
pub(crate) fn setup() -> anyhow::Result<()> {
    let root = checkout::root();
    let folder = environment(&root);
    let mut venv = Interpreter::of_machine()?.command();
    // What an older Python or a setup that was stopped left there would stay otherwise.
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    run(
        venv,
        &localized!("cannot create the virtual environment", "无法创建虚拟环境"),
    )?;
    run(
        pip(&root),
        &localized!(
            "cannot install the packages, which needs a network",
            "无法安装依赖包（需要网络）",
        ),
    )?;
    let folder = folder.display();
    let said = localized!(
        "the packages are in {folder}. Next:\n  cargo compare --python\n  \
         cargo compare --server flask",
        "依赖包已装入 {folder}。接下来：\n  cargo compare --python\n  \
         cargo compare --server flask",
    );
    warn(format_args!("compare: {said}"));
    Ok(())
}

fn pip(root: &Path) -> Command {
    let mut pip = Command::new(of_environment(root));
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"]);
    // The file names all dependencies, so no others are installed.
    pip.args(["--no-deps", "--requirement"])
        .arg(root.join("python/requirements.txt"));
    pip
}

/// Runs a command in view, because it may take a while.
fn run(
    mut command: Command,
    Localized { en, zh }: &Localized,
) -> anyhow::Result<()> {
    let program = command.get_program().display().to_string();
    warn(format_args!("compare: {}", shown(&command)));
    let status = command.status().with_context(|| {
        localized!("cannot start {program}", "无法启动 {program}")
    })?;
    ensure!(
        status.success(),
        localized!(
            "{en}; the message of {program} is above",
            "{zh}；{program} 的信息在上面",
        )
    );
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
