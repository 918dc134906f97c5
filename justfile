# What there is to do: `just --list`.

# Everything that must hold before a change is in.
check:
    .ci/run

# The tests alone.
test:
    cargo test

# Formats the code.
format:
    cargo fmt

# Writes example letters into ./offwatch-demo.
demo:
    cargo run --release -- demo

# Accepts changed letters and verdicts after a look at each of them (needs cargo-insta).
review:
    cargo insta review
