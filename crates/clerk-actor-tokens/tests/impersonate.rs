//! Runs the example `impersonate`. Cargo builds it along with all tests of this package, but not
//! with a selection of them.

#![cfg(feature = "hyper")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    env::{consts::EXE_SUFFIX, current_exe},
    process::{Command, Output},
};

fn impersonate(arguments: &[&str]) -> Output {
    let tests = current_exe().unwrap();
    let target = tests.parent().and_then(|deps| deps.parent()).unwrap();
    let mut example = Command::new(target.join(format!("examples/impersonate{EXE_SUFFIX}")));
    for variable in ["CLERK_SECRET_KEY", "CLERK_API_URL", "CLERK_API_VERSION"] {
        example.env_remove(variable);
    }
    example.args(arguments).output().unwrap()
}

fn text(output: Vec<u8>) -> String {
    String::from_utf8(output).unwrap()
}

#[test]
fn help_is_printed() {
    for flags in [&["--help"][..], &["-h"], &["user_1", "--show-url", "-h"]] {
        let Output { status, stdout, stderr } = impersonate(flags);
        assert!(status.success() && stderr.is_empty(), "{flags:?}: {}", text(stderr));
        assert!(text(stdout).starts_with("usage: impersonate [USER_ID [ACTOR]] [--show-url]\n"));
    }
}

#[test]
fn invalid_arguments_point_to_the_help() {
    for arguments in [&["--show"][..], &["-x"], &["a", "b", "c"]] {
        let Output { status, stderr, .. } = impersonate(arguments);
        assert!(!status.success() && text(stderr).contains("try --help"), "{arguments:?}");
    }
}

#[test]
fn without_a_key_the_emulator_plays_clerk() {
    let Output { status, stdout, stderr } = impersonate(&[]);
    assert!(status.success(), "{}", text(stderr));
    let printed = text(stdout);
    let steps: Vec<_> = printed.lines().skip(1).filter(|line| !line.starts_with(' ')).collect();
    let expected = [
        "created",
        "used: the support engineer has opened the link",
        "ended",
        "gone",
        "ended again, which changes nothing",
    ];
    assert_eq!(steps, expected, "{printed}");
    assert!(printed.contains(r#"  act      {"sub":"user_support","audit_id":"audit_4711"}"#));
    let (_, ended) = printed.split_once("\nended\n").unwrap();
    assert!(ended.contains(" is revoked\n") && ended.ends_with("(none was live)\n"), "{printed}");
}

#[test]
fn the_url_is_printed_only_on_request() {
    for (arguments, is_printed) in [(&["user_1"][..], false), (&["user_1", "--show-url"], true)] {
        let printed = text(impersonate(arguments).stdout);
        assert_eq!(printed.contains("ticket="), is_printed, "{printed}");
        assert!(printed.contains("  url      "), "{printed}");
    }
}
