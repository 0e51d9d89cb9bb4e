//! `cargo lesson class report`: sums up the progress files of a class.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table};
use serde::{Serialize, Serializer};
use units::text::COLUMNS;
use units::{Language, Localized, localized};

use crate::errors::cannot_read;
use crate::pack::Pack;
use crate::student::progress::Progress;
use crate::terminal::{BOLD, DIM};

/// The characters of a text from elsewhere that are shown.
const MAX_TEXT: usize = 200;

/// The mistakes of an exercise that are named.
const MAX_MISTAKES: usize = 3;

/// Writes the report on the class whose progress files are in `folder`.
pub(super) fn write_report(
    out: &mut impl Write,
    folder: &Path,
    pack: &Pack,
    json: bool,
    language: Language,
) -> anyhow::Result<()> {
    let class = Class::read(folder, pack)?;
    if json {
        writeln!(units::raw_stdout(), "{}", serde_json::to_string_pretty(&class)?)?;
        return Ok(());
    }
    class.write(out, language)
}

/// The report.
#[derive(Debug, Serialize)]
struct Class {
    schema: u32,
    /// In the order of their names.
    students: Vec<StudentRow>,
    /// In the order of the pack; those of other packs follow.
    exercises: Vec<ExerciseRow>,
    /// Files that are no progress files, and why.
    #[serde(serialize_with = "in_english")]
    skipped: Vec<Localized>,
}

#[derive(Debug, Serialize)]
struct StudentRow {
    name: String,
    solved: usize,
    /// Of those solved, the ones that the last check found wrong.
    broken_again: usize,
    checks: usize,
    hints: usize,
    solutions_seen: usize,
}

#[derive(Debug, Serialize)]
struct ExerciseRow {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    /// Students that have checked it at least once.
    tried: usize,
    solved: usize,
    /// Of those who solved it, the students whose last check found it wrong.
    broken_again: usize,
    /// Half of the students who solved it needed at most this number.
    median_checks: Option<usize>,
    hints: usize,
    /// Those found most often first.
    mistakes: Vec<(String, usize)>,
}

impl Class {
    /// Reads all progress files in `folder` and in the folders in it.
    fn read(folder: &Path, pack: &Pack) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        find_files(folder, &mut files)?;
        files.sort();
        let (mut named, mut skipped) = (Vec::new(), Vec::new());
        for file in files {
            match Progress::read(&file) {
                Ok(progress) => named.push((name_of(&file, pack), file, progress)),
                Err(error) => skipped.push(error.reason()),
            }
        }
        let students = by_unique_name(folder, named);
        let shown = folder.display();
        ensure!(
            !students.is_empty(),
            localized!(
                "there is no progress file in {shown}: collect the students' progress.json \
                 there, as NAME.json or NAME/progress.json",
                "{shown} 里没有进度文件：请把学生的 progress.json 收集到那里，命名为 NAME.json \
                 或 NAME/progress.json",
            )
        );
        let exercises = exercise_rows(&students, pack);
        let students = students
            .into_iter()
            .map(|(name, progress)| student_row(name, &progress));
        Ok(Self { schema: 1, students: students.collect(), exercises, skipped })
    }

    fn write(&self, out: &mut impl Write, language: Language) -> anyhow::Result<()> {
        let all = self.exercises.len();
        let heads = language.pick(
            [
                "student",
                "solved",
                "broken again",
                "checks",
                "hints",
                "solutions seen",
            ],
            ["学生", "已解决", "又出错", "检查", "提示", "看过解法"],
        );
        let rows = self.students.iter().map(|row| {
            let solved = format!("{}/{all}", row.solved);
            let counts =
                [row.broken_again, row.checks, row.hints, row.solutions_seen];
            let [broken, checks, hints, seen] =
                counts.map(|count| count.to_string());
            [row.name.clone(), solved, broken, checks, hints, seen]
        });
        write_table(out, heads, rows)?;
        writeln!(out)?;

        let heads = language.pick(
            ["exercise", "solved", "checks", "hints", "mistakes found most often"],
            ["练习", "已解决", "检查", "提示", "最常见的错误"],
        );
        let rows = self.exercises.iter().map(|row| {
            let number = row.number.map(|number| format!("{number:02}-"));
            let name = number.unwrap_or_default() + &row.id;
            let solved = format!("{}/{}", row.solved, self.students.len());
            let checks = row.median_checks.map(|count| count.to_string());
            let checks = checks.unwrap_or_else(|| "-".to_owned());
            let mistakes = row.mistakes.iter().take(MAX_MISTAKES);
            let mistakes: Vec<_> =
                mistakes.map(|(name, count)| format!("{name} {count}")).collect();
            [name, solved, checks, row.hints.to_string(), mistakes.join(", ")]
        });
        write_table(out, heads, rows)?;
        let note = language.pick(
            "checks: the median of the students who solved it",
            "检查：已解决该题的学生所用检查次数的中位数",
        );
        writeln!(out, "\n{DIM}{note}{DIM:#}")?;
        let left_out = language.pick("skipped", "未计入");
        for skipped in &self.skipped {
            writeln!(out, "{left_out}: {}", plain(skipped.of(language)))?;
        }
        Ok(())
    }
}

fn student_row(name: String, progress: &Progress) -> StudentRow {
    let records = || progress.exercises.values();
    StudentRow {
        name,
        solved: records().filter(|record| record.solved).count(),
        broken_again: records().filter(|record| record.is_broken_again()).count(),
        checks: total(records().map(|record| record.checks)),
        hints: total(records().map(|record| record.hints)),
        solutions_seen: records().filter(|record| record.solution_seen).count(),
    }
}

