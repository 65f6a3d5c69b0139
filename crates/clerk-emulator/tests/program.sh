# Starts the emulator for a script that sources this file, and stops it when the script exits.
# Needs cargo and python3.

work=$(mktemp -d)
emulator=
trap 'stop_program; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

stop_program() {
    [ -z "$emulator" ] || kill "$emulator"
    emulator=
}

# Builds and starts the program with these arguments, and exports what it announces.
start_program() {
    manifest=$here/../../Cargo.toml
    # The binary itself, not `cargo run`, so that $! is the process id of the emulator.
    cargo build --quiet --manifest-path "$manifest" --bin clerk-emulator
    target=$(cargo metadata --no-deps --format-version 1 --manifest-path "$manifest" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
    : >"$work/announcement"
    "$target/debug/clerk-emulator" "$@" >"$work/announcement" &
    emulator=$!

    # Three lines: the base URL, the secret key, the publishable key.
    until [ "$(wc -l <"$work/announcement")" -ge 3 ]; do
        kill -0 "$emulator"
        sleep 0.1
    done
    base_url=$(sed -n 's/^base URL: //p' "$work/announcement")
    CLERK_API_URL=${base_url%/v1}
    CLERK_SECRET_KEY=$(sed -n 's/^secret key: //p' "$work/announcement")
    CLERK_PUBLISHABLE_KEY=$(sed -n 's/^publishable key: //p' "$work/announcement")
    # The source of the emulator has the public key as well.
    CLERK_JWT_KEY=$(sed -n '/BEGIN PUBLIC KEY/,/END PUBLIC KEY/p' "$here/../../src/state/published_key.rs" |
        sed 's/.*"//')
    export CLERK_API_URL CLERK_SECRET_KEY CLERK_PUBLISHABLE_KEY CLERK_JWT_KEY
}
