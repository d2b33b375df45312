#!/usr/bin/env bash
# Coverage-guided fuzzing of the Rust side, each target for so many seconds.
#
#   crates/fuzz/run.sh SECONDS CORPUS [TARGET...]
#
# CORPUS is a folder with the seeds of each target, to which what is found new is added. libFuzzer
# needs the coverage that LLVM counts, which stable Rust can be asked for; no sanitizer is needed,
# as all targets but the vector instructions are safe Rust.
set -euo pipefail
cd "$(dirname "$0")"
seconds=$1
corpus=$2
shift 2
targets=("$@")
((${#targets[@]})) || targets=(line lines program partial)

host=$(rustc -vV | sed -n 's/^host: //p')
flags=(--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module)
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=("-Cllvm-args=-sanitizer-coverage-$option")
done
export RUSTFLAGS="${flags[*]}"
target=${CARGO_TARGET_DIR:-$PWD/../../target}/fuzz
# With --target, what runs while building is built without the flags.
cargo build --quiet --release --target "$host" --target-dir "$target"
for name in "${targets[@]}"; do
    mkdir -p "$corpus/$name"
    echo "== $name"
    "$target/$host/release/$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 \
        -max_len=4096 -artifact_prefix="$target/$name-" -print_final_stats=1 "$corpus/$name" 2>&1 |
        grep -Ev '^#[0-9]+[[:space:]]+(NEW|REDUCE|pulse)' | tail -25
done
