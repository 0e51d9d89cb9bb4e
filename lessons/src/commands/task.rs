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
  cargo lesson check          check what the server receives from your program
  cargo lesson watch          check it on every save
  cargo lesson run            run it and show what it prints, without a verdict
  cargo lesson hint           show the next hint
  cargo lesson list           list all exercises and shows
  cargo lesson solution {number:<5} show a solution, once it is solved",
        "
  cargo lesson check          看看服务器从你的程序收到了什么
  cargo lesson watch          每次保存时检查
  cargo lesson run            只运行并显示输出，不作判断
  cargo lesson hint           逐条给出提示
  cargo lesson list           列出全部练习和示例
  cargo lesson solution {number:<5} 解决之后显示一种解法",
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
            "Editor: open {folder}, and rust-analyzer finds your programs.",
            "编辑器：打开 {folder}，rust-analyzer 就能找到你的程序。",
        ),
        EditorSettings::Linked => in_language!(
            language,
            "Editor: open the folder of this project in VS Code, or {folder} in any other \
             editor, and rust-analyzer finds your programs.",
            "编辑器：用 VS Code 打开本项目的文件夹，或用其他编辑器打开 {folder}，rust-analyzer \
             就能找到你的程序。",
        ),
        EditorSettings::Lacking { settings, line } => {
            let settings = display_path(settings);
            in_language!(
                language,
                "Editor: open {folder}, and rust-analyzer finds your programs. For VS Code to find \
                 them from other folders too, add this line to {settings}, which is your own file \
                 and is not changed:\n{line}",
                "编辑器：打开 {folder}，rust-analyzer 就能找到你的程序。要让 VS Code 从其他文件夹也能找到，\
                 请在 {settings} 里加上下面这一行（这是你自己的文件，不会被改动）：\n{line}",
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
    let watch = language.pick("What you see: ", "现象：");
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
    write_title(out, student.language.pick("What was wrong", "问题所在"))?;
    write_paragraph(out, &exercise.texts(student.language).learned)
}

/// Writes that nothing is left to do.
pub(super) fn write_all_solved(
    out: &mut impl Write,
    student: &Student,
) -> io::Result<()> {
    let bar = list::bar(student, &student.progress());
    let text = student.language.pick(
        "All exercises are solved. Now read the four clients: each fits on one slide.",
        "所有练习都已解决。接下来可以读四个客户端的源码：每个只有一页。",
    );
    writeln!(out, "{bar}\n\n{text}")
}
