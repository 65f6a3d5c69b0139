use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::use_tree::Leaf;

/// The modules of one target, and what each of them uses, as far as the source tells.
///
/// Paths are resolved through imports and re-exports to the file that defines the item. If no file
/// shows that, as with items that a macro defines, the file of the module that the path names
/// counts.
pub(crate) struct Modules(pub(crate) Vec<Module>);

/// A module. Its parent and children are positions in [`Modules`].
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<String, usize>,
    pub(crate) items: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    pub(crate) mentions: Vec<Mention>,
}

/// A leaf of a `use` declaration.
pub(crate) struct Import {
    pub(crate) leaf: Leaf,
    pub(crate) is_public: bool,
    pub(crate) in_tests: bool,
}

/// A path outside `use` declarations.
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) in_tests: bool,
}

/// What a path leads to.
#[derive(Clone, Copy)]
enum Target {
    Module(usize),
    /// An item of this module.
    Item(usize),
}

/// A use of one file by another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    pub(crate) by: PathBuf,
    pub(crate) of: PathBuf,
    pub(crate) in_tests: bool,
}

/// How many imports a path may lead through.
const MAX_IMPORTS: usize = 16;

impl Modules {
    /// Returns every use of one file by another.
    ///
    /// A re-export is not a use by itself: it only makes an item available elsewhere.
    pub(crate) fn uses(&self) -> BTreeSet<Use> {
        let mut uses = BTreeSet::new();
        for (id, module) in self.0.iter().enumerate() {
            let imports = module.imports.iter().filter(|import| !import.is_public);
            let imports = imports.map(|import| (&import.leaf.path, import.in_tests));
            let mentions = module.mentions.iter().map(|mention| (&mention.path, mention.in_tests));
            for (path, in_tests) in imports.chain(mentions) {
                let Some(Target::Item(target)) = self.resolve(id, path, MAX_IMPORTS) else {
                    continue;
                };
                let (by, of) = (module.file.clone(), self.0[target].file.clone());
                if by != of {
                    uses.insert(Use { by, of, in_tests });
                }
            }
        }
        uses
    }

    /// Returns `true` if a file defines an item of this name.
    pub(crate) fn defines(&self, file: &Path, name: &str) -> bool {
        self.0.iter().any(|module| module.file == file && module.items.contains(name))
    }

    fn resolve(&self, from: usize, path: &[String], imports_left: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let start = match &**first {
            "crate" => Target::Module(0),
            "self" => Target::Module(from),
            "super" => Target::Module(self.0[from].parent?),
            name => self.look_up(from, name, imports_left)?,
        };
        rest.iter().try_fold(start, |target, name| match target {
            Target::Module(module) if name == "super" => self.0[module].parent.map(Target::Module),
            Target::Module(module) => {
                let found = self.look_up(module, name, imports_left);
                Some(found.unwrap_or(Target::Item(module)))
            }
            Target::Item(_) => Some(target),
        })
    }

    /// Returns what a name means in a module, unless it is local or comes from another crate.
    fn look_up(&self, module: usize, name: &str, imports_left: usize) -> Option<Target> {
        let imports_left = imports_left.checked_sub(1)?;
        let Module { children, items, imports, .. } = &self.0[module];
        if let Some(child) = children.get(name) {
            return Some(Target::Module(*child));
        }
        if items.contains(name) {
            return Some(Target::Item(module));
        }
        imports.iter().find_map(|Import { leaf, .. }| match &leaf.name {
            Some(imported) if imported == name => self.resolve(module, &leaf.path, imports_left),
            Some(_) => None,
            None => match self.resolve(module, &leaf.path, imports_left)? {
                Target::Module(module) => self.look_up(module, name, imports_left),
                Target::Item(_) => None,
            },
        })
    }
}
