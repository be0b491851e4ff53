//! The seeds of the fuzz targets, finds of the fuzzer among them, what the fuzzer came up with that reaches more, and the
//! list of targets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::checks::{TARGETS, run};

fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        path.file_stem().unwrap().to_str().unwrap().to_owned()
    };
    fs::read_dir(folder).unwrap().map(name).collect()
}

#[test]
fn every_check_is_a_target_with_seeds_and_every_target_a_check() {
    let names: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names_in("fuzz/fuzz_targets"), names);
    assert_eq!(names_in("fuzz/seeds"), names);
    assert_eq!(names_in("fuzz/kept"), names);
    let manifest =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/Cargo.toml")).unwrap();
    for name in names {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
        let target = format!("{}/fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(
            fs::read_to_string(target)
                .unwrap()
                .contains(&format!("run(\"{name}\", bytes)")),
            "{name}"
        );
    }
}

#[test]
fn every_seed_and_every_kept_input_passes() {
    for folder in ["seeds", "kept"] {
        for (name, _) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("fuzz")
                .join(folder)
                .join(name);
            let mut count = 0;
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                // Of a test that fails, the last one is the input.
                println!("{}", path.display());
                run(name, &fs::read(path).unwrap());
                count += 1;
            }
            assert!(count > 0, "{} is empty", folder.display());
        }
    }
}
