//! `cargo lesson watch`: checks an exercise whenever its file is saved, and takes keys
//! meanwhile.

mod key_bindings;

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal;

use units::localized;

use super::{check, hint, list, reset, solution, task};
use crate::pack::Exercise;
use crate::student::Student;
use crate::terminal::{BOLD, DIM};
use key_bindings::{Action, Confirmation, KeyBindings};

/// How often to look for a save.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Watches one exercise after another, until the key to quit or until all are solved.
pub(super) fn watch(
    out: &mut impl Write,
    student: &Student,
    first: &Exercise,
) -> anyhow::Result<()> {
    let mut watch =
        Watch { student, exercise: first, checked: Vec::new(), is_right: false };
    let mut bindings = KeyBindings::default();
    let mut done = watch.begin(out);
    loop {
        watch.report(out, done)?;
        if units::stdout_is_closed() {
            return Ok(());
        }
        let key = watch.wait()?;
        let is_solved = watch.is_right || student.has_solved(watch.exercise);
        let action =
            key.map_or(Some(Action::Check), |key| bindings.press(key, is_solved));
        done = match action {
            Some(Action::Quit) => return Ok(()),
            Some(Action::Next) => {
                let number = watch.exercise.number;
                let Some(next) = student.next_after(&student.progress(), number)
                else {
                    return Ok(task::write_all_solved(out, student)?);
                };
                watch.exercise = next;
                watch.begin(out)
            }
            Some(action) => watch.act(out, action),
            None => Ok(()),
        };
    }
}

struct Watch<'a> {
    student: &'a Student,
    exercise: &'a Exercise,
    // The text that was checked last: some editors write one save in several steps.
    checked: Vec<u8>,
    is_right: bool,
}

impl Watch<'_> {
    /// Shows the exercise, and checks it as it is.
    fn begin(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        clear(out)?;
        task::write(out, self.student, self.exercise)?;
        writeln!(out)?;
        self.check(out)
    }

    fn check(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        // Read before it is built: what is written during the check is a save of its own.
        self.checked = self.text();
        let verdict = check::write(out, self.student, self.exercise)?;
        self.is_right = verdict.is_right();
        if units::stdout().is_terminal() {
            // Once more, since the beginning of all this may have left the screen.
            writeln!(out)?;
            verdict.write_summary(out, self.student.language)?;
        }
        self.write_keys(out)
    }

    fn act(&mut self, out: &mut impl Write, action: Action) -> anyhow::Result<()> {
        let (student, exercise) = (self.student, self.exercise);
        let text = |en, zh| student.language.pick(en, zh);
        match action {
            Action::Check => {
                clear(out)?;
                return self.check(out);
            }
            Action::Hint => hint::write(out, student, exercise, false)?,
            Action::List => list::write_all_exercises(out, student)?,
            Action::Reset => {
                reset::write(out, student, exercise)?;
                self.checked = self.text();
            }
            Action::Solution => solution::write(out, student, exercise, false)?,
            Action::Confirm(confirmation) => {
                let question = match confirmation {
                    Confirmation::Reset => text(
                        "Restore the original broken program? Your version is saved as a copy. (y/n)",
                        "恢复为原始的程序吗？你的版本会另存一份。(y/n)",
                    ),
                    Confirmation::Solution => text(
                        "It is not solved yet. Show the solution anyway? (y/n)",
                        "还没有解决。仍要看解法吗？(y/n)",
                    ),
                };
                writeln!(out, "{question}")?;
                return Ok(());
            }
            Action::Cancel => {
                writeln!(out, "{}", text("Cancelled.", "已取消。"))?;
            }
            // The keys are shown below in any case, and these two are not for one exercise.
            Action::Keys | Action::Next | Action::Quit => {}
        }
        self.write_keys(out)
    }

    /// Prints an error. A file that was moved away or a full disk is no reason to end the
    /// watch.
    fn report(
        &mut self,
        out: &mut impl Write,
        done: anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match done {
            Err(error) => {
                self.is_right = false;
                writeln!(out, "lesson: {error:#}")?;
                self.write_keys(out)
            }
            Ok(()) => Ok(()),
        }
    }

    /// The last line: what can be done now.
    fn write_keys(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let language = self.student.language;
        if io::stdin().is_terminal() {
            let next = language.pick("n next", "n 下一题");
            // Where it is the thing to do, it stands out.
            let style = if self.is_right { BOLD } else { DIM };
            let keys = language.pick(
                "save to check  h hint  l list  r reset  s solution  q quit",
                "保存即检查  h 提示  l 列表  r 恢复  s 解法  q 退出",
            );
            writeln!(out, "\n{style}{next}{style:#}{DIM}  {keys}{DIM:#}")?;
        }
        out.flush()?;
        Ok(())
    }

    /// Waits for a key; `None` is a save of the file.
    ///
    /// The file is polled: that works for every editor, whether it writes the file or renames
    /// a new one to it, and on every file system.
    fn wait(&self) -> anyhow::Result<Option<char>> {
        let keyboard = Keyboard::open()?;
        let mut before = self.checked.clone();
        loop {
            let now = self.text();
            // The same twice, since a save takes a moment.
            if now == before && now != self.checked && !now.is_empty() {
                return Ok(None);
            }
            before = now;
            if let Some(key) = keyboard.key(POLL_INTERVAL)? {
                return Ok(Some(key));
            }
        }
    }

    /// The student's program; empty while an editor puts a new one in its place.
    fn text(&self) -> Vec<u8> {
        fs::read(self.student.dir.file(self.exercise)).unwrap_or_default()
    }
}

