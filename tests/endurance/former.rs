//! What a program of schema 1 has left behind: a state with a letter that was accepted, what was seen, and copies of feeds.

use sqlx::Connection as _;

use crate::world::World;

/// Whom its letter went to.
pub(crate) const READER: &str = "ada@example.com";

/// In a file.
const FILE: &str = include_str!("../../src/store/tests/schema_1.sql");

/// On a server.
const SERVER: [&str; 2] =
    [include_str!("../../src/store/migrations/postgres/0001_first.sql"), include_str!("../../src/store/tests/schema_1_server.sql")];

/// Makes the state of `world`, whose feeds have other names, lest their brakes hold back what is not in those copies.
pub(crate) fn leave_behind(world: &World) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if let Some(url) = &world.server {
            let mut database = sqlx::PgConnection::connect(url).await.unwrap();
            for part in SERVER {
                sqlx::raw_sql(sqlx::AssertSqlSafe(part.replace("tasks", "former"))).execute(&mut database).await.unwrap();
            }
            database.close().await.unwrap();
        } else {
            std::fs::create_dir_all(world.path("seat-0")).unwrap();
            let path = world.path("seat-0/offwatch.db").display().to_string();
            let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{path}?mode=rwc")).await.unwrap();
            sqlx::raw_sql(sqlx::AssertSqlSafe(FILE.replace("tasks", "former"))).execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        }
    });
}
