//! Names are the field's own, and a name means one thing in a crate.

use std::collections::BTreeMap;

use crate::workspace::{code, rust_files};

/// Words of ours that once stood for what others call a permit, a snapshot, an outcome, …
const PRIVATE: &[&str] = &[
    "Account",
    "Alarm",
    "Announcement",
    "Bench",
    "Book",
    "Both",
    "Caller",
    "Complaint",
    "Contestant",
    "Curve",
    "Deal",
    "Departure",
    "Desk",
    "Destination",
    "Door",
    "Ending",
    "Fate",
    "Gauge",
    "Gauged",
    "Guest",
    "Inside",
    "Ledger",
    "Mark",
    "MarkTold",
    "Moments",
    "News",
    "Notebook",
    "Notice",
    "Patience",
    "Pictures",
    "Place",
    "Places",
    "Race",
    "RunTold",
    "Said",
    "Seat",
    "Seen",
    "Shortage",
    "Signs",
    "Sips",
    "Streams",
    "Tally",
    "Ticket",
    "Told",
    "Turn",
    "Turns",
    "UnderWay",
    "Visit",
    "Visitor",
    "Visits",
    "Wire",
    "Wired",
    "Witness",
    "Workshop",
    "attend",
    "call_roll",
    "calls_to_come",
    "complain",
    "complaints",
    "conductor",
    "end_with_it",
    "give_up_all",
    "goes_on",
    "hear",
    "leftovers",
    "notebook",
    "proof",
    "prove",
    "roll_call",
    "settle",
    "showing",
    "sit_down",
    "spreadsheet",
    "stand_in_line",
    "swear_in",
    "take_turn",
    "tally",
    "tell",
    "told",
    "turn_away",
    "was_heard",
    "witness",
];

/// The kind and the name of what a line declares.
fn declared(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace().skip_while(|word| {
        word.starts_with("pub")
            || ["const", "async", "unsafe"].contains(word)
            || word.ends_with(')')
    });
    let kind = words.next().filter(|word| {
        ["struct", "enum", "trait", "type", "fn", "mod"].contains(word)
    })?;
    let name = words.next()?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some((kind, &name[..end.unwrap_or(name.len())]))
}

#[test]
fn no_declaration_bears_a_private_word() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        for (number, line) in (1..).zip(text.lines()) {
            let name = declared(line).map(|(_, name)| name);
            if let Some(name) = name.filter(|name| PRIVATE.contains(name)) {
                found.push(format!("{path}:{number}: {name}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_type_name_is_there_twice_in_a_crate() {
    let mut types: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (path, text) in rust_files() {
        // The programs of a lesson are crates of their own.
        let Some((package, _)) = path.split_once("/src/") else { continue };
        for (_, line) in code(&text) {
            match declared(line) {
                // An associated type repeats the name that its trait gave it.
                Some((kind, name))
                    if ["struct", "enum", "trait"].contains(&kind) =>
                {
                    let key = (package.to_owned(), name.to_owned());
                    types.entry(key).or_default().push(path.clone());
                }
                _ => {}
            }
        }
    }
    types.retain(|_, places| places.len() > 1);
    assert!(types.is_empty(), "{types:#?}");
}