/// The keyboard, which gives single keys as long as this lives; nothing where there is none.
struct Keyboard {
    is_there: bool,
}

impl Keyboard {
    fn open() -> anyhow::Result<Self> {
        let is_there = io::stdin().is_terminal();
        if is_there {
            terminal::enable_raw_mode()
                .context(localized!("cannot read the keyboard", "无法读取键盘"))?;
        }
        Ok(Self { is_there })
    }

    /// The key that was pressed by the end of this time, if one was.
    fn key(&self, within: Duration) -> anyhow::Result<Option<char>> {
        thread::sleep(within);
        if !self.is_there {
            return Ok(None);
        }
        // One that was closed is no terminal any more. crossterm is not asked to wait, since it
        // would read from such a one for ever.
        if !io::stdin().is_terminal() {
            return Ok(Some('q'));
        }
        if !event::poll(Duration::ZERO)? {
            return Ok(None);
        }
        Ok(match event::read()? {
            Event::Key(key) => to_char(key),
            _ => None,
        })
    }
}

/// The character of a key; none for a key without one.
fn to_char(key: KeyEvent) -> Option<char> {
    if key.kind != KeyEventKind::Press {
        return None;
    }
    match key.code {
        // In this mode Ctrl-C and Ctrl-D are keys like others.
        KeyCode::Char('c' | 'd') if key.modifiers == KeyModifiers::CONTROL => {
            Some('q')
        }
        // Ctrl-H, which is a backspace, is no wish for a hint.
        KeyCode::Char(_)
            if key
                .modifiers
                .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
        {
            None
        }
        KeyCode::Char(key) => Some(key.to_ascii_lowercase()),
        KeyCode::Enter => Some('\n'),
        _ => None,
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if self.is_there {
            // Nothing better can be done about a terminal that does not take it.
            let _ = terminal::disable_raw_mode();
        }
    }
}

/// An empty screen, where there is one.
fn clear(out: &mut impl Write) -> io::Result<()> {
    if units::stdout().is_terminal() {
        write!(out, "\x1b[2J\x1b[H")?;
    } else {
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_with_ctrl_is_another_key() {
        let pressed = |letter, modifiers| {
            to_char(KeyEvent::new(KeyCode::Char(letter), modifiers))
        };
        assert_eq!(pressed('h', KeyModifiers::NONE), Some('h'));
        assert_eq!(pressed('H', KeyModifiers::SHIFT), Some('h'));
        assert_eq!(pressed('h', KeyModifiers::CONTROL), None);
        assert_eq!(pressed('r', KeyModifiers::ALT), None);
        assert_eq!(pressed('c', KeyModifiers::CONTROL), Some('q'));
    }
}
