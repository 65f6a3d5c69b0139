use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    modules::Modules,
    packages::metadata,
    reader::{planted, read},
    sources::relative,
};

/// Types and their builders, whose files may import each other: a builder builds its type, and the
/// type returns its builder.
const BUILDERS: [(&str, &str); 4] = [
    ("ActorTokens", "ActorTokensBuilder"),
    ("Clerk", "ClerkBuilder"),
    ("Emulator", "EmulatorBuilder"),
    ("HyperTransport", "HyperTransportBuilder"),
];

/// Returns the pairs of files that import each other, tests aside.
fn cycles(modules: &Modules) -> BTreeSet<(PathBuf, PathBuf)> {
    let uses = modules.uses().into_iter().filter(|usage| !usage.in_tests);
    let uses: BTreeSet<_> = uses.map(|usage| (usage.by, usage.of)).collect();
    let is_mutual =
        |(by, of): &&(PathBuf, PathBuf)| by < of && uses.contains(&(of.clone(), by.clone()));
    uses.iter().filter(is_mutual).cloned().collect()
}

/// Returns the builder that one of the files defines, if the other defines its type.
fn builder(modules: &Modules, one: &Path, other: &Path) -> Option<&'static str> {
    let defines = |(typ, builder): &&(&str, &str)| {
        [(one, other), (other, one)]
            .iter()
            .any(|(one, other)| modules.defines(one, typ) && modules.defines(other, builder))
    };
    BUILDERS.iter().find(defines).map(|(_, builder)| *builder)
}

#[test]
fn no_two_files_of_a_crate_import_each_other() {
    let (mut found, mut builders) = (BTreeSet::new(), BTreeSet::new());
    for package in metadata().workspace_packages() {
        for target in &package.targets {
            let root = target.src_path.as_std_path();
            let modules = read(root);
            for (one, other) in cycles(&modules) {
                if let Some(builder) = builder(&modules, &one, &other) {
                    builders.insert(builder);
                } else {
                    found.insert(format!("{} and {}", relative(&one), relative(&other)));
                }
            }
        }
    }
    assert!(found.is_empty(), "these files import each other: {found:#?}");
    let needed: BTreeSet<_> = BUILDERS.iter().map(|(_, builder)| *builder).collect();
    assert_eq!(builders, needed, "remove the exceptions that are not needed");
}

#[test]
fn a_planted_cycle_is_found() {
    let lib = ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;");
    let mutual =
        [lib, ("a.rs", "use crate::B; struct A;"), ("b.rs", "fn f(_: super::a::A) {} struct B;")];
    assert_eq!(cycles(&planted(&mutual)), BTreeSet::from([("a.rs".into(), "b.rs".into())]));

    let one_way = [lib, ("a.rs", "use crate::B; struct A;"), ("b.rs", "struct B;")];
    assert_eq!(cycles(&planted(&one_way)), BTreeSet::new());

    let with_root = [("lib.rs", "mod a; use a::A; struct L;"), ("a.rs", "use super::L; struct A;")];
    assert_eq!(cycles(&planted(&with_root)), BTreeSet::from([("a.rs".into(), "lib.rs".into())]));
}
