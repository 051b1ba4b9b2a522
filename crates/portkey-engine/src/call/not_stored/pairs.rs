//! Pairs the entries of two lists.

/// Returns the partner of each entry, given the entries of the other list that fit it, so that as many as possible have
/// one. No two have the same.
pub(super) fn paired(fitting: &[Vec<usize>], others: usize) -> Vec<Option<usize>> {
    let mut taken: Vec<Option<usize>> = vec![None; others];
    for entry in 0..fitting.len() {
        let mut tried = vec![false; others];
        place(entry, fitting, &mut taken, &mut tried);
    }
    let mut partners = vec![None; fitting.len()];
    for (other, entry) in taken.into_iter().enumerate() {
        if let Some(partner) = entry.and_then(|entry| partners.get_mut(entry)) {
            *partner = Some(other);
        }
    }
    partners
}

/// Finds a partner for an entry, for which entries that have one may move to another.
fn place(
    entry: usize,
    fitting: &[Vec<usize>],
    taken: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &other in fitting.get(entry).into_iter().flatten() {
        match tried.get_mut(other) {
            Some(tried) if !*tried => *tried = true,
            _ => continue,
        }
        let holder = taken.get(other).copied().flatten();
        if holder.is_none_or(|holder| place(holder, fitting, taken, tried)) {
            if let Some(slot) = taken.get_mut(other) {
                *slot = Some(entry);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_moves_so_that_another_finds_a_partner() {
        let partners = paired(&[vec![0, 1], vec![0], vec![]], 2);
        assert_eq!(partners, [Some(1), Some(0), None]);
    }

    #[test]
    fn no_two_entries_have_the_same_partner() {
        let partners = paired(&[vec![0], vec![0]], 1);
        assert_eq!(partners.iter().flatten().count(), 1);
    }
}
