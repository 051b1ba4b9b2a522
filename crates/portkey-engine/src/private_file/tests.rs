//! What is opened as a private file, and what is refused.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
};

use tempfile::TempDir;

use super::*;

fn refused(path: &Path) -> String {
    match open(path) {
        Ok(file) => format!("{file:?} was opened"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_new_file_is_closed_to_others_and_so_is_its_folder() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/er/file");
    drop(open(&path).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn links_are_not_followed_and_what_they_lead_to_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let [target, link, dangling] = ["target", "link", "dangling"].map(|n| folder.path().join(n));
    fs::write(&target, "mine").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
    symlink(&target, &link).unwrap();
    symlink(folder.path().join("gone"), &dangling).unwrap();
    assert!(refused(&link).contains("symbolic link"));
    assert!(refused(&dangling).contains("symbolic link"));
    assert!(!folder.path().join("gone").exists());
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn a_file_with_a_second_name_is_refused() {
    let folder = TempDir::new().unwrap();
    let [file, other] = ["file", "other"].map(|name| folder.path().join(name));
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::hard_link(&file, &other).unwrap();
    assert!(refused(&file).contains("hard link"));
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "what is refused is left as it is");
    fs::remove_file(other).unwrap();
    assert!(open(&file).is_ok());
}

#[test]
fn only_regular_files_are_opened() {
    assert!(refused(Path::new("/dev/null")).contains("no regular file"));
}

#[test]
fn a_file_of_somebody_else_is_refused_even_by_the_superuser() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    if fs::metadata(&file).unwrap().uid() != 0 {
        eprintln!("SKIPPED: only the superuser can give a file away");
        return;
    }
    chown(&file, Some(65534), Some(65534)).unwrap();
    assert!(refused(&file).contains("another user"));
}

#[test]
fn a_file_is_the_same_by_whatever_name() {
    let folder = TempDir::new().unwrap();
    let [file, hard, soft, copy] =
        ["file", "hard", "soft", "copy"].map(|name| folder.path().join(name));
    fs::write(&file, "x").unwrap();
    fs::hard_link(&file, &hard).unwrap();
    symlink(&file, &soft).unwrap();
    fs::copy(&file, &copy).unwrap();
    let identity = Identity::at(&file).unwrap();
    assert_eq!(Identity::at(&hard).unwrap(), identity);
    assert_eq!(Identity::at(&soft).unwrap(), identity);
    assert_ne!(Identity::at(&copy).unwrap(), identity);
    let opened = File::open(&hard).unwrap();
    assert_eq!(Identity::of(&opened, &hard).unwrap(), identity);
}
