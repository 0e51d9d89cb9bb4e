//! What time it is, as HTTP asks every server with a clock to say.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use axum::http::HeaderValue;

thread_local! {
    // The second that was written last, since the epoch, and how.
    static LAST: RefCell<(u64, HeaderValue)> =
        const { RefCell::new((0, HeaderValue::from_static(""))) };
}

/// To the second, and written anew only when it is another.
pub(crate) fn now() -> HeaderValue {
    let now = SystemTime::now();
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    let second = since.unwrap_or(Duration::ZERO).as_secs();
    LAST.with_borrow_mut(|(last, text)| {
        if *last != second
            && let Ok(new) = HeaderValue::try_from(httpdate::fmt_http_date(now))
        {
            (*last, *text) = (second, new);
        }
        text.clone()
    })
}
