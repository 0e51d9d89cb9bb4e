//! The files of the live page, and what their headers let a browser do.

use axum::http::StatusCode;
use slow_server::{Config, app};

use crate::common::router::{get, text};

const FILES: [&str; 14] = [
    "controls.mjs",
    "dashboard.mjs",
    "feed.mjs",
    "guess.mjs",
    "icon.svg",
    "lane-canvas.mjs",
    "lanes.mjs",
    "runs.mjs",
    "shared/draw.mjs",
    "shared/page.mjs",
    "shared/theme.css",
    "shared/words.mjs",
    "style.css",
    "table.mjs",
];

#[tokio::test]
async fn the_page_is_all_from_here_and_may_run_nothing_else() {
    let app = app(Config::default());
    let page = [("/dashboard".to_owned(), "text/html; charset=utf-8")];
    let files = FILES.map(|name| {
        let kind = match name.rsplit_once('.') {
            Some((_, "mjs")) => "text/javascript; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        (format!("/dashboard/{name}"), kind)
    });
    for (path, kind) in page.into_iter().chain(files) {
        let file = get(&app, &path).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        let head = file.headers();
        assert_eq!(head["content-type"], kind);
        assert_eq!(head["x-content-type-options"], "nosniff");
        let policy = head["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = text(file).await;
        for foreign in
            ["https:", "//cdn", "innerHTML", "onclick=", "style=", "eval("]
        {
            assert!(!text.contains(foreign), "{path} has {foreign}");
        }
    }
}
