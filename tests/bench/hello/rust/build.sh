#!/bin/sh
# Builds build/bench/hello/rust.wasm, which `npm run bench` then measures as well.
# Needs a Rust compiler with the target wasm32-wasip1 (rustup target add wasm32-wasip1); or, on Debian 12:
#   apt-get install rustc cargo libstd-rust-dev-wasm32 lld-14
# The crates are fetched by the cargo on PATH, and compiled by $RUST_BIN's (default: PATH's; Debian's is /usr/bin).
set -eu
source=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$source/../../../.." && pwd)
bin=${RUST_BIN:-$(dirname "$(command -v cargo)")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$source/Cargo.toml" "$source/src" "$work"
cd "$work"
mkdir .cargo
cargo vendor > .cargo/config.toml
sed -i 's/^version = 4$/version = 3/' Cargo.lock # as older cargos read it
if "$bin/rustc" --print target-list | grep -qx wasm32-wasip1; then
  target=wasm32-wasip1
else
  target=wasm32-wasi
  printf '[target.wasm32-wasi]\nlinker = "wasm-ld-14"\n' >> .cargo/config.toml
fi
RUSTC="$bin/rustc" "$bin/cargo" build --release --offline --target "$target"
mkdir -p "$root/build/bench/hello"
cp "target/$target/release/hello.wasm" "$root/build/bench/hello/rust.wasm"
