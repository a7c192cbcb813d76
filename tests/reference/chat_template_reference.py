#!/usr/bin/env python3
"""Writes tests/core/text/data/chat_templates.json: what transformers renders for SmolLM2's template and other shapes.

usage: chat_template_reference.py MODEL.gguf

The templates are our own, in the shapes that public chat models use. Needs the `transformers`, `jinja2` and `gguf` wheels.
"""
import json
import pathlib
import sys

from gguf import GGUFReader
from transformers.utils.chat_template_utils import _compile_jinja_template

OUT = pathlib.Path(__file__).parent.parent / "core/text/data/chat_templates.json"

SYSTEM = {"role": "system", "content": "You are a patient maths tutor."}
USER = {"role": "user", "content": "What is 1/2 + 1/3?"}
ASSISTANT = {"role": "assistant", "content": "  It is 5/6.\n"}
DIALOGUES = {
    "one question": [USER],
    "answered": [USER, ASSISTANT],
    "with system": [SYSTEM, USER, ASSISTANT],
    "two rounds": [SYSTEM, USER, ASSISTANT, {"role": "user", "content": "And 2/3?\n\nShow \"steps\" <b>&</b> é 数"}, ASSISTANT],
    "thinking": [USER, {"role": "assistant", "content": "<think>\nhalf\n</think>\n\n5/6"}, USER],
    "empty content": [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}],
    "nothing": [],
}

TEMPLATES = {
    "chatml": """{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
""",
    "instruction brackets": """{%- if messages and messages[0]['role'] == 'system' -%}
    {%- set system_message = messages[0]['content'] -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif -%}
    {%- if loop.index0 == 0 and system_message is defined -%}
        {%- set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] -%}
    {%- else -%}
        {%- set content = message['content'] -%}
    {%- endif -%}
    {%- if message['role'] == 'user' -%}
        {{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}
    {%- elif message['role'] == 'assistant' -%}
        {{ ' ' + content.strip() + ' ' + eos_token }}
    {%- endif -%}
{%- endfor -%}
""",
    "headers": """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The system message comes first, a default one if there is none. #}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {{- message.tool_calls | some_unknown_filter_is_not_reached if false else '' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""".replace("        {{- message.tool_calls | some_unknown_filter_is_not_reached if false else '' }}\n", "        {{- message.tool_calls | tojson }}\n"),
    "turns without system": """{{ bos_token }}{% if messages and messages[0]['role'] == 'system' %}{% set skip = 1 %}{% else %}{% set skip = 0 %}{% endif %}{% for message in messages[skip:] %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}""",
    "namespace and thinking": """{%- set ns = namespace(multi_step=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index and (loop.last or (not loop.last and reasoning_content)) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "lines and blocks": """Start
  {% for message in messages %}
  {{ loop.index }}/{{ loop.length }} {{ message.role | upper }}:
    {% if message.content %}
    text: {{ message.content | tojson }}
    {% else %}
    (nothing)
    {% endif %}
  {%+ if loop.last %} last {% endif +%}
  {# a comment #}
  {% if not loop.first %} previous: {{ loop.previtem.role ~ '-' ~ loop.revindex0 }}{% endif %}

  {% else %}
  no messages
  {% endfor %}
End


""",
    "operators": """{% set numbers = [3, 1.5, -7, 2] %}{{ numbers[0] + numbers[1] }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 * 3 - 1 }} {{ 4 / 2 }}
{{ 'a' ~ 1 ~ none ~ true }} {{ 'x' if messages else 'y' }} {{ 'z' if messages|length > 99 }} {{ undefined_thing }}|
{{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ not 1 > 2 }} {{ 'b' in 'abc' }} {{ 'd' not in ['a', 'b'] }} {{ 'k' in {'k': 1} }}
{{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ 'hello'[-3:] }} {{ 'h\\u00e9llo'[1] }} {{ numbers[-1] }} {{ numbers[1:]|length }} {{ (1, 2)[0] }}
{{ ' a b '.strip() ~ '|' ~ 'xxaxx'.strip('x') ~ '|' ~ 'a,b,,c'.split(',')|join('-') ~ '|' ~ ' a  b '.split()|join('+') ~ '|' ~ 'a-b-c'.split('-', 1)|last }}
{{ 'abc'.replace('b', 'xx') }} {{ 'abc' | replace('c', '') }} {{ 'AbC'.lower() }} {{ 'hello world'|title }} {{ 'hELLO'|capitalize }}
{{ none is none }} {{ 1 is number }} {{ 'a' is string }} {{ {} is mapping }} {{ [] is sequence }} {{ x is undefined }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 1 is not defined }}
{{ x | default('d') }} {{ '' | default('e', true) }} {{ [1, [2, 'q"'], {'k': none}] | tojson }} {{ {'a': 1, 'b': [true]} | tojson(indent=2) }}
{% set d = {'a': 1, 'b': 2} %}{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %} {{ d.get('c', 9) }} {{ d.a + d['b'] }}
{% for i in range(5) if i is odd %}{{ i }}{{ '' if loop.last else ',' }}{% endfor %} {% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% set captured %}<{{ numbers|first }}>{% endset %}{{ captured }}{{ captured|length }} {% raw %}{{ not a tag }}{% endraw %} {% generation %}g{% endgeneration %}
{% set outer = 1 %}{% for i in [1] %}{% set outer = 2 %}{{ outer }}{% endfor %}{{ outer }} {% if true %}{% set outer = 3 %}{% endif %}{{ outer }}
{{ "it's" 'joined' }} {{ 'tab\\tnew\\nline' }} {{ '\\x41' }} {{ 3.0 }} {{ 1e }} {{ -2|string }} {{ '12'|int + 1 }} {{ '%' }} {{ [1,2]+[3] == [1,2,3] }}""".replace(" {{ 1e }}", ""),
}  # fmt: skip


def render(template, dialogue, generation):
    try:
        return _compile_jinja_template(template).render(messages=dialogue, tools=None, documents=None, add_generation_prompt=generation,
                                                        bos_token="<s>", eos_token="</s>")
    except Exception as error:  # The template refuses: so must ours.
        return {"error": type(error).__name__}


def main():
    smollm2 = GGUFReader(sys.argv[1]).fields["tokenizer.chat_template"].contents()
    cases = []
    for name, template in {"smollm2": smollm2, **TEMPLATES}.items():
        renderings = []
        for dialogue in DIALOGUES.values():
            for generation in (False, True):
                renderings.append({"messages": dialogue, "add_generation_prompt": generation, "text": render(template, dialogue, generation)})
        cases.append({"name": name, "template": template, "renderings": renderings})
        print(name, [r["text"]["error"] if isinstance(r["text"], dict) else len(r["text"]) for r in renderings])
    OUT.write_text(json.dumps(cases, ensure_ascii=True, indent=1) + "\n")


if __name__ == "__main__":
    main()
