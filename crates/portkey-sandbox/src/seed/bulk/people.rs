//! People of the large seed.

use super::numbers::{count, nth};
use crate::seed::{people, seeding::Seeding};

const FIRST: &[&str] = &[
    "Alma", "Amir", "Astrid", "Bela", "Carla", "Chen", "Dario", "Edith", "Elias", "Fatou", "Felix",
    "Freya", "Goran", "Hana", "Ilya", "Imani", "Ivo", "Jana", "Jonah", "Kaya", "Kenji", "Lars",
    "Leila", "Lucia", "Malik", "Marta", "Mateo", "Mina", "Nadia", "Nils", "Noor", "Olga", "Omar",
    "Paola", "Pedro", "Priya", "Rafael", "Rosa", "Samir", "Sofia", "Tariq", "Tessa", "Tomas",
    "Uma", "Vera", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe",
];

const LAST: &[&str] = &[
    "Abel", "Adeyemi", "Andersen", "Bauer", "Becker", "Bianchi", "Borg", "Castro", "Cohen", "Dahl",
    "Diaz", "Dubois", "Eriksen", "Farouk", "Fischer", "Garcia", "Gupta", "Hansen", "Hoffmann",
    "Horvat", "Ito", "Jansen", "Jensen", "Keller", "Khan", "Klein", "Kowalski", "Larsen",
    "Laurent", "Lopez", "Mensah", "Meyer", "Moretti", "Murphy", "Nakamura", "Novak", "Olsen",
    "Park", "Petrov", "Ricci", "Rossi", "Sato", "Schmidt", "Silva", "Singh", "Torres", "Tran",
    "Vogel", "Weber", "Yilmaz",
];

/// Adds people up to this total. Returns the addresses of those it added.
pub(super) fn fill(seed: &Seeding<'_>, total: u32) -> rusqlite::Result<Vec<String>> {
    let mut emails = Vec::new();
    for number in count(seed.db, "users")?..total {
        let (first, last) = (nth(FIRST, number), nth(LAST, number / 50));
        let email = format!("{first}.{last}.{number}@northwind.example").to_lowercase();
        let role = if number.is_multiple_of(100) {
            "admin"
        } else {
            "member"
        };
        let days = i64::from(10 + number % 400);
        people::add(seed, &email, &(first, last, role, days))?;
        emails.push(email);
    }
    Ok(emails)
}
