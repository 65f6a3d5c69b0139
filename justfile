# One place to run things. `.ci/run` decides whether a change lands; the rest is too slow for every change, or needs tools
# that `just tools` installs.

published := "-p clerk-core -p clerk-transport-hyper -p clerk-transport-mock -p clerk-emulator -p clerk-actor-tokens"

# Lists what there is.
default:
    @just --list

# Decides whether a change lands.
ci:
    .ci/run

# Installs what the recipes below need.
tools:
    cargo install --locked cargo-deny cargo-fuzz cargo-hack cargo-llvm-cov cargo-mutants cargo-public-api cargo-semver-checks

# Looks for known vulnerabilities: asks a database on the network that changes by the day.
advisories:
    cargo deny check advisories

# Compiles every combination of features: they are additive, and nobody tries them all by hand.
powerset:
    cargo hack check --feature-powerset --no-dev-deps -p clerk-core -p clerk-transport-hyper -p clerk-transport-mock -p clerk-emulator
    cargo hack check --feature-powerset --no-dev-deps -p clerk-actor-tokens --exclude-features default \
        --at-least-one-of ring,aws-lc-rs --at-least-one-of webpki-roots,platform-verifier

# Compiles with the oldest compiler that we promise. MSRV_CARGO names another way to it than rustup.
msrv:
    ${MSRV_CARGO:-cargo +1.85.0} check --locked {{ published }}
    ${MSRV_CARGO:-cargo +1.85.0} check --locked -p clerk-actor-tokens --features platform-verifier

# Compiles and tests with the oldest versions of what we depend on: what the manifest says is enough is held to that.
minimal-versions:
    #!/usr/bin/env bash
    set -euo pipefail
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    git archive HEAD | tar -x -C "$copy"
    cd "$copy"
    # Our own tests are no promise: what they need may be newer.
    sed -i 's|, "tests"\]|]|' Cargo.toml
    cargo +nightly update -Z direct-minimal-versions
    CARGO_TARGET_DIR="$copy/target" cargo test --all-targets

# Compares what dependants see with docs/api. `just api bless` takes it for the new promise.
api bless="":
    #!/usr/bin/env bash
    set -euo pipefail
    mkdir -p docs/api
    for crate in clerk-core clerk-transport-hyper clerk-transport-mock clerk-emulator clerk-actor-tokens; do
        seen=$(cargo +nightly public-api -p "$crate" --all-features -sss)
        if [ "{{ bless }}" = bless ]; then printf '%s\n' "$seen" > "docs/api/$crate.txt"; fi
        diff -u "docs/api/$crate.txt" <(printf '%s\n' "$seen")
    done

# Compares with the last release: whether the version says what has changed. From the first release on.
semver:
    cargo semver-checks {{ published }}

# Packs every published crate and builds it from its package.
package:
    cargo package --locked {{ published }}

# Changes the code in many small ways and expects a test to notice each.
mutants *ARGS:
    cargo mutants --test-workspace=true {{ ARGS }}

# Shows which lines no test runs.
coverage:
    cargo llvm-cov --workspace --exclude clerk-tests --ignore-filename-regex 'tests/'

# Looks for bytes that crash the readers, hang them, or make them swallow memory. `just fuzz 600` for ten minutes each. Without
# sanitizers: there is no `unsafe` to watch, and it is seven times as fast.
fuzz seconds="60":
    #!/usr/bin/env bash
    set -euo pipefail
    for target in answer refusal retry_after id claims base_url; do
        cargo +nightly fuzz run -s none --fuzz-dir tests/fuzz "$target" -- \
            -max_total_time={{ seconds }} -timeout=5 -rss_limit_mb=512 -max_len=2048
    done

# Measures what a call costs, next to its peers.
bench *ARGS:
    cargo run --release --manifest-path crates/clerk-bench/Cargo.toml -- {{ ARGS }}

# Lets Clerk's own SDKs create and revoke against the emulator.
sdks:
    crates/clerk-emulator/tests/sdks/run
