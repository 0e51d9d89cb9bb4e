//! A small pack, and the program at work on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lessons::pack::Pack;

/// Sends its requests one after another.
pub(crate) const BROKEN: &str = r#"fn main() -> anyhow::Result<()> {
    for _ in 0..lesson_kit::requests() {
        println!("{}", ureq::get(lesson_kit::url()).call()?.body_mut().read_to_string()?);
    }
    Ok(())
}
"#;

/// Sends them immediately.
pub(crate) const SOLUTION: &str = r#"fn main() {
    std::thread::scope(|scope| {
        for _ in 0..lesson_kit::requests() {
            scope.spawn(|| {
                let mut answer = ureq::get(lesson_kit::url()).call()?;
                println!("{}", answer.body_mut().read_to_string()?);
                anyhow::Ok(())
            });
        }
    });
}
"#;

/// Does not end.
#[cfg(unix)]
pub(crate) const HANGING: &str = r"fn main() {
    std::thread::sleep(std::time::Duration::from_secs(3333));
}
";

const EXERCISE: &str = r#"section = "3.5"
minutes = 5
mistake = "one-by-one"

[server]
requests = 3

[en]
title = "The title"
task = "The task."
watch = "The symptom."
hints = ["The first hint.", "The second hint."]
learned = "The lesson."

[zh]
title = "标题"
task = "任务。"
watch = "现象。"
hints = ["第一条提示。", "第二条提示。"]
learned = "收获。"
"#;

/// Prints a line a hundred times a second, until it is ended.
pub(crate) const TALKING: &str = r#"fn main() {
    loop {
        println!("still here");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
"#;

const SHOW: &str = r#"section = "3.1"

[en]
title = "The show"
python = "What Python does."

[zh]
title = "演示"
python = "Python 的做法。"
"#;

const LESSONS_MANIFEST: &str =
    "[package]\nname = \"lessons\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

const LESSONS: &str = r#"fn main() {
    let variable = |name| std::env::var(name).unwrap_or_default();
    println!("{:?}", std::env::args().skip(1).collect::<Vec<_>>());
    println!("{}", variable("LESSON_PACK"));
    println!("{}", variable("LESSON_DIR"));
}
"#;

/// The target folder of the tests.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

/// A folder of the test's own, empty at the start, with a pack of two exercises in it.
pub(crate) struct Fixture {
    pub(crate) folder: PathBuf,
}

impl Fixture {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for exercise in ["01-first", "02-second"] {
            let exercise = folder.join("pack/exercises").join(exercise);
            fs::create_dir_all(&exercise).unwrap();
            fs::write(exercise.join("exercise.toml"), EXERCISE).unwrap();
            fs::write(exercise.join("broken.rs"), BROKEN).unwrap();
            fs::write(exercise.join("solution.rs"), SOLUTION).unwrap();
        }
        let titles =
            "id = \"small\"\n[en]\ntitle = \"Small\"\n[zh]\ntitle = \"小\"\n";
        fs::write(folder.join("pack/pack.toml"), titles).unwrap();
        Self { folder }
    }

    /// Adds a show with this program to the pack.
    pub(crate) fn add_show(&self, program: &str) {
        let folder = self.folder.join("pack/shows/3.1-the-show");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("show.toml"), SHOW).unwrap();
        fs::write(folder.join("program.rs"), program).unwrap();
    }

    pub(crate) fn pack(&self) -> Pack {
        Pack::read(&self.folder.join("pack")).unwrap()
    }

    /// The student's file with this name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join("my/small").join(name)
    }

    /// `cargo lesson` with these arguments, on this pack.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lessons"));
        command
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .env("LC_ALL", "C")
            .arg("--pack")
            .arg(self.folder.join("pack"))
            .arg("--dir")
            .arg(self.folder.join("my"))
            .args(arguments);
        command
    }

    /// A checkout of the workspace in a folder of the test's own, with what a lesson needs of
    /// it; its `cargo lesson` says what it was started with.
    pub(crate) fn checkout(&self, name: &str) -> PathBuf {
        let checkout = self.folder.join(name);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for folder in ["lessons/kit/src", "lessons/src", ".cargo"] {
            fs::create_dir_all(checkout.join(folder)).unwrap();
        }
        let kit = ["lessons/kit/Cargo.toml", "lessons/kit/src/lib.rs"];
        for file in kit.into_iter().chain(["Cargo.lock", ".cargo/config.toml"]) {
            fs::copy(root.join(file), checkout.join(file)).unwrap();
        }
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let mut manifest: toml::Table = manifest.parse().unwrap();
        manifest["workspace"]["members"] =
            vec![toml::Value::from("lessons"), "lessons/kit".into()].into();
        fs::write(checkout.join("Cargo.toml"), manifest.to_string()).unwrap();
        fs::write(checkout.join("lessons/Cargo.toml"), LESSONS_MANIFEST).unwrap();
        fs::write(checkout.join("lessons/src/main.rs"), LESSONS).unwrap();
        checkout
    }

    /// `cargo lesson` with these arguments in this checkout, on this pack, with the files in
    /// its `my-lessons` and the target folder of the tests.
    pub(crate) fn command_in(&self, checkout: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lessons"));
        command
            .env("CARGO_MANIFEST_DIR", checkout.join("lessons"))
            .env("CARGO_TARGET_DIR", target())
            .env("LC_ALL", "C")
            .arg("--pack")
            .arg(self.folder.join("pack"))
            .args(arguments);
        command
    }

    pub(crate) fn lesson(&self, arguments: &[&str]) -> CommandOutput {
        CommandOutput::of(&self.command(arguments).output().unwrap())
    }
}

/// What the program said, and its exit status.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl CommandOutput {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}
