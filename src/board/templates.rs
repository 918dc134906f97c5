//! The board's templates. Decides nothing: what stands in them is `page`'s frame, and what a view shows.

use std::sync::LazyLock;

use crate::page::Book;

/// The templates, read once.
pub(super) static BOOK: LazyLock<Book> = LazyLock::new(|| {
    Book::new(&[
        ("board.html", include_str!("templates/board.html")),
        ("parts.html", include_str!("templates/parts.html")),
        ("index.html", include_str!("templates/index.html")),
        ("task.html", include_str!("templates/task.html")),
        ("engineer.html", include_str!("templates/engineer.html")),
        ("account.html", include_str!("templates/account.html")),
    ])
});
