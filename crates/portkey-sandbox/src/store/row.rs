//! Rows of tables whose columns are the fields of a struct.

use rusqlite::{Connection, Row, ToSql};

use super::queries::Queries as _;

/// A struct that is a row of a table. [`row!`] declares one.
pub(crate) trait TableRow: Sized {
    const TABLE: &'static str;
    /// The names of the columns, the first of which is the primary key `id`.
    const COLUMNS: &'static [&'static str];

    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;

    /// The values of the columns.
    fn values(&self) -> Vec<&dyn ToSql>;

    /// Inserts the row.
    fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
        self.write(db, "INSERT")
    }

    /// Inserts the row, or replaces the one with the same key.
    fn replace(&self, db: &Connection) -> rusqlite::Result<()> {
        self.write(db, "INSERT OR REPLACE")
    }

    /// Updates the row with the same key.
    fn update(&self, db: &Connection) -> rusqlite::Result<()> {
        let columns = Self::COLUMNS.iter().zip(1..).skip(1);
        let changes: Vec<_> = columns
            .map(|(column, number)| format!("{column} = ?{number}"))
            .collect();
        let changes = changes.join(", ");
        let sql = format!("UPDATE {} SET {changes} WHERE id = ?1", Self::TABLE);
        db.run(&sql, self.values().as_slice())?;
        Ok(())
    }

    fn write(&self, db: &Connection, verb: &str) -> rusqlite::Result<()> {
        let columns = Self::COLUMNS.join(", ");
        let values = vec!["?"; Self::COLUMNS.len()].join(", ");
        let sql = format!("{verb} INTO {} ({columns}) VALUES ({values})", Self::TABLE);
        db.run(&sql, self.values().as_slice())?;
        Ok(())
    }
}

/// Declares the struct of a table's rows: `struct Label in "labels" { id: String, … }`. Each field is the column of its
/// name, so that columns are listed once for the struct, for reading and for writing.
macro_rules! row {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident in $table:literal {
            $($(#[$note:meta])* $field_visibility:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$note])* $field_visibility $field: $type,)*
        }

        impl $crate::store::TableRow for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }

            fn values(&self) -> Vec<&dyn rusqlite::ToSql> {
                vec![$(&self.$field),*]
            }
        }
    };
}

pub(crate) use row;
