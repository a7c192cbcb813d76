"""A teacher's first hour, driven through the real window: set up a short run, watch it, ask for a checkpoint, lose the
window, find the run again, try the model, export it.

teacher.py STUDIO [SHOTS]   SHOTS: a folder for pictures of every stop on the way.
"""
import pathlib
import sys
import tempfile

import window
from terminal import Terminal

QUICK = {"Name": "journey", "Epochs": "no limit", "Most steps": "12", "Longest record": "64", "Batch size": "1"}
QUICK_SETTINGS = {"Check every (steps)": "6", "Share of the validation data": "0.02", "Longest sample answer": "8"}


class Run:
    """The journey's run, as the command line shows it now."""

    def __init__(self, terminal):
        self.terminal = terminal

    def __getitem__(self, key):
        return self.terminal("runs", "show", QUICK["Name"])[-1][key]


def set_up_a_run(studio, display):
    studio.wait_for_text("Train the fractions tutor")
    display.shoot("1-home-first")
    studio.press("Look at the settings first")
    for name, value in QUICK.items():
        studio.type_into(name, value)
    studio.press("All ")
    for name, value in QUICK_SETTINGS.items():
        studio.type_into(name, value)
    studio.wait_for_text("Ready to start", 180)
    display.shoot("2-new-run")
    studio.press("Start training")


def watch_it(studio, display, run):
    studio.wait(lambda: run["step"] >= 2, "the second step", 300)
    display.shoot("3-live")
    studio.press("Checkpoint now")
    studio.wait(lambda: run["checkpoints"], "the checkpoint asked for", 180)


def lose_the_window(studio, program, workspace, run):
    step = run["step"]
    studio.kill()
    again = window.Window(program, workspace)
    again.wait(lambda: run["status"] == "finished", "the end of the run", 600)
    if run["step"] <= step:
        raise window.Lost("The run did not go on without the window.")
    return again


def try_it(studio, display):
    studio.go("Try it")
    studio.type_into("Your message", "What is 1/2 + 1/3?")
    studio.press("Send", 300)  # once the model is loaded
    studio.wait_for_text("tokens/s", 300)
    display.shoot("5-try-it")


def export_it(studio, display, folder):
    studio.go("Export")
    studio.type_into("Folder to write", str(folder))
    studio.press("Export", 180)
    studio.wait_for_text("erified", 300)
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
        run = Run(Terminal(program.parent / "lyceum", workspace))
        studio = None
        try:
            studio = window.Window(program, workspace)
            set_up_a_run(studio, display)
            watch_it(studio, display, run)
            studio = lose_the_window(studio, program, workspace, run)
            display.shoot("4-finished")
            try_it(studio, display)
            export_it(studio, display, pathlib.Path(scratch) / "exported")
            print("The teacher's journey: ok")
        except window.Lost as lost:
            display.shoot("lost")
            sys.exit(f"The teacher's journey stopped: {lost}")
        finally:
            if studio:
                studio.kill()
            display.close()


if __name__ == "__main__":
    main()
