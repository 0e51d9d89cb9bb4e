//! Packs and benches for the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use lessons::pack::Pack;
use lessons::program::cargo_project::CargoProject;
use lessons::verdict::Verdict;
use units::Language;

/// Our own pack.
pub(crate) const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/packs/waiting");

/// Checks at a time: they wait more than they compute.
const AT_ONCE: usize = 16;

/// A folder of the test's own, empty at the start.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Texts for an exercise that nobody reads.
pub(crate) const TEXTS: &str = r#"
[en]
title = "t"
task = "t"
watch = "w"
hints = ["h"]
learned = "l"

[zh]
title = "t"
task = "t"
watch = "w"
hints = ["h"]
learned = "l"
"#;

/// A pack with one exercise, whose programs do not matter, and this server and wishes.
pub(crate) fn pack(folder: &Path, tables: &str) -> Pack {
    let exercise = folder.join("pack/exercises/01-some");
    fs::create_dir_all(&exercise).unwrap();
    let titles = "id = \"test\"\n[en]\ntitle = \"t\"\n[zh]\ntitle = \"t\"\n";
    fs::write(folder.join("pack/pack.toml"), titles).unwrap();
    let head = "section = \"3.4\"\nminutes = 5\nmistake = \"one-by-one\"\n";
    let text = format!("{head}{tables}{TEXTS}");
    fs::write(exercise.join("exercise.toml"), text).unwrap();
    for program in ["broken.rs", "solution.rs"] {
        fs::write(exercise.join(program), "fn main() {}\n").unwrap();
    }
    Pack::read(&folder.join("pack")).unwrap()
}

/// A project with all programs of a folder, by their names.
pub(crate) fn project(folder: &Path, pack: &Pack, programs: &Path) -> CargoProject {
    let mut files: Vec<_> = fs::read_dir(programs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    let programs: Vec<_> = files
        .into_iter()
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    CargoProject::create(&folder.join("bench"), pack, &programs).unwrap()
}

/// Does the work for each of `jobs`, a few at a time, and gives the results in their order.
pub(crate) fn side_by_side<J: Sync, R: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> R + Sync,
) -> Vec<R> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let number = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(job) = jobs.get(number)
                {
                    let result = work(job);
                    results.lock().unwrap().insert(number, result);
                }
            });
        }
    });
    results.into_inner().unwrap().into_values().collect()
}

/// A verdict as a student reads it, without colours.
pub(crate) fn said(verdict: &Verdict) -> String {
    let mut said = Vec::new();
    verdict.write(&mut said, Language::En).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&said).into_vec()).unwrap()
}

/// A thread for each processor that does nothing but compute, until it is dropped.
pub(crate) struct Load {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn on_every_processor() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let threads = (0..thread::available_parallelism().unwrap().get())
            .map(|_| {
                let is_over = Arc::clone(&is_over);
                thread::spawn(move || while !is_over.load(Ordering::Relaxed) {})
            })
            .collect();
        Self { is_over, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}
