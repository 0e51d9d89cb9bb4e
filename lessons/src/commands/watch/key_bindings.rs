//! The keys of `cargo lesson watch`: what each does, and what has to be confirmed first.

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Check,
    Hint,
    Keys,
    List,
    Next,
    Quit,
    Reset,
    Solution,
    /// Asks for confirmation by the next key.
    Confirm(Confirmation),
    /// Nothing, since it was not confirmed.
    Cancel,
}

/// What has to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Confirmation {
    Reset,
    Solution,
}

/// The keys, with what is to be confirmed by the next one.
#[derive(Debug, Default)]
pub(super) struct KeyBindings {
    pending: Option<Confirmation>,
}

impl KeyBindings {
    /// The action of this key now; `None` for a key without one.
    pub(super) fn press(&mut self, key: char, is_solved: bool) -> Option<Action> {
        if let Some(pending) = self.pending.take() {
            // y, or the same key once more.
            return Some(match (pending, key) {
                (Confirmation::Reset, 'y' | 'r') => Action::Reset,
                (Confirmation::Solution, 'y' | 's') => Action::Solution,
                (_, 'q') => Action::Quit,
                _ => Action::Cancel,
            });
        }
        let action = match key {
            'c' | '\n' | '\r' => Action::Check,
            'h' => Action::Hint,
            'l' => Action::List,
            'n' => Action::Next,
            'q' => Action::Quit,
            'r' => self.confirm(Confirmation::Reset),
            's' if is_solved => Action::Solution,
            's' => self.confirm(Confirmation::Solution),
            '?' => Action::Keys,
            _ => return None,
        };
        Some(action)
    }

    fn confirm(&mut self, confirmation: Confirmation) -> Action {
        self.pending = Some(confirmation);
        Action::Confirm(confirmation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_done_when_it_is_confirmed_and_only_then() {
        let mut keys = KeyBindings::default();
        assert_eq!(
            keys.press('r', false),
            Some(Action::Confirm(Confirmation::Reset))
        );
        assert_eq!(
            keys.press('n', false),
            Some(Action::Cancel),
            "and not the next one"
        );
        assert_eq!(keys.press('n', false), Some(Action::Next));
        keys.press('r', false);
        assert_eq!(keys.press('y', false), Some(Action::Reset));
        assert_eq!(keys.press('y', false), None, "it is not asked any more");
    }

    #[test]
    fn the_solution_is_free_once_it_is_solved() {
        let mut keys = KeyBindings::default();
        assert_eq!(keys.press('s', true), Some(Action::Solution));
        assert_eq!(
            keys.press('s', false),
            Some(Action::Confirm(Confirmation::Solution))
        );
        assert_eq!(keys.press('s', false), Some(Action::Solution));
    }

    #[test]
    fn quitting_needs_no_second_thought() {
        let mut keys = KeyBindings::default();
        keys.press('r', false);
        assert_eq!(keys.press('q', false), Some(Action::Quit));
    }
}
