//! `cargo lesson`: what to do next, and what an exercise was about when it is solved.

use std::io::{self, Write};

use super::list;
use crate::pack::Exercise;
use crate::student::Student;
use crate::student::editor::EditorSettings;
use crate::terminal::{
    BOLD, DIM, display_path, in_language, write_paragraph, write_title,
};

/// Writes the task of the next exercise, and the commands for it.
pub(super) fn write_next(out: &mut impl Write, student: &Student) -> io::Result<()> {
    let progress = student.progress();
    let Some(exercise) = student.next_after(&progress, 0) else {
        return write_all_solved(out, student);
    };
    writeln!(out, "{}\n", list::bar(student, &progress))?;
    write(out, student, exercise)?;
    let number = exercise.number;
    let commands = in_language!(
        student.language,
        "
  cargo lesson check          what the server sees of your program
  cargo lesson watch          the same on every save
  cargo lesson run            what it prints, without a verdict
  cargo lesson hint           a nudge, then more
  cargo lesson list           all exercises, and the programs to look at
  cargo lesson solution {number:<5} once it is solved",
        "
  cargo lesson check          看看服务器从你的程序收到了什么
  cargo lesson watch          每次保存都检查
  cargo lesson run            只运行，不作判断
  cargo lesson hint           逐条给出提示
  cargo lesson list           全部练习，以及可以看的程序
  cargo lesson solution {number:<5} 解决之后再看",
    );
    writeln!(out, "{commands}\n")?;
    write_editor(out, student)
}

/// Writes how an editor knows the programs.
fn write_editor(out: &mut impl Write, student: &Student) -> io::Result<()> {
    let language = student.language;
    let folder = display_path(&student.dir.path);
    let text = match &student.dir.editor {
        EditorSettings::OwnFolder => in_language!(
            language,
            "Your editor: open {folder}, and rust-analyzer knows your programs.",
            "编辑器：打开 {folder}，rust-analyzer 就认得你的程序。",
        ),
        EditorSettings::Linked => in_language!(
            language,
            "Your editor: open the folder of this project in VS Code, or {folder} in any \
             other, and rust-analyzer knows your programs.",
            "编辑器：VS Code 直接打开本项目的文件夹，其他编辑器打开 {folder}，rust-analyzer \
             就认得你的程序。",
        ),
        EditorSettings::Lacking { settings, line } => {
            let settings = display_path(settings);
            in_language!(
                language,
                "Your editor: open {folder}, and rust-analyzer knows your programs. For VS Code \
                 to know them from other folders too, add this to {settings}, which is yours \
                 and is left as it is:\n{line}",
                "编辑器：打开 {folder}，rust-analyzer 就认得你的程序。要让 VS Code 从其他文件夹也认得它们，\
                 请在 {settings} 里加上下面这一行（这个文件是你的，不会被改动）：\n{line}",
            )
        }
    };
    write_paragraph(out, &text)
}

/// Writes the task of an exercise.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
) -> io::Result<()> {
    let language = student.language;
    let texts = exercise.texts(language);
    let all = student.pack.exercises.len();
    let Exercise { number, section, minutes, .. } = exercise;
    let about = in_language!(
        language,
        "exercise {number} of {all}, section {section} of the tutorial, about {minutes} minutes",
        "第 {number} 题，共 {all} 题，教程 {section} 节，约 {minutes} 分钟",
    );
    writeln!(out, "{BOLD}{}{BOLD:#}\n{DIM}{about}{DIM:#}\n", texts.title)?;
    write_paragraph(out, &texts.task)?;
    let watch = language.pick("What to look at: ", "留意：");
    writeln!(out)?;
    write_paragraph(out, &format!("{watch}{}", texts.watch))?;
    let file = display_path(&student.dir.file(exercise));
    let open = language.pick("Your file: ", "你的文件：");
    writeln!(out, "\n  {open}{BOLD}{file}{BOLD:#}")
}

/// Writes what a solved exercise was about.
pub(super) fn write_learned(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
) -> io::Result<()> {
    write_title(out, student.language.pick("What it was", "原来如此"))?;
    write_paragraph(out, &exercise.texts(student.language).learned)
}

/// Writes that nothing is left to do.
pub(super) fn write_all_solved(
    out: &mut impl Write,
    student: &Student,
) -> io::Result<()> {
    let bar = list::bar(student, &student.progress());
    let text = student.language.pick(
        "All exercises are solved. Read the four clients now: each is one slide.",
        "所有练习都已解决。现在去读那四个客户端吧：每个只有一页。",
    );
    writeln!(out, "{bar}\n\n{text}")
}
