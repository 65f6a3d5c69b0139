# `.ci/run` decides whether a change lands. The other recipes are too slow for every change, or need
# tools that `just tools` installs.

crates := "clerk-core clerk-timer-tokio clerk-transport-conformance clerk-transport-hyper clerk-transport-tower clerk-transport-reqwest clerk-transport-mock clerk-emulator clerk-actor-tokens"
published := prepend("-p ", crates)

# Lists the recipes.
default:
    @just --list

# Decides whether a change lands.
ci:
    .ci/run

# Installs the cargo tools that the recipes below need.
tools:
    cargo install --locked cargo-deny cargo-fuzz cargo-hack cargo-llvm-cov cargo-mutants \
        cargo-public-api cargo-semver-checks

# Checks for security advisories, in a database on the network that changes from day to day.
advisories:
    cargo deny check advisories

# Compiles every combination of features, which nobody would try by hand.
powerset:
    cargo hack check --feature-powerset --no-dev-deps --workspace \
        --exclude clerk-actor-tokens --exclude clerk-tests
    # `http2` and `proxy` mean nothing to this crate itself: it only passes them on. `tracing` matters
    # to `blocking` alone, which is linted with and without it.
    cargo hack check --feature-powerset --no-dev-deps -p clerk-actor-tokens \
        --exclude-features default,http2,proxy,tracing --at-least-one-of ring,aws-lc-rs \
        --at-least-one-of webpki-roots,platform-verifier

# Compiles the core for WebAssembly, without a host and with WASI, and runs a create in Node.js.
wasm from="":
    #!/usr/bin/env bash
    set -euo pipefail
    # Both targets need `rustup target add`. `just wasm build-std` builds their standard library
    # instead: with `rust-src` and `cargo +nightly`, or with the cargo that WASM_CARGO names. Then
    # WASI needs a libc as well: docs/trust.md shows one way.
    for target in wasm32-unknown-unknown wasm32-wasip1; do
        cargo=(cargo)
        options=(--locked --target "$target" --target-dir target/wasm)
        if [ "{{ from }}" = build-std ]; then
            export RUSTC_BOOTSTRAP=1
            read -ra cargo <<<"${WASM_CARGO:-cargo +nightly}"
            options+=(-Z build-std=std,panic_abort)
        fi
        "${cargo[@]}" check -p clerk-core --all-features "${options[@]}"
        "${cargo[@]}" build --manifest-path tests/wasm/Cargo.toml "${options[@]}"
        node tests/wasm/run.mjs "target/wasm/$target/debug/clerk_wasm.wasm"
    done

# Compiles with the oldest supported compiler: `cargo +1.85.0`, unless MSRV_CARGO names another.
msrv:
    ${MSRV_CARGO:-cargo +1.85.0} check --locked {{ published }}
    ${MSRV_CARGO:-cargo +1.85.0} check --locked -p clerk-actor-tokens \
        --features blocking,platform-verifier,reqwest,tower

# Tests with the oldest versions of the dependencies that the manifests allow.
minimal-versions:
    #!/usr/bin/env bash
    set -euo pipefail
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    git archive HEAD | tar -x -C "$copy"
    cd "$copy"
    # `clerk-tests` is not published, so its dependencies may be newer.
    sed -i 's|, "tests"\]|]|' Cargo.toml
    cargo +nightly update -Z direct-minimal-versions
    CARGO_TARGET_DIR="$copy/target" cargo test --all-targets

# Compares the public API with docs/api. `just api bless` accepts the difference.
api bless="":
    #!/usr/bin/env bash
    set -euo pipefail
    mkdir -p docs/api
    for crate in {{ crates }}; do
        api=$(cargo +nightly public-api -p "$crate" --all-features -sss)
        if [ "{{ bless }}" = bless ]; then printf '%s\n' "$api" > "docs/api/$crate.txt"; fi
        diff -u "docs/api/$crate.txt" <(printf '%s\n' "$api")
    done

# Checks that the version number fits the changes since the last release, once there is one.
semver:
    cargo semver-checks {{ published }}

# Packages every published crate and builds it from its package.
package:
    cargo package --locked {{ published }}

# Makes many small changes to the code and expects a test to fail for each.
mutants *ARGS:
    cargo mutants --test-workspace=true {{ ARGS }}

# Shows which lines no test runs.
coverage:
    cargo llvm-cov --workspace --exclude clerk-tests --ignore-filename-regex 'tests/'

# Looks for input that makes the readers crash, hang or use much memory, for SECONDS per target.
fuzz seconds="60":
    #!/usr/bin/env bash
    set -euo pipefail
    # Without sanitizers: there is no `unsafe` code to check, and fuzzing is seven times as fast.
    for target in response refusal redact retry_after id claims base_url proxy http2_frames; do
        cargo +nightly fuzz run -s none --fuzz-dir tests/fuzz "$target" -- \
            -max_total_time={{ seconds }} -timeout=5 -rss_limit_mb=512 -max_len=2048
    done

# Measures what a call costs, compared with other clients.
bench *ARGS:
    cargo run --release --manifest-path crates/clerk-bench/Cargo.toml -- {{ ARGS }}

# Lets Clerk's own SDKs play an impersonation with the emulator, from the ticket to its end.
sdks:
    crates/clerk-emulator/tests/sdks/run

# Opens the emulator's pages in a real browser, without a window and without scripts.
browser:
    #!/usr/bin/env bash
    set -euo pipefail
    if ! command -v chromium >/dev/null; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "missing: chromium; as root on Debian, this recipe installs it" >&2
            exit 1
        fi
        apt-get update --quiet
        apt-get install --yes --quiet --no-install-recommends chromium
    fi
    crates/clerk-emulator/tests/browser/run

# Uses the support desk in the same browser. PICTURES is the folder for pictures of its pages.
desk pictures:
    crates/clerk-support-desk/tests/browser/run {{ pictures }}

# Plays 5,000 impersonations with the emulator, and fails if its memory grows.
loops:
    crates/clerk-emulator/tests/loops/run

# Creates tokens through real servers, and compares the outcomes with what these processed.
peers *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    PATH=$PATH:/usr/sbin
    missing=()
    for package in nginx haproxy squid nodejs; do
        # The program of `nodejs` is `node`.
        command -v "${package%js}" >/dev/null || missing+=("$package")
    done
    if [ "${#missing[@]}" -gt 0 ]; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "missing: ${missing[*]}; as root on Debian, this recipe installs them" >&2
            exit 1
        fi
        apt-get update --quiet
        apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
    fi
    cargo run --package clerk-tests --bin peers -- {{ ARGS }}
