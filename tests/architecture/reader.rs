use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    modules::{Import, Mention, Module, Modules},
    syntax::{closing_brace, end_of_item, is_public, matches, position, tokens_of_code},
    tokens::{Kind, Token},
    use_tree::leaves,
};

/// Reads the modules of a target by its root file.
pub(crate) fn read(root: &Path) -> Modules {
    read_with(root, &|file| fs::read_to_string(file).ok())
}

fn read_with(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Modules {
    let mut reader = Reader { modules: Vec::new(), read };
    let (file, folder) = (root.to_owned(), root.parent().unwrap().to_owned());
    let place = Place { file, folder, in_tests: false };
    reader.add(None, &place, &tokens_of_code(&read(root).unwrap()));
    Modules(reader.modules)
}

struct Reader<'r> {
    modules: Vec<Module>,
    /// Returns the source of a file, if it exists.
    read: &'r dyn Fn(&Path) -> Option<String>,
}

/// Where the source of a module is.
struct Place {
    file: PathBuf,
    /// The folder in which its children have their files.
    folder: PathBuf,
    in_tests: bool,
}

impl Reader<'_> {
    /// Adds a module and those below it, and returns its position.
    fn add(&mut self, parent: Option<usize>, place: &Place, tokens: &[Token<'_>]) -> usize {
        let id = self.modules.len();
        self.modules.push(Module { file: place.file.clone(), parent, ..Module::default() });
        let word = |at| {
            let token = tokens.get(at).filter(|token: &&Token<'_>| token.kind == Kind::Word);
            token.map(|token| token.text.to_owned())
        };
        let (mut at, mut depth, mut tests_end, mut path_attribute) = (0, 0_usize, 0, None);
        while let Some(token) = tokens.get(at) {
            let in_tests = place.in_tests || at < tests_end;
            match token.text {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "#" if matches(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"]) => {
                    tests_end = end_of_item(tokens, at);
                }
                "#" if matches(tokens, at, &["#", "[", "path", "="]) => {
                    path_attribute = tokens.get(at + 4).map(|path| path.text.trim_matches('"'));
                }
                // `use<'a>` names lifetimes.
                "use" if !matches(tokens, at + 1, &["<"]) => {
                    let end = position(tokens, at, ";");
                    let is_public = is_public(tokens, at);
                    let imports = leaves(&tokens[at + 1..end]).into_iter();
                    let imports = imports.map(|leaf| Import { leaf, is_public, in_tests });
                    self.modules[id].imports.extend(imports);
                    at = end;
                }
                "mod" if matches(tokens, at + 2, &["{"]) => {
                    let (name, end) = (tokens[at + 1].text, closing_brace(tokens, at + 2));
                    let folder = place.folder.join(name);
                    let inner = Place { file: place.file.clone(), folder, in_tests };
                    let child = self.add(Some(id), &inner, &tokens[at + 3..end]);
                    self.modules[id].children.insert(name.to_owned(), child);
                    at = end;
                }
                "mod" if matches(tokens, at + 2, &[";"]) => {
                    let name = tokens[at + 1].text;
                    let (source, file) = self.child(place, name, path_attribute.take());
                    let folder = match file.file_name() {
                        Some(name) if name == "mod.rs" => file.parent().unwrap().to_owned(),
                        _ => file.with_extension(""),
                    };
                    let inner = Place { file, folder, in_tests };
                    let child = self.add(Some(id), &inner, &tokens_of_code(&source));
                    self.modules[id].children.insert(name.to_owned(), child);
                    at += 2;
                }
                "macro_rules" => self.modules[id].items.extend(word(at + 2)),
                "struct" | "enum" | "union" | "trait" | "type" | "fn" | "const" | "static"
                    if depth == 0 =>
                {
                    self.modules[id].items.extend(word(at + 1));
                }
                text if token.kind == Kind::Word && !continues_a_path(tokens, at) => {
                    let mut path = vec![text.to_owned()];
                    while let (true, Some(segment)) =
                        (matches(tokens, at + 1, &["::"]), word(at + 2))
                    {
                        path.push(segment);
                        at += 2;
                    }
                    self.modules[id].mentions.push(Mention { path, in_tests });
                }
                _ => {}
            }
            at += 1;
        }
        id
    }

    /// Returns the source and the file of a module that is declared as `mod name;`.
    fn child(&self, place: &Place, name: &str, path: Option<&str>) -> (String, PathBuf) {
        let files = match path {
            Some(path) => vec![place.file.parent().unwrap().join(path)],
            None => [format!("{name}.rs"), format!("{name}/mod.rs")]
                .map(|file| place.folder.join(file))
                .to_vec(),
        };
        let mut found = files.into_iter().filter_map(|file| Some(((self.read)(&file)?, file)));
        found.next().unwrap_or_else(|| panic!("{}: no file for `{name}`", place.file.display()))
    }
}

/// Returns `true` if the token at this position is not the first segment of a path.
fn continues_a_path(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && ["::", "."].contains(&tokens[at - 1].text)
}

/// Reads a target whose root is `lib.rs` from these files.
pub(crate) fn planted(files: &[(&str, &str)]) -> Modules {
    let read = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, source)| (*source).to_owned())
    };
    read_with(Path::new("lib.rs"), &read)
}

