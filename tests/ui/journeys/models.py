"""A look at models from elsewhere through the real window: an encoder's folder, a GGUF file and a broken copy of it are added
with the file dialogs, and what the window shows of each is held against what the command line says.

models.py STUDIO ENCODER [SHOTS]   ENCODER: a folder of a sentence encoder; SHOTS: a folder for pictures of every stop.
"""
import pathlib
import sys
import tempfile

import window
from terminal import Terminal

WORDS = "Zoë ate 5/12 of it. Unbelievable!"
ENCODER_REASON = "Runs of this version train models that write text"


def add(studio, button, field, accept, path):
    studio.press(button)
    studio.type_into(field, str(path))
    studio.press(accept)


def expect(studio, caption, value):
    """A line of the overview: its caption, then its value."""
    def is_there():
        texts = studio.texts()
        return any(text == caption and value in after for text, after in zip(texts, texts[1:]))
    studio.wait(is_there, f"“{caption}: … {value} …”", 60)


def check_overview(studio, model):
    for caption, value in {"Architecture": model["architecture"],
                           "Parameters": f"{model['parameters']:,}",
                           "Stored as": model["dtype"] + ", ",
                           "Longest text": f"{model['context_length']:,} tokens",
                           "Tokenizer": f"{model['tokenizer']['kind']}, {model['tokenizer']['size']:,} tokens",
                           "Licence": model["licence"]["name"]}.items():
        expect(studio, caption, value)


def check_tokens(studio, ids):
    """The numbers of the playground are the ids of the command line."""
    studio.type_into("Text to cut into tokens", WORDS)
    studio.tick("How tokens are shown: As numbers")
    numbers = " ".join(str(number) for number in ids)
    studio.wait(lambda: studio.text_of(studio.find("The text's tokens")).split() == numbers.split(),
                f"the numbers {numbers} for “{WORDS}”")
    studio.tick("How tokens are shown: As text")
    studio.wait_for_text(f"{len(ids)} tokens · ")


def check_use(studio, reason=None):
    """Whether a run can start from it, and why not."""
    button = studio.wait(lambda: studio.find("Use for a new run"), "the button “Use for a new run”")
    is_on = button.getState().contains(studio.atspi.STATE_SENSITIVE)
    if is_on != (reason is None) or button.description != (reason or ""):
        raise window.Lost(f"“Use for a new run” is {'on' if is_on else 'off'} and says “{button.description}”.")


def look_at(studio, lyceum, path, tensor, shoot):
    """Overview, tensors and tokens of the model that was just added."""
    check_overview(studio, lyceum("models", "inspect", str(path))[-1])
    shoot("overview")
    studio.tick("What to show: Tensors")
    studio.wait_for_text(tensor, 60)
    shoot("tensors")
    studio.tick("What to show: Tokens")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        print(WORDS, file=file, flush=True)
        check_tokens(studio, lyceum("tokenize", str(path), "--file", file.name)[-1]["ids"])
    shoot("tokens")
    studio.tick("What to show: Overview")


def make_files(lyceum, folder):
    """An exported GGUF file, and the half of it that an interrupted download leaves."""
    lyceum("export", "smollm2-135m-instruct", "--format", "gguf", "--dtype", "q8_0", "--out", str(folder / "exported"))
    whole = (folder / "exported" / "model.gguf").rename(folder / "exported-q8.gguf")
    broken = folder / "broken.gguf"
    broken.write_bytes(whole.read_bytes()[:whole.stat().st_size // 2])
    return whole, broken


def visit(studio, lyceum, encoder, files, shoot):
    whole, broken = files
    studio.go("Models")
    expect(studio, "Architecture", "llama")
    add(studio, "Add a folder", "Directory:", "Choose", encoder)
    look_at(studio, lyceum, encoder, "encoder.layer.0.", lambda name: shoot(f"1-encoder-{name}"))
    check_use(studio, ENCODER_REASON)
    add(studio, "Add a file", "File name:", "Open", whole)
    expect(studio, "Where it lies", whole.name)
    look_at(studio, lyceum, whole, "model.layers.0.", lambda name: shoot(f"2-gguf-{name}"))
    check_use(studio)
    add(studio, "Add a file", "File name:", "Open", broken)
    studio.wait_for_text("The file is damaged or incomplete", 60)
    shoot("3-broken")


def main():
    window.enter_session()
    program, encoder = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    display = window.Display(1280, 720)
    if len(sys.argv) > 3:
        display.shots = pathlib.Path(sys.argv[3]).resolve()
        display.shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        files = make_files(Terminal(program.parent / "lyceum", scratch), pathlib.Path(scratch))
        studio = None
        try:
            for theme in ("Light", "Dark"):
                workspace = pathlib.Path(scratch) / theme
                studio = window.Window(program, workspace)
                studio.choose("View", "Theme", theme)
                visit(studio, Terminal(program.parent / "lyceum", workspace), encoder, files,
                      lambda name: display.shoot(f"{theme.lower()}-{name}"))
                studio.kill()
            print("The models' journey: ok")
        except window.Lost as lost:
            display.shoot("lost")
            sys.exit(f"The models' journey stopped: {lost}")
        finally:
            if studio:
                studio.kill()
            display.close()


if __name__ == "__main__":
    main()
