//! Transactions, statements and rows, the same whichever database they lead to. Both understand the same SQL, with numbered
//! arguments; what only one of them knows stands in `file` and `server`.

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, SqliteConnection, Type};

/// A transaction; rolled back unless it is committed.
pub(super) enum Transaction {
    /// In a file.
    File(sqlx::Transaction<'static, Sqlite>),
    /// On a server.
    Server(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// Makes what was written last.
    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Self::File(transaction) => transaction.commit().await?,
            Self::Server(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

/// One SQL statement with its arguments.
pub(super) struct Statement {
    /// Its text: `$1` is the first argument.
    text: &'static str,
    /// Its arguments.
    arguments: Vec<Argument>,
}

/// One argument, of the type that its column has.
pub(super) enum Argument {
    /// A number, or an instant in unix milliseconds.
    Number(Option<i64>),
    /// Yes or no.
    Flag(bool),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

/// A statement without arguments yet.
pub(super) fn sql(text: &'static str) -> Statement {
    Statement { text, arguments: Vec::new() }
}

/// Hands a statement to whichever database it is for, by that method of the driver.
macro_rules! hand {
    ($statement:expr, $to:expr, $method:ident) => {{
        let mut query = sqlx::query($statement.text);
        for argument in $statement.arguments {
            query = match argument {
                Argument::Number(number) => query.bind(number),
                Argument::Flag(flag) => query.bind(flag),
                Argument::Text(text) => query.bind(text),
                Argument::Bytes(bytes) => query.bind(bytes),
            };
        }
        query.$method($to).await
    }};
}

impl Statement {
    /// With one argument more.
    pub(super) fn bind(mut self, argument: impl Into<Argument>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Runs it, and says how many rows it concerned.
    pub(super) async fn run(self, transaction: &mut Transaction) -> sqlx::Result<u64> {
        match transaction {
            Transaction::File(file) => hand!(self, &mut **file, execute).map(|done| done.rows_affected()),
            Transaction::Server(server) => hand!(self, &mut **server, execute).map(|done| done.rows_affected()),
        }
    }

    /// All rows it finds.
    pub(super) async fn rows(self, transaction: &mut Transaction) -> sqlx::Result<Vec<Row>> {
        Ok(match transaction {
            Transaction::File(file) => hand!(self, &mut **file, fetch_all)?.into_iter().map(Row::File).collect(),
            Transaction::Server(server) => hand!(self, &mut **server, fetch_all)?.into_iter().map(Row::Server).collect(),
        })
    }

    /// The first row it finds.
    pub(super) async fn row(self, transaction: &mut Transaction) -> sqlx::Result<Option<Row>> {
        Ok(match transaction {
            Transaction::File(file) => hand!(self, &mut **file, fetch_optional)?.map(Row::File),
            Transaction::Server(server) => hand!(self, &mut **server, fetch_optional)?.map(Row::Server),
        })
    }

    /// Runs it in a file as a transaction of its own.
    pub(super) async fn run_in(self, file: &mut SqliteConnection) -> sqlx::Result<u64> {
        hand!(self, &mut *file, execute).map(|done| done.rows_affected())
    }

    /// The first row it finds in a file, in a transaction of its own.
    pub(super) async fn row_in(self, file: &mut SqliteConnection) -> sqlx::Result<Option<Row>> {
        Ok(hand!(self, &mut *file, fetch_optional)?.map(Row::File))
    }
}

/// One row.
pub(super) enum Row {
    /// Of a file.
    File(SqliteRow),
    /// Of a server.
    Server(PgRow),
}

impl Row {
    /// What stands in a column.
    pub(super) fn get<'r, T>(&'r self, column: &str) -> sqlx::Result<T>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::File(row) => row.try_get(column),
            Self::Server(row) => row.try_get(column),
        }
    }

    /// An instant in a column.
    pub(super) fn instant(&self, column: &str) -> Result<Timestamp> {
        Timestamp::from_millisecond(self.get(column)?).with_context(|| format!("column `{column}` holds no instant"))
    }

    /// An instant in a column that may be empty.
    pub(super) fn maybe_instant(&self, column: &str) -> Result<Option<Timestamp>> {
        let kept: Option<i64> = self.get(column)?;
        kept.map(Timestamp::from_millisecond).transpose().with_context(|| format!("column `{column}` holds no instant"))
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Argument {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

impl From<Timestamp> for Argument {
    fn from(instant: Timestamp) -> Self {
        Self::Number(Some(instant.as_millisecond()))
    }
}

impl From<Option<Timestamp>> for Argument {
    fn from(instant: Option<Timestamp>) -> Self {
        Self::Number(instant.map(Timestamp::as_millisecond))
    }
}

impl From<bool> for Argument {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<String>> for Argument {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&Option<String>> for Argument {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Option<&str>> for Argument {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<&[u8]> for Argument {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_owned()))
    }
}

impl From<Option<&[u8]>> for Argument {
    fn from(bytes: Option<&[u8]>) -> Self {
        Self::Bytes(bytes.map(<[u8]>::to_owned))
    }
}
