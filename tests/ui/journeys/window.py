"""The real window on a virtual display, driven as assistive technology drives it (AT-SPI)."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NEEDS = {"Xvfb": "xvfb", "dbus-run-session": "dbus", "import": "imagemagick"}
PATIENCE = 60  # seconds for what is quick, on a machine that has much else to do
BUS_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"


class Lost(Exception):
    """Something a user would look for was not there in time."""


def enter_session():
    """Runs this program again inside a session bus and a virtual display of its own."""
    if os.environ.get("LYCEUM_JOURNEY"):
        return
    missing = [package for program, package in NEEDS.items() if not shutil.which(program)]
    if missing or not os.path.exists(BUS_LAUNCHER):
        sys.exit(f"A journey needs {' '.join(missing or ['at-spi2-core'])}: bash packaging/setup.sh test")
    with tempfile.TemporaryDirectory() as runtime_dir:
        environment = dict(os.environ, LYCEUM_JOURNEY="1", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1",
                           LC_ALL="C.UTF-8", QT_QPA_PLATFORM="xcb", XDG_RUNTIME_DIR=runtime_dir)
        command = ["dbus-run-session", "--", sys.executable, "-B", *sys.argv]
        sys.exit(subprocess.call(command, env=environment))


class Display:
    """An X server on a free number."""

    def __init__(self, width, height):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-noreset"],  # without it the server starts anew when its last client goes, and drops whoever comes then
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            os.environ["DISPLAY"] = ":" + number.readline().strip()
        self.bus = subprocess.Popen([BUS_LAUNCHER, "--launch-immediately"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.shots = None

    def shoot(self, name):
        if self.shots:
            subprocess.run(["import", "-window", "root", str(self.shots / f"{name}.png")], check=True)

    def close(self):
        for process in (self.bus, self.server):
            process.terminate()
            process.wait()


class Window:
    """A running lyceum-studio and what is on its screen."""

    def __init__(self, studio, workspace):
        import pyatspi
        self.atspi = pyatspi
        self.process = subprocess.Popen([str(studio), "--workspace", str(workspace)])
        try:
            self.root = self.wait(self._application, "the window")
        except Lost:
            self.kill()
            raise

    def _application(self):
        desktop = self.atspi.Registry.getDesktop(0)
        for index in range(desktop.childCount):
            child = desktop.getChildAtIndex(index)
            if child and "yceum" in child.name and child.childCount > 0:
                return child
        return None

    def wait(self, look, what, seconds=PATIENCE):
        """What `look` gives as soon as it gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Lost(f"The studio ended with {self.process.returncode} while waiting for {what}.")
            try:
                found = look()
            except Exception:  # an object that went away while being looked at
                found = None
            if found:
                return found
            time.sleep(0.2)
        try:
            shown = "\n  ".join(self.texts())
        except Exception as error:  # no window yet, or one that does not answer
            shown = f"what cannot be asked: {error}"
        raise Lost(f"{what} did not appear within {seconds} s. On the screen:\n  {shown}")

    def shown(self, node=None):
        """Every object on the screen, from the top."""
        node = node or self.root
        for index in range(node.childCount):
            child = node.getChildAtIndex(index)
            if child is None:
                continue
            if child.getState().contains(self.atspi.STATE_SHOWING) or child.getRole() == self.atspi.ROLE_MENU_BAR:
                yield child
                yield from self.shown(child)

    def text_of(self, node):
        if node.getRole() in (self.atspi.ROLE_LABEL, self.atspi.ROLE_TEXT):
            try:
                return node.queryText().getText(0, -1) or node.name
            except NotImplementedError:
                pass
        return node.name

    def texts(self):
        return [text for node in self.shown() if (text := self.text_of(node))]

    def wait_for_text(self, words, seconds=PATIENCE):
        return self.wait(lambda: next((t for t in self.texts() if words in t), None), f"“{words}”", seconds)

    def find(self, name):
        """The object on the screen that is called so."""
        return next((node for node in self.shown() if node.name == name), None)

    def choose(self, *names):
        """Chooses from the menus, from the menu bar down."""
        def item():
            node = next(node for node in self.shown() if node.getRole() == self.atspi.ROLE_MENU_BAR)
            for name in names:
                if node.getRole() == self.atspi.ROLE_MENU_ITEM:
                    node = node.getChildAtIndex(0)
                node = next(node.getChildAtIndex(i) for i in range(node.childCount)
                            if node.getChildAtIndex(i).name == name)
            return node
        self.wait(item, "the menu “" + " > ".join(names) + "”").queryAction().doAction(0)

    def go(self, place):
        """Opens a place by the rail."""
        self._do(self.atspi.ROLE_PUSH_BUTTON, place, lambda node: node.parent.name == "Places", PATIENCE)

    def press(self, name, seconds=PATIENCE):
        """Presses a button of the page."""
        self._do(self.atspi.ROLE_PUSH_BUTTON, name, lambda node: node.parent.name != "Places", seconds)

    def tick(self, name, seconds=PATIENCE):
        """Chooses one of several that exclude each other, or ticks a box."""
        self._do(self.atspi.ROLE_CHECK_BOX, name, lambda node: True, seconds)

    def _do(self, role, name, is_meant, seconds):
        def ready():
            for node in self.shown():
                if (node.getRole() == role and node.name.startswith(name) and is_meant(node)
                        and node.getState().contains(self.atspi.STATE_SENSITIVE)):
                    return node
            return None
        self.wait(ready, f"the button “{name}”", seconds).queryAction().doAction(0)

    def type_into(self, name, text):
        def editable():
            for node in self.shown():
                if node.name == name and node.getState().contains(self.atspi.STATE_EDITABLE):
                    return node
            return None
        field = self.wait(editable, f"the field “{name}”")
        field.queryComponent().grabFocus()
        field.queryEditableText().setTextContents(text)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)
