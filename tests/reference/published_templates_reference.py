#!/usr/bin/env python3
"""Writes what transformers renders for published chat templates: tests/core/text/data/published_templates.json.

usage: published_templates_reference.py [FOLDER OUT.json]

FOLDER holds NAME.jinja files; by default those that `packaging/setup.sh test` fetches. Needs the `transformers` and `jinja2` wheels.
"""
import datetime
import json
import os
import pathlib
import sys
import time

from transformers.utils.chat_template_utils import _compile_jinja_template, _normalize_chat_messages, render_jinja_template

TESTS = pathlib.Path(__file__).parent.parent
NOW = 1732449600  # 24 Nov 2024, noon, UTC
SYSTEM = {"role": "system", "content": "You are a patient maths tutor."}
USER = {"role": "user", "content": "What is 1/2 + 1/3?"}
ASSISTANT = {"role": "assistant", "content": "  It is 5/6.\n"}
UNUSUAL = "Show \"steps\" <b>&</b> 'now' \\ {{ x }} {% if %}\té 数 \U0001f600\n\n"
TOOL = {"type": "function", "function": {
    "name": "add", "description": "Adds \"two\" numbers – é", "parameters": {
        "type": "object", "required": ["a", "b"], "properties": {
            "a": {"type": "number", "description": "The first"}, "b": {"type": "number"},
            "how": {"type": "array", "items": {"type": "string"}, "default": None}, "deep": {"type": "string", "enum": ["x", "y"]}}}}}  # fmt: skip
CALL = {"id": "abcdef123", "type": "function", "function": {"name": "add", "arguments": {"a": 0.5, "b": 1e-7, "how": ["é", "x"], "ok": True}}}
CALLED = [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, {"role": "tool", "name": "add", "tool_call_id": "abcdef123", "content": "5/6"}]
CONVERSATIONS = {
    "question": {"messages": [USER]},
    "system": {"messages": [SYSTEM, USER]},
    "answered": {"messages": [SYSTEM, USER, ASSISTANT]},
    "rounds": {"messages": [USER, ASSISTANT, {"role": "user", "content": UNUSUAL}, {"role": "assistant", "content": UNUSUAL}, USER]},
    "empty": {"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}, {"role": "user", "content": " "}]},
    "nothing": {"messages": []},
    "wrong order": {"messages": [ASSISTANT, USER, USER, SYSTEM]},
    "unknown role": {"messages": [{"role": "teacher", "content": "?"}]},
    "thought": {"messages": [USER, {"role": "assistant", "content": "<think>\nhalf\n</think>\n\n5/6"}, USER]},
    "reasoning": {"messages": [USER, {"role": "assistant", "content": "5/6", "reasoning_content": "half"}]},
    "no thinking": {"messages": [SYSTEM, USER], "variables": {"enable_thinking": False, "date_string": "1 May 2025"}},
    "tools": {"messages": [SYSTEM, USER], "variables": {"tools": [TOOL]}},
    "called": {"messages": CALLED, "variables": {"tools": [TOOL]}},
    "answered call": {"messages": [*CALLED, ASSISTANT, USER], "variables": {"tools": [TOOL]}},
    "parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "this?"}]}]},
}


def render(template, conversation, generation):
    try:
        compiled = _compile_jinja_template(template)
        compiled.globals["strftime_now"] = lambda text: datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc).strftime(text)
        import transformers.utils.chat_template_utils as utils
        utils._compile_jinja_template = lambda _: compiled
        messages = _normalize_chat_messages(conversation["messages"])
        return render_jinja_template([messages], chat_template=template, add_generation_prompt=generation, bos_token="<s>", eos_token="</s>",
                                     unk_token="<unk>", pad_token="<pad>", **conversation.get("variables", {}))[0][0]  # fmt: skip
    except Exception as error:  # whatever it is, we must refuse, too
        return {"error": f"{type(error).__name__}: {error}"[:160]}
    finally:
        utils._compile_jinja_template = _compile_jinja_template


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    folder, out = map(pathlib.Path, sys.argv[1:3]) if len(sys.argv) > 2 else (TESTS.parent / ".deps/vocabularies/templates", TESTS / "core/text/data/published_templates.json")
    renderings = []
    for path in sorted(folder.glob("*.jinja")):
        template = path.read_bytes().decode()
        for name, conversation in CONVERSATIONS.items():
            for generation in (False, True):
                text = render(template, conversation, generation)
                if generation and isinstance(text, str) and text == renderings[-1]["text"]:
                    continue
                renderings.append({"template": path.stem, "conversation": name, "generation": generation, "text": text})
        mine = [r for r in renderings if r["template"] == path.stem]
        print(path.stem, len(mine), "of them errors:", sum(isinstance(r["text"], dict) for r in mine))
    out.write_text(json.dumps({"now": NOW, "conversations": CONVERSATIONS, "renderings": renderings}, indent=0) + "\n")


if __name__ == "__main__":
    main()
