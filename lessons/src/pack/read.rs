//! Reads a pack's folder, and says what is wrong with its files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::de::DeserializeOwned;
use units::localized;

use super::{Example, Exercise, ExerciseTexts, Pack};
use crate::errors::cannot_read;

impl Pack {
    /// Reads the pack in `folder`, all of it.
    ///
    /// # Errors
    ///
    /// A file is missing, or is not as `packs/README.md` asks for; the message names it.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        // Cargo gets these paths in another folder.
        let folder = &std::path::absolute(folder)?;
        let path = folder.join("pack.toml");
        let mut pack = Self { folder: folder.clone(), ..read_toml(&path)? };
        let (file, id) = (path.display(), &pack.id);
        ensure!(
            is_plain(id),
            localized!(
                "{file}: the id is {id:?}, but may contain only a-z, 0-9 and -",
                "{file}：id 是 {id:?}，只能用 a-z、0-9 和 -",
            )
        );
        ensure_texts(&path, [&pack.en.title, &pack.zh.title])?;
        pack.examples = read_each(&folder.join("shows"), Example::read)?;
        pack.exercises = read_each(&folder.join("exercises"), Exercise::read)?;
        for pair in pack.exercises.windows(2) {
            let (folder, number) = (folder.display(), pair[1].number);
            ensure!(
                pair[0].number < number,
                localized!(
                    "{folder}: two exercises have the number {number}",
                    "{folder}：有两道练习的编号都是 {number}",
                )
            );
        }
        Ok(pack)
    }
}

impl Example {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("show.toml");
        let name = name_of(folder)?.to_owned();
        let shown = folder.display();
        ensure!(
            is_plain(&name.replace('.', "-")),
            localized!(
                "{shown}: the folder of a show needs a name such as 3.1-nothing-runs",
                "{shown}：示例的文件夹名应当像 3.1-nothing-runs 这样",
            )
        );
        let program = folder.join("program.rs");
        ensure_file(&program)?;
        let example = Self { name, program, ..read_toml(&path)? };
        let texts = [&example.en, &example.zh];
        ensure_texts(&path, texts.into_iter().flat_map(|t| [&t.title, &t.python]))?;
        Ok(example)
    }
}

impl Exercise {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("exercise.toml");
        let (number, id) = numbered(folder)?;
        let mut others = entries(&folder.join("others"))?;
        others.retain(|path| path.extension().is_some_and(|ext| ext == "rs"));
        let folder = folder.to_owned();
        let exercise = Self { number, id, folder, others, ..read_toml(&path)? };
        for texts in [&exercise.en, &exercise.zh] {
            let ExerciseTexts { title, task, watch, hints, learned } = texts;
            let lines = [title, task, watch, learned].into_iter().chain(hints);
            ensure_texts(&path, lines)?;
        }
        let has_hints = |texts: &ExerciseTexts| !texts.hints.is_empty();
        let server = &exercise.server;
        let (requests, at_once) = (server.requests, exercise.expected().at_once);
        let arrivals = [server.last, server.never, server.fails];
        let rules = [
            (
                has_hints(&exercise.en) && has_hints(&exercise.zh),
                localized!("there is no hint", "没有提示"),
            ),
            (
                arrivals.iter().flatten().all(|&arrival| arrival < requests.get()),
                localized!(
                    "last, never and fails must be request numbers, from 0",
                    "last、never 和 fails 是请求的编号，从 0 开始",
                ),
            ),
            (
                server.last.is_none() || server.never.is_none(),
                localized!(
                    "last and never exclude each other: with never, none comes last",
                    "有一个响应永远不来，就没有最后到来的响应",
                ),
            ),
            (
                at_once <= requests,
                localized!(
                    "at_once is more than the number of requests",
                    "at_once 大于请求数",
                ),
            ),
            (
                server.max_concurrent.is_none_or(|places| at_once <= places),
                localized!(
                    "at_once is more than the server's places",
                    "at_once 大于服务器的 places",
                ),
            ),
        ];
        let shown = path.display();
        for (holds, rule) in rules {
            ensure!(holds, "{shown}: {rule}");
        }
        ensure_file(&exercise.broken())?;
        ensure_file(&exercise.solution())?;
        Ok(exercise)
    }
}

/// Reads each folder in `folder`, in the order of their names.
fn read_each<T>(
    folder: &Path,
    read: fn(&Path) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let mut folders = entries(folder)?;
    folders.retain(|path| path.is_dir());
    folders.iter().map(|folder| read(folder)).collect()
}

/// What is in `folder`, in the order of names; nothing if it is not there.
fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let listed = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<_> = listed.with_context(|| cannot_read(folder))?;
    paths.sort();
    Ok(paths)
}

fn name_of(folder: &Path) -> anyhow::Result<&str> {
    folder.file_name().and_then(|name| name.to_str()).with_context(|| {
        let folder = folder.display();
        localized!("{folder} has no name", "{folder} 没有名字")
    })
}

/// The number and the id of an exercise, from the name of its folder.
fn numbered(folder: &Path) -> anyhow::Result<(usize, String)> {
    let parts = name_of(folder)?.split_once('-').and_then(|(digits, id)| {
        // Two digits, so that the order of the names is that of the numbers.
        let number = digits.parse().ok().filter(|&n| n > 0 && digits.len() == 2)?;
        is_plain(id).then(|| (number, id.to_owned()))
    });
    parts.with_context(|| {
        let folder = folder.display();
        localized!(
            "{folder}: the folder of an exercise needs a name such as 04-await-in-a-loop: \
             two digits, then a-z, 0-9 and -",
            "{folder}：练习的文件夹名应当像 04-await-in-a-loop 这样：两位数字，后面是 a-z、0-9 和 -",
        )
    })
}

/// Whether this can be part of the name of a file and of a program.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}

fn ensure_texts<'a>(
    path: &Path,
    texts: impl IntoIterator<Item = &'a String>,
) -> anyhow::Result<()> {
    let are_there = texts.into_iter().all(|text| !text.trim().is_empty());
    let path = path.display();
    ensure!(
        are_there,
        localized!("{path}: a text is empty", "{path}：有一段文字是空的")
    );
    Ok(())
}

fn ensure_file(file: &Path) -> anyhow::Result<()> {
    let shown = file.display();
    ensure!(file.is_file(), localized!("{shown} is missing", "缺少 {shown}"));
    Ok(())
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| cannot_read(path))?;
    toml::from_str(&text).with_context(|| {
        let path = path.display();
        localized!("{path} is not valid in a pack", "{path} 不符合课程包的格式")
    })
}