fn uses(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let uses = planted(files).uses();
    uses.iter()
        .map(|usage| (usage.by.display().to_string(), usage.of.display().to_string()))
        .collect()
}

#[test]
fn imports_are_resolved_however_they_are_written() {
    for source in [
        "use crate::b::B;",
        "use crate::{b::{B, C}};",
        "use super::b::B as D;",
        "use crate::B;",
        "use crate::{self as all, b as other}; fn f() -> other::B { all::B }",
        "use crate::b; fn f(b: b::B) {}",
        "fn f() -> crate::b::B { crate::b::B }",
        "fn f() -> Vec<super::B> { Vec::<super::B>::new() }",
        "use super::*; fn f() -> B { B }",
        "mod inner { use super::super::b::B; }",
        "mod inner { use crate::a::Alias; } pub(crate) use super::b::B as Alias;",
        "use super::b::made_by_a_macro;",
        "use super::b::Trait as _;",
    ] {
        let files = [
            ("lib.rs", "mod a; mod b; pub use b::B;"),
            ("a.rs", source),
            ("b.rs", "pub(crate) struct B; pub(crate) struct C; trait Trait {}"),
        ];
        assert_eq!(uses(&files), [("a.rs".to_owned(), "b.rs".to_owned())], "{source}");
    }
}

#[test]
fn what_only_looks_like_an_import_is_not_one() {
    for source in [
        "// use crate::b::B;",
        "/// [`B`](crate::b::B)\nstruct A;",
        "const A: &str = \"use crate::b::B;\";",
        "pub use crate::b::B;",
        "use std::b::B; use other::B as C;",
        "use crate::b;",
        "struct A { b: u8 } fn f(a: A) { a.b; }",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", source), ("b.rs", "struct B;")];
        assert_eq!(uses(&files), [], "{source}");
    }
}

#[test]
fn modules_are_found_in_folders_and_behind_path_attributes() {
    let files = [
        ("lib.rs", "mod a; #[path = \"x/y.rs\"] mod c;"),
        ("a/mod.rs", "mod b; pub use b::B;"),
        ("a/b.rs", "mod d; pub struct B;"),
        ("a/b/d.rs", "use crate::a::B;"),
        ("x/y.rs", "use super::a::B;"),
    ];
    let expected = [("a/b/d.rs", "a/b.rs"), ("x/y.rs", "a/b.rs")];
    assert_eq!(uses(&files), expected.map(|(by, of)| (by.to_owned(), of.to_owned())));
}

#[test]
fn uses_by_tests_are_marked() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "#[cfg(test)] mod tests { use crate::b::B; } fn f() {}"),
        ("b.rs", "pub(crate) struct B;"),
    ];
    let uses = planted(&files).uses();
    assert_eq!(uses.iter().map(|usage| usage.in_tests).collect::<Vec<_>>(), [true]);
}
