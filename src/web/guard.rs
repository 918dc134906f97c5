//! What goes out with every page for people, whatever it says: nothing is kept, framed, indexed or sent on, and no script runs.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::page::{Forms, policy};

/// What goes out with every page.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Gives each answer what goes out with all of them. Whoever answers with a form on a page says so in the answer's extensions.
pub(super) async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let forms = response.extensions_mut().remove::<Forms>().unwrap_or(Forms::None);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A calendar says for itself how it may be kept.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.extend(HeaderValue::from_str(&policy(forms)).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    response
}
