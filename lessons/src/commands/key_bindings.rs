//! The keys of the watch: what each does, and what has to be confirmed first.

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Check,
    Hint,
    Keys,
    List,
    Next,
    Quit,
    Reset,
    Solution,
    /// Asks whether it is meant, and waits for the next key.
    Confirm(Question),
    /// Nothing, since it was not meant.
    Never,
}

/// What is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// What was written goes into a copy.
    Reset,
    /// The exercise is not solved yet.
    Solution,
}

/// The keys, with what was asked last.
#[derive(Debug, Default)]
pub(crate) struct KeyBindings {
    asked: Option<Question>,
}

impl KeyBindings {
    /// What this key asks for now; `None` for a key without a meaning.
    pub(crate) fn press(&mut self, key: char, is_solved: bool) -> Option<Action> {
        if let Some(question) = self.asked.take() {
            // y, or the same key once more.
            return Some(match (question, key) {
                (Question::Reset, 'y' | 'r') => Action::Reset,
                (Question::Solution, 'y' | 's') => Action::Solution,
                (_, 'q') => Action::Quit,
                _ => Action::Never,
            });
        }
        let action = match key {
            'c' | '\n' | '\r' => Action::Check,
            'h' => Action::Hint,
            'l' => Action::List,
            'n' => Action::Next,
            'q' => Action::Quit,
            'r' => self.ask(Question::Reset),
            's' if is_solved => Action::Solution,
            's' => self.ask(Question::Solution),
            '?' => Action::Keys,
            _ => return None,
        };
        Some(action)
    }

    fn ask(&mut self, question: Question) -> Action {
        self.asked = Some(question);
        Action::Confirm(question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_done_when_it_is_confirmed_and_only_then() {
        let mut keys = KeyBindings::default();
        assert_eq!(keys.press('r', false), Some(Action::Confirm(Question::Reset)));
        assert_eq!(
            keys.press('n', false),
            Some(Action::Never),
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
            Some(Action::Confirm(Question::Solution))
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
