//! A file for the result, which is whole or not there at all.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// A file that could be written when we looked.
#[derive(Debug)]
pub struct Destination {
    path: PathBuf,
    // Beside it, so that it can be renamed. Its name is of this process alone.
    draft: PathBuf,
}

impl Destination {
    /// Tries out whether `path` can be written, and leaves nothing behind.
    ///
    /// Errors: it cannot.
    pub fn check(path: &Path) -> anyhow::Result<Self> {
        let Some(name) = path.file_name() else {
            bail!(
                "{} is not the name of a file, such as report.html",
                path.display()
            )
        };
        if path.exists() && !path.is_file() {
            bail!("{} is there already, and is not a file", path.display());
        }
        let mut draft = name.to_owned();
        draft.push(format!(".{}.part", std::process::id()));
        let destination =
            Self { path: path.to_owned(), draft: path.with_file_name(draft) };
        destination.put(b"").with_context(|| destination.complaint())?;
        let _ = fs::remove_file(&destination.draft);
        Ok(destination)
    }

    /// Puts this there. Whoever reads meanwhile sees what was there before.
    ///
    /// Errors: it cannot be written, and what was there before still is.
    pub fn write(&self, content: &[u8]) -> anyhow::Result<()> {
        let written =
            self.put(content).and_then(|()| fs::rename(&self.draft, &self.path));
        written.with_context(|| {
            let _ = fs::remove_file(&self.draft);
            self.complaint()
        })
    }

    fn put(&self, content: &[u8]) -> io::Result<()> {
        let mut file = fs::File::create_new(&self.draft)?;
        file.write_all(content)?;
        // What a full disk or a network drive kept to itself so far, it says here.
        file.sync_all()
    }

    fn complaint(&self) -> String {
        let folder = self.path.parent().filter(|folder| *folder != Path::new(""));
        format!(
            "cannot write {}: is {} a folder that you may write to?",
            self.path.display(),
            folder.unwrap_or(Path::new(".")).display()
        )
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let unique = format!("three-seconds-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(unique);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = folder("replaced");
        let path = folder.join("report.html");
        let destination = Destination::check(&path).unwrap();
        assert_eq!(names(&folder), Vec::<String>::new());
        for text in ["first", "second"] {
            destination.write(text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(&folder), ["report.html"]);
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_said_at_once() {
        let folder = folder("refused");
        let missing = folder.join("missing").join("report.html");
        let file = folder.join("file");
        fs::write(&file, "").unwrap();
        for (path, said) in [
            (missing.as_path(), "a folder that you may write to?"),
            (&folder, "is not a file"),
            (&file.join("report.html"), "a folder that you may write to?"),
            (Path::new("/"), "is not the name of a file"),
        ] {
            let error = Destination::check(path).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