fn exercise_rows(
    students: &BTreeMap<String, Progress>,
    pack: &Pack,
) -> Vec<ExerciseRow> {
    let mut ids: Vec<_> =
        pack.exercises.iter().map(|e| (Some(e.number), e.id.clone())).collect();
    for id in students.values().flat_map(|progress| progress.exercises.keys()) {
        if !ids.iter().any(|(_, known)| known == id) {
            ids.push((None, id.clone()));
        }
    }
    ids.iter().map(|(number, id)| exercise_row(*number, id, students)).collect()
}

fn exercise_row(
    number: Option<usize>,
    id: &str,
    students: &BTreeMap<String, Progress>,
) -> ExerciseRow {
    let all = students.values();
    let records: Vec<_> =
        all.filter_map(|progress| progress.exercises.get(id)).collect();
    let solved = records.iter().filter(|record| record.solved);
    let mut checks: Vec<_> = solved.map(|record| record.checks).collect();
    checks.sort_unstable();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (name, count) in records.iter().flat_map(|record| &record.mistakes) {
        let sum = counts.entry(name).or_default();
        *sum = sum.saturating_add(*count);
    }
    let mut mistakes: Vec<_> =
        counts.into_iter().map(|(name, count)| (plain(name), count)).collect();
    mistakes.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    ExerciseRow {
        tried: records.iter().filter(|record| record.checks > 0).count(),
        solved: checks.len(),
        broken_again: records.iter().filter(|r| r.is_broken_again()).count(),
        median_checks: checks.get(checks.len().saturating_sub(1) / 2).copied(),
        hints: total(records.iter().map(|record| record.hints)),
        mistakes,
        number,
        id: plain(id),
    }
}

/// The sum of counts, which may be anything: the files come from elsewhere.
fn total(counts: impl Iterator<Item = usize>) -> usize {
    counts.fold(0, usize::saturating_add)
}

/// All JSON files in a folder, and in the folders in it, without hidden ones.
fn find_files(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| cannot_read(folder))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        // Those of editors, which have settings in JSON.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // Not by a link, which may lead round in a circle.
        if entry.file_type()?.is_dir() {
            find_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// Whose progress file this is: `anna.json`, or `anna/progress.json`, or that of a whole
/// `my-lessons` in the folder `anna`.
fn name_of(file: &Path, pack: &Pack) -> String {
    let names_somebody =
        |name: &&OsStr| *name != "my-lessons" && *name != OsStr::new(&pack.id);
    let stem = file.file_stem().unwrap_or_default();
    let named = if stem == "progress" {
        let mut folders = file.ancestors().skip(1).filter_map(Path::file_name);
        folders.find(names_somebody).unwrap_or(stem)
    } else {
        stem
    };
    plain(&named.to_string_lossy())
}

/// Students by name; those who share one, by the path of their file in `folder`.
fn by_unique_name(
    folder: &Path,
    named: Vec<(String, PathBuf, Progress)>,
) -> BTreeMap<String, Progress> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for (name, ..) in &named {
        *times.entry(name.clone()).or_default() += 1;
    }
    let by_name = named.into_iter().map(|(name, file, progress)| {
        let path = file.strip_prefix(folder).unwrap_or(&file);
        let is_shared = times.get(&name).is_some_and(|&times| times > 1);
        let name = if is_shared { plain(&path.to_string_lossy()) } else { name };
        (name, progress)
    });
    by_name.collect()
}

/// Text from elsewhere, bounded and without control characters.
fn plain(text: &str) -> String {
    units::printable(text.as_bytes(), MAX_TEXT)
}

/// Programs read it in English.
fn in_english<S: Serializer>(
    reasons: &[Localized],
    out: S,
) -> Result<S::Ok, S::Error> {
    out.collect_seq(reasons.iter().map(|reason| plain(&reason.en)))
}

/// A table whose first and last columns are texts, and the others numbers.
fn write_table<const N: usize>(
    out: &mut impl Write,
    heads: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(heads).add_rows(rows);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(COLUMNS);
    for column in table.column_iter_mut() {
        // Only the last one is broken where a line is full.
        if column.index < N - 1 {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        let is_text = column.index == 0 || column.index == N - 1;
        let alignment =
            if is_text { CellAlignment::Left } else { CellAlignment::Right };
        column.set_padding((0, 2)).set_cell_alignment(alignment);
    }
    for (number, line) in table.lines().enumerate() {
        let line = line.trim_end();
        if number == 0 {
            writeln!(out, "{BOLD}{line}{BOLD:#}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_long_names_fits_a_terminal() {
        let names = ["does-not-compile", "answers-thrown-away", "blocked-thread"];
        let class = Class {
            schema: 1,
            students: Vec::new(),
            exercises: vec![ExerciseRow {
                id: "await-in-a-loop-of-loops".to_owned(),
                number: Some(4),
                tried: 30,
                solved: 20,
                broken_again: 2,
                median_checks: Some(12),
                hints: 100,
                mistakes: names.map(|name| (name.to_owned(), 123)).to_vec(),
            }],
            skipped: Vec::new(),
        };
        let mut out = Vec::new();
        class.write(&mut out, Language::En).unwrap();
        let shown = anstream::adapter::strip_bytes(&out).into_vec();
        let shown = String::from_utf8(shown).unwrap();
        let width = shown.lines().map(str::len).max().unwrap_or(0);
        assert!(width <= usize::from(COLUMNS), "{shown}");
        for name in names {
            assert!(shown.contains(name), "{shown}");
        }
    }
}
