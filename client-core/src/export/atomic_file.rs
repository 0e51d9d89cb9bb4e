//! A file for the result, which is whole or not there at all.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;
use units::{Localized, localized};

/// A file that could be written when it was checked.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
}

impl AtomicFile {
    /// Tries out whether `path` can be written, and leaves nothing behind.
    ///
    /// # Errors
    ///
    /// It cannot.
    pub fn check(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let Some(name) = path.file_name() else {
            bail!(localized!(
                "{shown} is not the name of a file; write one such as report.html",
                "{shown} 不是文件名；请写文件名，例如 report.html",
            ))
        };
        if path == Path::new("-") {
            bail!(localized!(
                "- would be standard output, where the report goes; write the name of a file \
                 (for a file named -, write ./-)",
                "- 表示标准输出，而报告就在那里；请写文件名（名为 - 的文件写作 ./-）",
            ));
        }
        // A rename would put a file in the place of a link: /dev/stdout is one, which leads
        // to a file wherever the output goes to one.
        if path.is_symlink() {
            bail!(localized!(
                "{shown} is a symbolic link; write the name of the file itself",
                "{shown} 是符号链接；请写文件本身的名字",
            ));
        }
        if path.exists() && !path.is_file() {
            bail!(localized!(
                "{shown} exists and is not a file",
                "{shown} 已存在，而且不是文件",
            ));
        }
        // Not as it was written: nothing can be renamed to `new/`.
        let file = Self { path: path.with_file_name(name) };
        file.draft().with_context(|| file.complaint())?;
        Ok(file)
    }

    /// Replaces the file. A concurrent reader sees the old content.
    ///
    /// # Errors
    ///
    /// It cannot be written, and what was there before still is.
    pub fn write(&self, content: &[u8]) -> anyhow::Result<()> {
        self.put(content)
            .with_context(|| localized!("cannot write {self}", "无法写入 {self}"))
    }

    fn put(&self, content: &[u8]) -> io::Result<()> {
        let draft = self.draft()?;
        // Not through the library, which would name the draft in the error.
        let mut file = draft.as_file();
        file.write_all(content)?;
        // A full disk or a network drive may report an error only here.
        file.sync_all()?;
        draft.persist(&self.path)?;
        Ok(())
    }

    /// A file beside it, which can be renamed to it, and is removed otherwise.
    fn draft(&self) -> io::Result<NamedTempFile> {
        // Made by us, since the library's own has the mode 0600 and names itself in errors.
        let draft = tempfile::Builder::new()
            .make_in(self.folder(), |path| fs::File::create_new(path))?;
        // It gets the permissions of the file that it replaces.
        if let Ok(before) = fs::metadata(&self.path) {
            draft.as_file().set_permissions(before.permissions())?;
        }
        Ok(draft)
    }

    fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| *folder != Path::new(""));
        folder.unwrap_or(Path::new("."))
    }

    /// Where it really is, however it was written.
    fn real_path(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default();
        fs::canonicalize(self.folder())
            .map_or_else(|_| self.path.clone(), |folder| folder.join(name))
    }

    fn complaint(&self) -> Localized {
        let folder = self.folder().display();
        localized!(
            "cannot write {self} (is {folder} a folder that you may write to?)",
            "无法写入 {self}（{folder} 是你有写权限的文件夹吗？）",
        )
    }
}

/// Whether no two of these are the same file, of which only the last would be left.
///
/// # Errors
///
/// Two are.
pub fn all_differ(files: &[&AtomicFile]) -> anyhow::Result<()> {
    for (at, one) in files.iter().enumerate() {
        let is_same = |other: &&AtomicFile| other.real_path() == one.real_path();
        if files[at + 1..].iter().any(is_same) {
            bail!(localized!(
                "{one} is named twice: write each result to a file of its own",
                "{one} 被指定了两次：请让每个结果各用一个文件",
            ));
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
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let path = folder.join("report.html");
        let file = AtomicFile::check(&path).unwrap();
        assert_eq!(names(folder), Vec::<String>::new());
        for text in ["first", "second"] {
            file.write(text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder), ["report.html"]);
        }
    }

    #[test]
    fn one_file_for_two_things_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let check = |name| AtomicFile::check(&folder.join(name)).unwrap();
        let [one, same, other] = ["a", "./a", "b"].map(check);
        assert!(all_differ(&[&one, &other]).is_ok());
        assert!(all_differ(&[&other, &one, &same]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_left_alone_and_a_file_keeps_its_mode() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "before").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        let refused = AtomicFile::check(&link).unwrap_err().to_string();
        assert!(refused.contains("is a symbolic link"), "{refused}");

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
        // With the mode of any new file.
        fs::write(folder.join("usual"), "").unwrap();
        let mode =
            |name| fs::metadata(folder.join(name)).unwrap().permissions().mode();
        assert_eq!(mode("new"), mode("usual"));
    }

    #[test]
    fn what_cannot_be_written_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let missing = folder.join("missing").join("report.html");
        let file = folder.join("file");
        fs::write(&file, "").unwrap();
        for (path, said) in [
            (missing.as_path(), "a folder that you may write to?"),
            (folder, "is not a file"),
            (&file.join("report.html"), "a folder that you may write to?"),
            (Path::new("/"), "is not the name of a file"),
            (Path::new("-"), "standard output"),
        ] {
            let error = format!("{:#}", AtomicFile::check(path).unwrap_err());
            assert!(error.contains(said), "{error}");
            assert!(!error.contains("at path"), "{error}");
        }
    }
}
