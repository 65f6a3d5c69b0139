use crate::{syntax::closing_brace, tokens::Token};

/// A leaf of the tree in a `use` declaration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The name that the leaf brings into scope; none for a glob.
    pub(crate) name: Option<String>,
    pub(crate) path: Vec<String>,
}

/// Returns the leaves of the tree in a `use` declaration.
pub(crate) fn leaves(tree: &[Token<'_>]) -> Vec<Leaf> {
    let mut path: Vec<String> = Vec::new();
    for (at, token) in tree.iter().enumerate() {
        match token.text {
            "::" => {}
            "*" => return vec![Leaf { name: None, path }],
            "as" => {
                let name = tree.get(at + 1).map(|token| token.text.to_owned());
                return vec![Leaf { name, path }];
            }
            "{" => {
                let list = &tree[at + 1..closing_brace(tree, at)];
                let inner = branches(list).into_iter().flat_map(leaves);
                return inner.map(|leaf| below(&path, leaf)).collect();
            }
            segment => path.push(segment.to_owned()),
        }
    }
    let name = path.last().cloned();
    // Nothing follows the last comma of a list.
    if name.is_none() { Vec::new() } else { vec![Leaf { name, path }] }
}

/// Returns a leaf of the list below this path: `{self}` is the path itself.
fn below(path: &[String], leaf: Leaf) -> Leaf {
    if leaf.path != ["self"] {
        return Leaf { path: [path, &leaf.path].concat(), ..leaf };
    }
    let renamed = leaf.name.filter(|name| name != "self");
    Leaf { name: renamed.or_else(|| path.last().cloned()), path: path.to_vec() }
}

/// Splits a list at the commas that are not inside braces.
fn branches<'a, 'b>(list: &'a [Token<'b>]) -> Vec<&'a [Token<'b>]> {
    let mut depth = 0;
    let is_separator = |token: &Token<'_>| {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token.text == ","
    };
    list.split(is_separator).collect()
}

#[test]
fn every_form_of_a_leaf_is_understood() {
    let tree = "a::{self, b, c::{D as E, f::*}, g::{self as h}, I as _,}";
    let leaves = leaves(&crate::tokens::tokens(tree));
    let found: Vec<_> = leaves
        .iter()
        .map(|leaf| (leaf.name.as_deref().unwrap_or("*"), leaf.path.join("::")))
        .collect();
    let expected = [
        ("a", "a"),
        ("b", "a::b"),
        ("E", "a::c::D"),
        ("*", "a::c::f"),
        ("h", "a::g"),
        ("_", "a::I"),
    ];
    assert_eq!(found, expected.map(|(name, path)| (name, path.to_owned())));
}
