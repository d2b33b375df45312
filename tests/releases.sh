#!/usr/bin/env bash
# The tests of lowering under every CPython that is at hand: bytecode differs from release to
# release, and a release that these tests have not run under lowers nothing.
#
#   tests/releases.sh PYTHON...     these interpreters, those that pyenv has, and Debian's newest
#
# Debian's are unpacked into FOLDER (default: target/debian) by debootstrap, which needs root; where
# that cannot be done, it is said, and the others are run.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
debian=${FOLDER:-$PWD/target/debian}
packages=$PWD/target/releases
pip=$1
suite=sid
newest=(python3.14 python3.15)

mkdir -p "$packages"
install() { # version: what the tests import, as its wheels, which need no network there
    [ -d "$packages/$1/toolz" ] || "$pip" -m pip install --quiet --target "$packages/$1" \
        --python-version "$1" --only-binary :all: cloudpickle hypothesis pytest pytest-xdist toolz
}

failed=()
tried=()
try() { # name, command...
    local name=$1
    shift
    echo "== $name"
    "$@" -m pytest tests/expr -q -n 2 -p no:cacheprovider || failed+=("$name")
}

known=("$@")
if command -v pyenv >/dev/null; then
    for version in $(pyenv versions --bare | grep -E '^3\.1[1-9]'); do
        known+=("$(pyenv prefix "$version")/bin/python")
    done
fi
for python in "${known[@]}"; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    [[ " ${tried[*]} " == *" $version "* ]] && continue
    tried+=("$version")
    install "$version"
    try "$("$python" -V)" env "PYTHONPATH=$packages/$version:$PWD/src" "$python"
done

if ! [ -x "$debian/usr/bin/${newest[-1]}" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
        echo "Debian's newer releases are left out: they need root and debootstrap"
    else
        rm -rf "$debian"
        names=$(IFS=,; echo "${newest[*]}")
        debootstrap --variant=minbase --include="$names" "$suite" "$debian" >"$packages/log" 2>&1 ||
            tail -5 "$packages/log"
    fi
fi
if [ -x "$debian/usr/bin/${newest[-1]}" ]; then
    rm -rf "$debian/satchel"
    mkdir -p "$debian/satchel"
    cp -r src tests pyproject.toml "$debian/satchel/"
    for python in "${newest[@]}"; do
        install "${python#python}"
        cp -r "$packages/${python#python}" "$debian/satchel/packages"
        try "Debian's $python" chroot "$debian" env -C /satchel \
            PYTHONPATH=/satchel/packages:/satchel/src PYTHONDONTWRITEBYTECODE=1 "$python"
        rm -rf "$debian/satchel/packages"
    done
fi

if ((${#failed[@]})); then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
