//! Whether the program of a command is there, before anything runs.

use std::env;
use std::path::Path;

/// Whether a system finds this program: at its path, or in one of the folders of PATH. What
/// else keeps it from starting is seen when it is started.
pub(super) fn is_there(program: &str) -> bool {
    let path = Path::new(program);
    if path.components().count() > 1 || path.is_absolute() {
        return is_file(path);
    }
    // Without PATH, each system has folders of its own.
    env::var_os("PATH").is_none_or(|folders| {
        env::split_paths(&folders).any(|folder| is_file(&folder.join(program)))
    })
}

/// On Windows, also without its extension.
fn is_file(path: &Path) -> bool {
    let mut with_suffix = path.as_os_str().to_owned();
    with_suffix.push(env::consts::EXE_SUFFIX);
    path.is_file() || Path::new(&with_suffix).is_file()
}
