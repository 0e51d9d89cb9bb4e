//! The sources that this program belongs to.

use std::path::{Path, PathBuf};

/// The folder of this crate in the checkout that cargo runs this in: another one with the same
/// target folder may have compiled it.
pub(crate) fn manifest_dir() -> PathBuf {
    units::variable("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .filter(|folder| folder.ends_with("compare"))
        .unwrap_or(env!("CARGO_MANIFEST_DIR").into())
}

/// The folder of the whole workspace.
pub(crate) fn root() -> PathBuf {
    let own = manifest_dir();
    own.parent().map_or_else(|| own.clone(), Path::to_owned)
}
