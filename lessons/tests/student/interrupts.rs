//! Ctrl-C during a check, a run or a show: the program that it runs ends with it.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::common::{Fixture, HANGING, TALKING};

/// Longer than this, what is waited for does not come.
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn a_signal_during_a_check_leaves_nothing_running() {
    let fixture = Fixture::new("interrupt");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), HANGING).unwrap();
    leaves_nothing_running(&fixture, &["check"]);
}

#[test]
fn a_signal_during_a_show_leaves_nothing_running() {
    let fixture = Fixture::new("interrupt-show");
    fixture.add_show(TALKING);
    leaves_nothing_running(&fixture, &["show", "3.1"]);
}

#[test]
fn a_signal_during_a_run_leaves_nothing_running() {
    let fixture = Fixture::new("interrupt-run");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), HANGING).unwrap();
    leaves_nothing_running(&fixture, &["run", "1"]);
}

fn leaves_nothing_running(fixture: &Fixture, arguments: &[&str]) {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut lesson = fixture
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let id = Pid::from_raw(i32::try_from(lesson.id()).unwrap());
        let program = wait_for(|| student_programs(id).pop());
        kill(id, signal).unwrap();
        assert_eq!(lesson.wait().unwrap().code(), Some(130), "{signal}");
        // It is gone, or a zombie that nobody has asked for yet.
        wait_for(|| (!is_alive(program)).then_some(()));
    }
}

#[test]
fn what_a_killed_checker_left_running_ends_with_the_next_check() {
    let fixture = Fixture::new("killed");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), HANGING).unwrap();
    let mut lesson = fixture
        .command(&["check"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = Pid::from_raw(i32::try_from(lesson.id()).unwrap());
    let program = wait_for(|| student_programs(id).pop());
    lesson.kill().unwrap();
    lesson.wait().unwrap();
    assert!(is_alive(program));

    fixture.lesson(&["check", "2"]);
    wait_for(|| (!is_alive(program)).then_some(()));
}

fn wait_for<T>(look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "it does not come");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The processes with the tag of this checker's programs.
fn student_programs(checker: Pid) -> Vec<Pid> {
    let tag = format!("LESSON_RUN={checker}-");
    let system = sysinfo::System::new_with_specifics(
        sysinfo::RefreshKind::nothing().with_processes(
            sysinfo::ProcessRefreshKind::nothing()
                .with_environ(sysinfo::UpdateKind::Always),
        ),
    );
    let tagged = system.processes().values().filter(|process| {
        process.environ().iter().any(|variable| {
            variable.to_str().is_some_and(|variable| variable.starts_with(&tag))
        })
    });
    tagged
        .map(|process| Pid::from_raw(i32::try_from(process.pid().as_u32()).unwrap()))
        .collect()
}

fn is_alive(process: Pid) -> bool {
    let mut system = sysinfo::System::new();
    let id = sysinfo::Pid::from_u32(process.as_raw().unsigned_abs());
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[id]), true);
    system
        .process(id)
        .is_some_and(|process| process.status() != sysinfo::ProcessStatus::Zombie)
}
