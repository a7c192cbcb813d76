"""The same workspace from the command line: what the window says is held against it."""
import json
import subprocess

import window


class Terminal:
    def __init__(self, program, workspace):
        self.command = [str(program), "--workspace", str(workspace)]

    def __call__(self, *words):
        done = subprocess.run([*self.command, *words, "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            raise window.Lost(f"lyceum {' '.join(words)}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]
