//! The editions of the vendor's product, and what each of them serves.

use std::{fmt, str::FromStr};

use crate::Base;

/// An edition of the product. Each has addresses and credentials of its own, and lacks some operations of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Edition {
    /// Portkey as its own vendor sells it.
    #[default]
    Classic,
    /// Prisma AIRS AI Gateway, which Palo Alto Networks sells.
    PrismaAirs,
}

impl Edition {
    /// Every edition.
    pub const ALL: [Self; 2] = [Self::Classic, Self::PrismaAirs];

    /// The word for it: `classic` or `prisma-airs`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::PrismaAirs => "prisma-airs",
        }
    }

    /// The name of the product, as messages use it.
    pub const fn product(self) -> &'static str {
        match self {
            Self::Classic => "Portkey",
            Self::PrismaAirs => "Prisma AIRS",
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEdition(String);

impl fmt::Display for UnknownEdition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(
            f,
            "`{text}` is no edition: write `classic` or `prisma-airs`"
        )
    }
}

impl std::error::Error for UnknownEdition {}

impl FromStr for Edition {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, UnknownEdition> {
        let word = text.trim().to_lowercase().replace('_', "-");
        match word.as_str() {
            "classic" | "portkey" => Ok(Self::Classic),
            "prisma-airs" | "airs" => Ok(Self::PrismaAirs),
            _ => Err(UnknownEdition(text.to_owned())),
        }
    }
}

/// Whether an edition serves a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Presence {
    /// It does.
    #[default]
    Served,
    /// The vendor's documentation of the edition says neither that it does nor that it does not.
    Uncertain,
    /// It does not.
    Absent,
}

/// Where Prisma AIRS serves an operation that it serves elsewhere than the address in the other edition implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AirsPlace {
    /// The address. `None`: the one that follows from [`Base::in_airs`].
    pub base: Option<Base>,
    /// The path. `None`: the same path.
    pub path: Option<&'static str>,
}

impl Base {
    /// The address that usually has the operations in Prisma AIRS that this one has in the other edition.
    #[must_use]
    pub const fn in_airs(self) -> Self {
        match self {
            Self::Control | Self::Public | Self::AirsControl => Self::AirsControl,
            Self::V2 | Self::AirsAdmin => Self::AirsAdmin,
            Self::Gateway => Self::Gateway,
            Self::McpRegistry => Self::McpRegistry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_read_as_people_write_them() {
        for edition in Edition::ALL {
            assert_eq!(edition.as_str().parse(), Ok(edition));
        }
        assert_eq!("Prisma_AIRS".parse(), Ok(Edition::PrismaAirs));
        let error = "prisma".parse::<Edition>().unwrap_err().to_string();
        assert!(
            error.contains("write `classic` or `prisma-airs`"),
            "{error}"
        );
    }
}
