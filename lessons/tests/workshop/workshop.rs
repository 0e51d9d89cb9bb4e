//! The student's files: made where they are missing, never overwritten without a copy.

use std::fs;

use lessons::workshop::{Reset, Workshop};

use crate::common::{BROKEN, Place};

#[test]
fn what_is_missing_is_made_and_what_is_there_is_left_alone() {
    let place = Place::new("missing");
    let pack = place.pack();
    let my = place.folder.join("my");
    let workshop = Workshop::open(&pack, Some(&my)).unwrap();
    let file = workshop.file(&pack.exercises[0]);
    assert_eq!(fs::read_to_string(&file).unwrap(), BROKEN);

    fs::write(&file, "mine").unwrap();
    fs::remove_file(workshop.file(&pack.exercises[1])).unwrap();
    Workshop::open(&pack, Some(&my)).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(
        fs::read_to_string(workshop.file(&pack.exercises[1])).unwrap(),
        BROKEN
    );
}

#[test]
fn each_reset_keeps_a_copy_of_its_own() {
    let place = Place::new("resets");
    let pack = place.pack();
    let workshop = Workshop::open(&pack, Some(&place.folder.join("my"))).unwrap();
    let exercise = &pack.exercises[0];
    let file = workshop.file(exercise);
    assert_eq!(workshop.reset(exercise).unwrap(), Reset::Nothing);

    let mut copies = Vec::new();
    for text in ["one", "two"] {
        fs::write(&file, text).unwrap();
        let Reset::Kept(copy) = workshop.reset(exercise).unwrap() else {
            unreachable!("{text} was not kept")
        };
        assert_eq!(fs::read_to_string(&file).unwrap(), BROKEN);
        copies.push(copy);
    }
    let kept = copies.iter().map(|copy| fs::read_to_string(copy).unwrap());
    assert_eq!(kept.collect::<Vec<_>>(), ["one", "two"]);
}
