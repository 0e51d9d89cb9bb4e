//! What a request says of itself in its header, as it was sent.

use axum::http::HeaderMap;

/// The fields that the page looks at. Of a field that is there twice, the first counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    /// What its client calls itself.
    pub(crate) client: Option<&'a [u8]>,
    /// Which of the client's runs it is part of.
    pub(crate) run: Option<&'a [u8]>,
    /// Its number in the run.
    pub(crate) request: Option<&'a [u8]>,
    /// What all of its run should take, in milliseconds.
    pub(crate) ideal_ms: Option<&'a [u8]>,
}

impl<'a> Said<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let mut said = Self::default();
        for (name, value) in headers {
            said.note(name.as_str(), value.as_bytes());
        }
        said
    }

    /// Takes a field down, if it is one of these.
    pub(crate) fn note(&mut self, name: &str, value: &'a [u8]) {
        let is = |field: &str| name.eq_ignore_ascii_case(field);
        let field = match name.len() {
            5 if is("x-run") => &mut self.run,
            8 if is("x-client") => &mut self.client,
            9 if is("x-request") => &mut self.request,
            10 if is("x-ideal-ms") => &mut self.ideal_ms,
            _ => return,
        };
        field.get_or_insert(value);
    }

    /// The number that the client gave its request.
    pub(crate) fn number(&self) -> Option<u64> {
        std::str::from_utf8(self.request?).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_field_is_read_however_it_is_written_and_only_once() {
        let mut said = Said::default();
        for (name, value) in
            [("X-Request", "17"), ("x-request", "18"), ("x-other", "1")]
        {
            said.note(name, value.as_bytes());
        }
        assert_eq!(said.number(), Some(17));
        assert!(said.client.or(said.run).or(said.ideal_ms).is_none());
    }

    #[test]
    fn a_map_says_the_same() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-client", "a"),
            ("x-run", "b"),
            ("x-request", "c"),
            ("x-ideal-ms", "d"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
            headers.append(name, HeaderValue::from_static("again"));
        }
        let said = Said::of(&headers);
        let all = [said.client, said.run, said.request, said.ideal_ms];
        assert_eq!(all.map(Option::unwrap), [b"a", b"b", b"c", b"d"]);
        assert_eq!(said.number(), None);
    }
}
