"""What the checks of this folder share: which files there are, and how a check ends."""
import pathlib
import subprocess
import sys
import tempfile

CPP = {".h", ".cpp", ".cu", ".cuh"}


def files(root: pathlib.Path, tops, suffixes=CPP):
    """Tracked files under the folders `tops`; in a tree without git, all files."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--", *tops],
                            capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        paths = [root / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for top in tops for path in (root / top).rglob("*")]
    return sorted(p for p in paths if p.suffix in suffixes and p.is_file())


def main(violations, samples):
    """Runs a check. `violations(root)` yields lines; with --self-test every sample, a broken tree as
    {path: text}, must give at least one and a clean one none."""
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test(violations, samples))
    found = list(violations(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "ok")
    sys.exit(bool(found))


def self_test(violations, samples):
    failures = 0
    for name, tree, is_broken in samples:
        with tempfile.TemporaryDirectory() as folder:
            for path, text in tree.items():
                file = pathlib.Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            found = list(violations(pathlib.Path(folder)))
        right = bool(found) == is_broken
        failures += not right
        print(f"{'ok' if right else 'WRONG'}: {name}: {found}")
    return bool(failures)
