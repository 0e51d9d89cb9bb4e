//! What the text of a program names. It says which explanations of a run are possible at all:
//! without a lock, none was held.

use diagnosis::Source;

/// What starts a task or a thread.
const SPAWNS: [&str; 5] =
    ["spawn", "spawn_local", "spawn_blocking", "spawn_on", "spawn_fifo"];

/// What polls several futures together, or has threads work together.
const JOINS: [&str; 18] = [
    "join",
    "try_join",
    "join_all",
    "try_join_all",
    "select",
    "select_all",
    "FuturesUnordered",
    "FuturesOrdered",
    "buffered",
    "buffer_unordered",
    "try_buffer_unordered",
    "for_each_concurrent",
    "try_for_each_concurrent",
    "par_iter",
    "into_par_iter",
    "par_bridge",
    "par_chunks",
    "broadcast",
];

/// What waits for what was started: an end of one of these calls that is awaited.
const AWAITED: [&str; 7] =
    ["join_next", "join_all", "try_join_all", "next", "recv", "collect", "pop"];

/// What waits for threads.
const JOINED: [&str; 2] = [".join()", "scope("];

/// What looks whether something is done, and does not wait for it.
const GLANCES: [&str; 2] = ["is_finished", "now_or_never"];

const LOCKS: [&str; 2] = ["Mutex", "RwLock"];

const PERMITS: [&str; 1] = ["Semaphore"];

/// What blocks the thread that waits for a response.
const BLOCKS: [&str; 2] = ["ureq", "blocking"];

/// Reads the text of a program.
pub(crate) fn read(text: &str) -> Source {
    let (mut imports, mut code) = (String::new(), String::new());
    let mut is_import = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        is_import |= line.starts_with("use ");
        let part = if is_import { &mut imports } else { &mut code };
        part.extend([line, "\n"]);
        is_import &= !line.contains(';');
    }
    Source {
        spawns: count(&code, &SPAWNS),
        joins: count(&code, &JOINS) > 0,
        waits: waits(&code),
        locks: locks(&code),
        permits: count(&code, &PERMITS) > 0,
        // The name of a client says only where it comes from whether it blocks.
        blocks: count(&code, &BLOCKS) + count(&imports, &BLOCKS) > 0,
        spinner: count(&code, &["tick"]) > 0,
    }
}

/// Whether what was started is waited for: threads by joining them, and tasks by an `.await`.
fn waits(code: &str) -> bool {
    let code = without_white_space(code);
    let joins = JOINED.iter().any(|joined| code.contains(joined));
    let has_threads = code.contains("thread::spawn");
    let glances = count(&code, &GLANCES) > 0;
    joins || (!has_threads && !glances && awaits_what_was_started(&code))
}

/// White space between words alone, so that calls in a chain stand together.
fn without_white_space(code: &str) -> String {
    code.split_whitespace().fold(String::new(), |code, part| {
        let between_words =
            code.ends_with(is_of_name) && part.starts_with(is_of_name);
        code + if between_words { " " } else { "" } + part
    })
}

/// The locks that are made, and at least one where a lock is named.
fn locks(code: &str) -> usize {
    let made = |lock: &&str| code.matches(&format!("{lock}::new(")).count();
    let all_made: usize = LOCKS.iter().map(made).sum();
    all_made.max(usize::from(count(code, &LOCKS) > 0))
}

/// Whether a variable is awaited, such as a handle, or one of the calls that wait for many;
/// not within what is started, since what a task waits for does not keep the program.
fn awaits_what_was_started(code: &str) -> bool {
    let code = SPAWNS.iter().fold(code.to_owned(), |code, spawn| {
        without_arguments_of(&format!("{spawn}("), &code)
    });
    let mut before = code.split(".await").collect::<Vec<_>>();
    before.pop();
    before.into_iter().any(|text| {
        let text = text.strip_suffix(".unwrap()").unwrap_or(text);
        let Some(arguments) = text.strip_suffix(')') else {
            return text.ends_with(is_of_name);
        };
        // Back to the bracket that this one closes.
        let mut open = 1;
        let call = arguments.rfind(|c| {
            open += i32::from(c == ')') - i32::from(c == '(');
            open == 0
        });
        let call = call.map(|end| &arguments[..end]).unwrap_or_default();
        let name = call.rsplit_once("::<").map_or(call, |(name, _)| name);
        AWAITED.iter().any(|awaited| {
            name.strip_suffix(awaited)
                .is_some_and(|rest| !rest.ends_with(is_of_name))
        })
    })
}

fn without_arguments_of(call: &str, code: &str) -> String {
    let mut parts = code.split(call);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut open = 1;
        let end = part.find(|c| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open == 0
        });
        kept += call;
        kept += end.map_or("", |end| &part[end..]);
    }
    kept
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How often one of these names stands in the text.
fn count(text: &str, names: &[&str]) -> usize {
    text.split(|c| !is_of_name(c)).filter(|word| names.contains(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_imported_or_told_of_is_not_named() {
        let text = "//! Holds a Mutex.\nuse tokio::{\n    sync::Mutex,\n    task::JoinSet,\n};\n\
            async fn main() {\n    println!(\"done\"); // spawn nothing\n}\n";
        assert_eq!(read(text), Source::default());
    }

    #[test]
    fn what_was_started_is_waited_for_by_its_handle_or_all_together() {
        for waits in [
            "for task in tasks {\n    task.await?;\n}",
            "while let Some(page) = set\n    .join_next()\n    .await {}",
            "join_all(tasks.into_iter().map(|task| task)).await",
            "for thread in threads { thread.join().unwrap(); }",
            "thread::scope(|scope| {})",
            "handles.pop().unwrap().await",
            "for page in try_join_all(tasks).await? {}",
            "futures.collect::<Vec<_>>().await",
        ] {
            assert!(read(waits).waits, "{waits}");
        }
        for leaves in [
            "tokio::spawn(join_all(fetches));",
            "tokio::spawn(async { client.get(&url).send().await });",
            "sleep(Duration::from_millis(300)).await",
            "tasks.try_join_next()",
            "if task.is_finished() { task.await; }",
            "tokio::spawn(async move { sending.await }); pages.join(\"\\n\")",
            "thread::spawn(|| {});\nset.join_next().await",
        ] {
            assert!(!read(leaves).waits, "{leaves}");
        }
    }

    #[test]
    fn each_way_to_start_or_hold_something_is_named() {
        let text = "let set = JoinSet::new();\nset.spawn(fetch());\nprintln!(\"tick\");\n\
            Mutex::new(pages);\nureq::get(url)";
        let source = read(text);
        assert_eq!(source.spawns, 1);
        assert!(source.blocks && source.spinner, "{source:?}");
        assert_eq!(source.locks, 1);
        assert_eq!(read("type Pages = Arc<Mutex<Vec<String>>>;").locks, 1);
        assert_eq!(read("[Mutex::new(0), Mutex::new(0)]").locks, 2);
        assert!(!source.joins && !source.permits, "{source:?}");
        assert!(read("join_all(fetches).await").joins);
        assert!(read("Arc::new(Semaphore::new(8))").permits);
        assert!(read("use reqwest::blocking::Client;").blocks);
    }
}
