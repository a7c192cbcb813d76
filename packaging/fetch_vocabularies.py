#!/usr/bin/env python3
"""Unpacks llama.cpp's test vocabularies and published chat templates from the source package of llama-cpp-python.

usage: PIP_PYTHON fetch_vocabularies.py REQUIREMENTS FOLDER

`pip download` would run the package's build to ask for its name, so that the file is taken with pip's own index settings, checked
against the hash in REQUIREMENTS, and opened as an archive only.
"""
import hashlib
import pathlib
import re
import sys
import tarfile
import tempfile

from pip._internal.commands import create_command

NAMES = ["bert-bge", "command-r", "deepseek-coder", "falcon", "gpt-2", "llama-bpe", "llama-spm", "mpt", "phi-3", "qwen2", "qwen35", "refact", "starcoder"]
TEMPLATES = [
    "HuggingFaceTB-SmolLM3-3B", "Mistral-Small-3.2-24B-Instruct-2506", "NousResearch-Hermes-3-Llama-3.1-8B-tool_use", "Qwen-QwQ-32B",
    "Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "Qwen3-Coder", "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "deepseek-ai-DeepSeek-V3.1",
    "google-gemma-2-2b-it", "ibm-granite-granite-3.3-2B-Instruct", "meta-llama-Llama-3.1-8B-Instruct", "meta-llama-Llama-3.2-3B-Instruct",
    "meta-llama-Llama-3.3-70B-Instruct", "microsoft-Phi-3.5-mini-instruct", "mistralai-Mistral-Nemo-Instruct-2407", "openai-gpt-oss-120b"]  # fmt: skip
MAX_BYTES = 200_000_000


def download(package, version, file):
    """Writes the package's source archive. Returns its SHA-256."""
    command = create_command("download")
    options, _ = command.parse_args(["--no-binary", ":all:", f"{package}=={version}"])
    digest, size = hashlib.sha256(), 0
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)
        links = [c.link for c in finder.find_all_candidates(package) if str(c.version) == version]
        if not links:
            sys.exit(f"{package} {version} is not in the package index")
        answer = session.get(links[0].url_without_fragment, stream=True, headers={"Accept-Encoding": "identity"})
        answer.raise_for_status()
        for block in answer.iter_content(1 << 20):
            size += len(block)
            if size > MAX_BYTES:
                sys.exit(f"{package} {version} is larger than {MAX_BYTES} bytes")
            digest.update(block)
            file.write(block)
    file.flush()
    return digest.hexdigest()


def unpack(archive, folder):
    wanted = {f"ggml-vocab-{name}.gguf{end}" for name in NAMES for end in ("", ".inp", ".out")}
    wanted |= {f"templates/{name}.jinja" for name in TEMPLATES}
    (folder / "templates").mkdir()
    with tarfile.open(archive) as members:
        for member in members:
            name = member.name.partition("/models/")[2]
            if member.isfile() and name in wanted:
                (folder / name).write_bytes(members.extractfile(member).read())
                wanted.remove(name)
    if wanted:
        sys.exit("the package lacks " + ", ".join(sorted(wanted)))


def main():
    requirements, folder = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
    version, expected = re.search(r"^llama-cpp-python==(\S+) --hash=sha256:(\w+)", requirements, re.MULTILINE).groups()
    with tempfile.NamedTemporaryFile(suffix=".tar.gz") as file:
        if download("llama-cpp-python", version, file) != expected:
            sys.exit(f"llama-cpp-python {version} is not the file that {sys.argv[1]} names: its SHA-256 differs")
        unpack(file.name, folder)


main()
