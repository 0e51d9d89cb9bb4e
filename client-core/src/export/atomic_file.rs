//! A file for the result, which is whole or not there at all.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// A file that could be written when we looked.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    // Beside it, so that it can be renamed. Its name is of this process alone.
    draft: PathBuf,
}

impl AtomicFile {
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
        // A rename would put a file in the place of a link: /dev/stdout is one, which leads
        // to a file wherever the output goes to one.
        if path.is_symlink() {
            bail!("{} is a link; name the file itself", path.display());
        }
        if path.exists() && !path.is_file() {
            bail!("{} is there already, and is not a file", path.display());
        }
        let mut draft = name.to_owned();
        draft.push(format!(".{}.part", std::process::id()));
        // Not as it was written: `new/` would be a draft that cannot be renamed to it.
        let path = path.with_file_name(name);
        let destination = Self { draft: path.with_file_name(draft), path };
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
        // What is there under this name was left by a process that had our number and was
        // killed.
        let _ = fs::remove_file(&self.draft);
        let mut file = fs::File::create_new(&self.draft)?;
        // Who might not read what was there before, may not read this.
        if let Ok(before) = fs::metadata(&self.path) {
            file.set_permissions(before.permissions())?;
        }
        file.write_all(content)?;
        // What a full disk or a network drive kept to itself so far, it says here.
        file.sync_all()
    }

    /// Where it really is, however it was written.
    fn place(&self) -> PathBuf {
        let folder = self.draft.parent().filter(|folder| *folder != Path::new(""));
        let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")));
        let name = self.path.file_name().unwrap_or_default();
        folder.map_or_else(|_| self.path.clone(), |folder| folder.join(name))
    }

    fn complaint(&self) -> String {
        let folder = self.path.parent().filter(|folder| *folder != Path::new(""));
        format!(
            "cannot write {} (is {} a folder that you may write to?)",
            self.path.display(),
            folder.unwrap_or(Path::new(".")).display()
        )
    }
}

/// Whether no two of these are the same file, of which only the last would be left.
///
/// Errors: two are.
pub fn all_differ(destinations: &[&AtomicFile]) -> anyhow::Result<()> {
    for (at, one) in destinations.iter().enumerate() {
        let is_same = |other: &&AtomicFile| other.place() == one.place();
        if destinations[at + 1..].iter().any(is_same) {
            bail!("{one} cannot hold two things: give each a file of its own");
        }
    }
    Ok(())
}

impl fmt::Display for AtomicFile {
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
    fn what_a_killed_process_with_our_number_left_is_in_nobodys_way() {
        let folder = folder("left");
        let path = folder.join("report.html");
        let left = folder.join(format!("report.html.{}.part", std::process::id()));
        fs::write(&left, "half").unwrap();
        AtomicFile::check(&path).unwrap().write(b"whole").unwrap();
        assert_eq!(names(&folder), ["report.html"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = folder("replaced");
        let path = folder.join("report.html");
        let destination = AtomicFile::check(&path).unwrap();
        assert_eq!(names(&folder), Vec::<String>::new());
        for text in ["first", "second"] {
            destination.write(text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(&folder), ["report.html"]);
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn one_file_for_two_things_is_refused() {
        let folder = folder("twice");
        let check = |name| AtomicFile::check(&folder.join(name)).unwrap();
        let [one, same, other] = ["a", "./a", "b"].map(check);
        assert!(all_differ(&[&one, &other]).is_ok());
        assert!(all_differ(&[&other, &one, &same]).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_left_alone_and_a_file_keeps_its_mode() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = folder("links");
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "before").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        let refused = AtomicFile::check(&link).unwrap_err().to_string();
        assert!(refused.contains("is a link"), "{refused}");

        AtomicFile::check(&file).unwrap().write(b"after").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&link).unwrap(), "after");
        // What looks like a folder is the file that it would be.
        let slash = AtomicFile::check(Path::new(&format!(
            "{}/",
            link.with_file_name("new").display()
        )));
        slash.unwrap().write(b"new").unwrap();
        assert_eq!(fs::read_to_string(folder.join("new")).unwrap(), "new");
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
            let error = AtomicFile::check(path).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
