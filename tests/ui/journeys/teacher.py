"""A teacher's first hour, driven through the real window: set up a short run, watch it, ask for a checkpoint, lose the
window, find the run again, try the model, export it.

teacher.py STUDIO [SHOTS]   SHOTS: a folder for pictures of every stop on the way.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import window

QUICK = {"Name": "journey", "Epochs": "no limit", "Most steps": "12", "Longest record": "64", "Batch size": "1"}
QUICK_SETTINGS = {"Check every (steps)": "6", "Share of the validation data": "0.02", "Longest sample answer": "8"}


class Terminal:
    """The same workspace from the command line: what the window says is held against it."""

    def __init__(self, program, workspace):
        self.command = [str(program), "--workspace", str(workspace)]

    def __call__(self, *words):
        done = subprocess.run([*self.command, *words, "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            raise window.Lost(f"lyceum {' '.join(words)}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def run(self):
        return self("runs", "show", "journey")[-1]


def set_up_a_run(studio, display):
    studio.wait_for_text("Train the fractions tutor")
    display.shoot("1-home-first")
    studio.press("Look at the settings first")
    for name, value in QUICK.items():
        studio.type_into(name, value)
    studio.press("All ")
    for name, value in QUICK_SETTINGS.items():
        studio.type_into(name, value)
    studio.wait_for_text("Ready to start", 90)
    display.shoot("2-new-run")
    studio.press("Start training")


def watch_it(studio, display, terminal):
    studio.wait(lambda: terminal.run()["step"] >= 2, "the second step", 120)
    display.shoot("3-live")
    studio.press("Checkpoint now")
    studio.wait(lambda: terminal.run()["checkpoints"], "the checkpoint asked for", 60)


def lose_the_window(studio, program, workspace, terminal):
    step = terminal.run()["step"]
    studio.kill()
    again = window.Window(program, workspace)
    again.wait(lambda: terminal.run()["status"] == "finished", "the end of the run", 180)
    if terminal.run()["step"] <= step:
        raise window.Lost("The run did not go on without the window.")
    return again


def try_it(studio, display):
    studio.go("Try it")
    studio.wait_for_text("Ready", 90)
    studio.type_into("Your message", "What is 1/2 + 1/3?")
    studio.press("Send")
    studio.wait_for_text("tokens/s", 120)
    display.shoot("5-try-it")


def export_it(studio, display, folder):
    studio.go("Export")
    studio.type_into("Folder to write", str(folder))
    studio.press("Export", 60)
    studio.wait_for_text("erified", 180)
    display.shoot("6-export")
    if not (folder / "hugging-face" / "model.safetensors").is_file():
        raise window.Lost(f"The export said verified, but {folder} has no hugging-face/model.safetensors.")


def main():
    window.enter_session()
    program = pathlib.Path(sys.argv[1]).resolve()
    display = window.Display(1440, 900)
    if len(sys.argv) > 2:
        display.shots = pathlib.Path(sys.argv[2]).resolve()
        display.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        workspace = pathlib.Path(scratch) / "workspace"
        terminal = Terminal(program.parent / "lyceum", workspace)
        studio = window.Window(program, workspace)
        try:
            set_up_a_run(studio, display)
            watch_it(studio, display, terminal)
            studio = lose_the_window(studio, program, workspace, terminal)
            display.shoot("4-finished")
            try_it(studio, display)
            export_it(studio, display, pathlib.Path(scratch) / "exported")
            print("The teacher's journey: ok")
        except window.Lost as lost:
            display.shoot("lost")
            sys.exit(f"The teacher's journey stopped: {lost}")
        finally:
            studio.kill()
            display.close()


if __name__ == "__main__":
    main()
