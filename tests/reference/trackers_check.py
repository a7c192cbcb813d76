#!/usr/bin/env python3
"""What a real run writes for trackers, read by their own readers.

    python tests/reference/trackers_check.py build/ci/bin/lyceum [file|mlflow|push|killed ...]

needs: tensorboard, mlflow, wandb. Each part makes short runs of a tiny model in a temporary workspace and compares
every point with `lyceum runs metrics`, which reads the run store:
  file     CSV (pandas where installed), JSON lines, TensorBoard's EventAccumulator and its real server (scalars, texts,
           histograms, HParams), `wandb leet inspect` and `wandb sync --dry-run`
  mlflow   a real `mlflow server`, killed with -9 and started again while the run goes on
  push     a server that is away until the run has ended, then `lyceum runs push`
  killed   the engine killed with -9 in mid-run and resumed: no reader shows a point twice
"""
import collections
import csv
import glob
import json
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

BIN = os.path.dirname(sys.executable)
LYCEUM = os.path.abspath(sys.argv[1])
RUN = """
name: {name}
model: {{base: none, family: llama, tokenizer: {{train: {{kind: bpe, vocab_size: 512}}}},
        config: {{hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 2, max_position_embeddings: 64}}}}
data: {{train: fractions-tutor, validation: 5%, max_length: 48, packing: false}}
trainer: {{max_steps: {steps}, max_epochs: -1, batch_size: 1, val_check_interval: 25, limit_val_batches: 0.05}}
checkpoint: {{every_n_steps: 20}}
callbacks: {{early_stopping: null}}
samples: {{prompts: ["What is 1/2 + 1/3?"], every_n_steps: 25, max_new_tokens: 4}}
trackers: {trackers}
"""
workspace = tempfile.mkdtemp(prefix="trackers-check-")
failures = []


def check(ok, what):
    print(("ok    " if ok else "FAIL  ") + what, flush=True)
    if not ok:
        failures.append(what)


def lyceum(*arguments, status=0, **options):
    done = subprocess.run([LYCEUM, "--workspace", workspace, "--json", *arguments], text=True, capture_output=True,
                          **options)
    if done.returncode != status:
        sys.exit(f"lyceum {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def start(name, trackers, steps, **options):
    path = os.path.join(workspace, name + ".yaml")
    with open(path, "w") as file:
        file.write(RUN.format(name=name, steps=steps, trackers=trackers))
    lyceum("train", path, "--detach", **options)


def show(name):
    return lyceum("runs", "show", name)[0]


def wait_for(what, condition, seconds=400):
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            sys.exit("waited too long for " + what)
        time.sleep(0.2)


def wait_for_end(name):
    wait_for("the end of " + name, lambda: show(name)["status"] not in ("queued", "starting", "running", "stopping"))


def stored(name):
    """{metric: {step: value}} of the run store."""
    points = collections.defaultdict(dict)
    for point in lyceum("runs", "metrics", name):
        points[point["name"]][point["step"]] = point["value"]
    return dict(points)


def same(have, want, digits=None):
    if have.keys() != want.keys():
        return f"metrics {sorted(have)} instead of {sorted(want)}"
    for name, points in want.items():
        if [step for step, _ in have[name]] != sorted(points):
            return f"{name}: {len(have[name])} points, {len(set(s for s, _ in have[name]))} steps, not {len(points)}"
        for step, value in have[name]:
            near = math.isclose(value, points[step], rel_tol=digits) if digits else value == points[step]
            if not near:
                return f"{name} at step {step}: {value}, not {points[step]}"
    return ""


def compare(reader, have, want, digits=None):
    problem = same(have, want, digits)
    total = sum(len(points) for points in want.values())
    check(not problem, f"{reader}: {problem or f'{total} points of {len(want)} metrics, each once and equal'}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, body=None):
    headers = {"Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
        return json.load(answer)


def is_up(url):
    try:
        urllib.request.urlopen(url, timeout=5).read()
        return True
    except OSError:
        return False


class Server:
    def __init__(self, command, probe):
        self.command, self.probe = command, probe
        self.process = None

    def __enter__(self):
        log = open(os.path.join(workspace, "server.log"), "a")
        self.process = subprocess.Popen(self.command, start_new_session=True, stdout=log, stderr=log)
        wait_for(self.probe, lambda: is_up(self.probe))
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def mlflow_server(port):
    return Server([BIN + "/mlflow", "server", "--backend-store-uri", f"sqlite:///{workspace}/mlflow.db",
                   "--artifacts-destination", workspace + "/artifacts", "--port", str(port), "--workers", "1"],
                  f"http://127.0.0.1:{port}/health")


def mlflow_runs(port, name):
    api = f"http://127.0.0.1:{port}/api/2.0/mlflow"
    experiment = get(api + "/experiments/get-by-name?experiment_name=lyceum")["experiment"]["experiment_id"]
    runs = get(api + "/runs/search", {"experiment_ids": [experiment], "max_results": 100})["runs"]
    return [run for run in runs if run["info"]["run_name"] == name]


def mlflow_points(port, run):
    points = {}
    for metric in run["data"]["metrics"]:
        url = (f"http://127.0.0.1:{port}/api/2.0/mlflow/metrics/get-history?run_id={run['info']['run_id']}"
               f"&metric_key={metric['key']}&max_results=25000")
        history = get(url)["metrics"]
        points[metric["key"]] = sorted((int(p.get("step", 0)), float(p["value"])) for p in history)
    return points


def check_mlflow(port, name, status):
    runs = mlflow_runs(port, name)
    check(len(runs) == 1, f"mlflow: one run {name} ({len(runs)})")
    check(runs[0]["info"]["status"] == status, f"mlflow: its status is {runs[0]['info']['status']}")
    compare("mlflow metrics/get-history", mlflow_points(port, runs[0]), stored(name))
    params = {p["key"]: p["value"] for p in runs[0]["data"]["params"]}
    check(params.get("trainer.batch_size") == "1", f"mlflow: {len(params)} params")
    url = f"http://127.0.0.1:{port}/api/2.0/mlflow/artifacts/list?run_id={runs[0]['info']['run_id']}&path=samples"
    files = get(url).get("files", [])
    check(len(files) > 0, f"mlflow: {len(files)} sample files among its artifacts")


def check_csv(folder, want):
    have = collections.defaultdict(list)
    with open(folder + "/csv/metrics.csv", newline="") as file:
        for row in csv.DictReader(file):
            for name, value in row.items():
                if name not in ("step", "time") and value != "":
                    have[name].append((int(row["step"]), float(value)))
    compare("csv", have, want)


def check_jsonl(folder, want):
    have = collections.defaultdict(list)
    with open(folder + "/jsonl/metrics.jsonl") as file:
        for line in file:
            row = json.loads(line)
            for name, value in row.items():
                if name not in ("step", "time"):
                    have[name].append((row["step"], value))
    compare("jsonl", have, want)


def check_tensorboard(folder, want):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    events = EventAccumulator(folder + "/tensorboard", size_guidance={"scalars": 0, "tensors": 0, "histograms": 0})
    events.Reload()
    have = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    compare("tensorboard EventAccumulator (float32)", have, want, digits=1e-6)


def check_tensorboard_server(folder, want, has_histograms):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [BIN + "/tensorboard", "--logdir", folder + "/tensorboard", "--port", str(port), "--samples_per_plugin",
               "scalars=100000"]
    with Server(command, url):
        wait_for("tensorboard's run", lambda: get(url + "/data/runs") == ["."])
        have = {}
        for tag in get(url + "/data/plugin/scalars/tags")["."]:
            have[tag] = [(step, value) for _, step, value in
                         get(f"{url}/data/plugin/scalars/scalars?run=.&tag={tag}")]
        compare("tensorboard server /data/plugin/scalars", have, want, digits=1e-6)
        texts = get(url + "/data/plugin/text/tags")["."]
        check(any(tag.startswith("samples/") for tag in texts), f"tensorboard server: texts {texts}")
        sample = next(tag for tag in texts if tag.startswith("samples/"))
        query = urllib.parse.urlencode({"run": ".", "tag": sample})
        check("1/2 + 1/3" in get(url + "/data/plugin/text/text?" + query)[0]["text"], "tensorboard server: the sample")
        if has_histograms:
            tags = get(url + "/data/plugin/histograms/tags")["."]
            tag = sorted(tags)[0]
            rows = get(f"{url}/data/plugin/histograms/histograms?" + urllib.parse.urlencode({"run": ".", "tag": tag}))
            check(len(tags) > 2 and len(rows[0][2]) == 30, f"tensorboard server: {len(tags)} histograms, as {tag}")
        experiment = get(url + "/data/plugin/hparams/experiment", {"experimentName": ""})
        names = [info["name"] for info in experiment["hparamInfos"]]
        check("optimizer.lr" in names, f"tensorboard server: HParams has {len(names)} settings")
        groups = get(url + "/data/plugin/hparams/session_groups", {
            "experimentName": "", "allowedStatuses": ["STATUS_SUCCESS", "STATUS_RUNNING", "STATUS_UNKNOWN"],
            "colParams": [], "startIndex": 0, "sliceSize": 10})
        sessions = groups.get("sessionGroups", [])
        check(len(sessions) == 1 and sessions[0]["sessions"][0]["status"] == "STATUS_SUCCESS",
              f"tensorboard server: HParams has {len(sessions)} session")


def check_wandb(folder, want):
    file = glob.glob(folder + "/wandb/wandb/offline-run-*/run-*.wandb")[0]
    environment = dict(os.environ, PATH=BIN + ":" + os.environ["PATH"], WANDB_MODE="offline")
    inspect = [BIN + "/wandb", "leet", "inspect", "--json", file]
    lines = subprocess.run(inspect, capture_output=True, text=True, env=environment).stdout.splitlines()
    have = collections.defaultdict(list)
    for record in map(json.loads, lines):
        if record.get("type") != "history":
            continue
        row = record["history"]["item"]
        for name in want:
            if name in row:
                have[name].append((int(row["_step"]), row[name]))
    compare("wandb leet inspect --json", have, want)
    summary = subprocess.run(inspect[:3] + ["--summary", "--json", file], capture_output=True, text=True,
                             env=environment).stdout
    print("      " + summary.strip()[:300])
    check("train_loss" in summary, "wandb leet inspect --summary")
    dry = subprocess.run([BIN + "/wandb", "sync", "--dry-run", os.path.dirname(file)], capture_output=True, text=True,
                         env=environment)
    check(dry.returncode == 0 and "1 run" in dry.stdout + dry.stderr,
          "wandb sync --dry-run: " + (dry.stdout + dry.stderr).strip().replace("\n", " | ")[:160])


ALL_FILES = "[csv, jsonl, {tensorboard: {histograms_every_n_steps: 10}}, wandb]"


def part_file():
    start("file", ALL_FILES, 100)
    wait_for_end("file")
    shown = show("file")
    check(shown["status"] == "finished" and all(t["dropped"] == 0 for t in shown["trackers"]),
          f"run file: {shown['status']}, {[(t['name'], t['state']) for t in shown['trackers']]}")
    folder, want = shown["folder"] + "/trackers", stored("file")
    check_csv(folder, want)
    check_jsonl(folder, want)
    check_tensorboard(folder, want)
    check_tensorboard_server(folder, want, True)
    check_wandb(folder, want)
    for name in ("csv", "tensorboard", "wandb"):
        out = os.path.join(workspace, "exported", name)
        lyceum("runs", "export-tracker", "file", "--to", name, "--out", out)
    check_csv(workspace + "/exported", want)
    check_tensorboard(workspace + "/exported", want)


def part_mlflow():
    port = free_port()
    environment = dict(os.environ, MLFLOW_TRACKING_URI=f"http://127.0.0.1:{port}")
    server = mlflow_server(port)
    server.__enter__()
    start("served", "[mlflow]", 600, env=environment)
    wait_for("step 60", lambda: show("served")["step"] >= 60)
    server.__exit__()
    before = show("served")["step"]
    wait_for("60 steps without a server", lambda: show("served")["step"] >= before + 60)
    check(show("served")["status"] == "running", f"the run goes on without its server (killed at step {before})")
    with mlflow_server(port):
        wait_for_end("served")
        shown = show("served")
        print("      ", shown["status"], shown["trackers"])
        if shown["trackers"][0]["waiting"] > 0:
            lyceum("runs", "push", "served", env=environment)
        check_mlflow(port, "served", "FINISHED")


def part_push():
    port = free_port()
    environment = dict(os.environ, MLFLOW_TRACKING_URI=f"http://127.0.0.1:{port}")
    start("away", "[mlflow]", 60, env=environment)
    wait_for_end("away")
    tracker = show("away")["trackers"][0]
    check(tracker["waiting"] > 0 and tracker["command"] == "lyceum runs push away",
          f"runs show: {tracker['waiting']} records wait, {tracker['message']}")
    lyceum("runs", "push", "away", status=1, env=environment)
    with mlflow_server(port):
        sent = lyceum("runs", "push", "away", env=environment)[0]["sent"]
        check(sent == tracker["waiting"], f"runs push sent {sent}")
        check(lyceum("runs", "push", "away", env=environment)[0]["sent"] == 0, "runs push again sends nothing")
        check_mlflow(port, "away", "FINISHED")


def part_killed():
    port = free_port()
    environment = dict(os.environ, MLFLOW_TRACKING_URI=f"http://127.0.0.1:{port}")
    with mlflow_server(port):
        start("killed", "[csv, jsonl, tensorboard, wandb, mlflow]", 400, env=environment)
        wait_for("step 50", lambda: show("killed")["step"] >= 50)
        os.kill(show("killed")["pid"], signal.SIGKILL)
        wait_for("its end", lambda: show("killed")["status"] == "lost")
        at = show("killed")["step"]
        lyceum("runs", "resume", "killed", "--detach", env=environment)
        wait_for_end("killed")
        print("       killed at step", at, [(t["name"], t["state"], t["dropped"]) for t in show("killed")["trackers"]])
        folder, want = show("killed")["folder"] + "/trackers", stored("killed")
        check_csv(folder, want)
        check_jsonl(folder, want)
        check_tensorboard(folder, want)
        check_tensorboard_server(folder, want, False)
        check_wandb(folder, want)
        # Steps done twice: the server has the first time's speed and memory, which no restart repeats.
        exact = {n: p for n, p in want.items() if n not in ("tokens_per_second", "memory_bytes")}
        runs = mlflow_runs(port, "killed")
        have = mlflow_points(port, runs[0])
        check(len(runs) == 1 and all(len(have[n]) == len(want[n]) for n in want), "mlflow: one run, no point twice")
        compare("mlflow", {n: p for n, p in have.items() if n in exact}, exact)


if __name__ == "__main__":
    parts = {name[5:]: part for name, part in list(globals().items()) if name.startswith("part_")}
    for name in sys.argv[2:] or parts:
        print("==", name, flush=True)
        parts[name]()
    print("workspace:", workspace)
    sys.exit(f"{len(failures)} failed" if failures else 0)
