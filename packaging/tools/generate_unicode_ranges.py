#!/usr/bin/env python3
"""Writes core/text/unicode_ranges.h: the character classes of Hugging Face's tokenizers library.

usage: generate_unicode_ranges.py > core/text/unicode_ranges.h

Its regular expressions (Oniguruma) and its `char::is_numeric` (Rust) know a newer Unicode than PCRE2 10.42 (Unicode 14) does.
The classes are asked of the two libraries themselves, code point by code point; the header keeps what PCRE2 lacks.
Needs the `tokenizers` wheel and libpcre2-8.
"""
import ctypes
import sys

import tokenizers
from tokenizers import Regex, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
SEPARATOR = "\x01"  # in none of the classes


def members(pre_tokenizer):
    """The code points that `pre_tokenizer` splits off when each stands between separators."""
    found = set()
    for start in range(0, len(CODE_POINTS), 50000):
        text = "".join(SEPARATOR + chr(c) for c in CODE_POINTS[start : start + 50000])
        for piece, (begin, end) in pre_tokenizer.pre_tokenize_str(text):
            if end - begin == 1 and begin % 2 == 1:
                found.add(ord(piece))
    return found - {ord(SEPARATOR)}


def pcre2_members(pattern):
    """The code points that PCRE2 counts to the class `pattern`."""
    pcre2 = ctypes.CDLL("libpcre2-8.so.0")
    pcre2.pcre2_compile_8.restype = ctypes.c_void_p
    pcre2.pcre2_match_data_create_8.restype = ctypes.c_void_p
    code_error, offset = ctypes.c_int(), ctypes.c_size_t()
    utf, ucp, anchored = 0x00080000, 0x00020000, 0x80000000
    code = ctypes.c_void_p(
        pcre2.pcre2_compile_8(pattern.encode(), ctypes.c_size_t(len(pattern)), ctypes.c_uint32(utf | ucp | anchored),
                              ctypes.byref(code_error), ctypes.byref(offset), None))
    data = ctypes.c_void_p(pcre2.pcre2_match_data_create_8(ctypes.c_uint32(2), None))
    found = set()
    for point in CODE_POINTS:
        text = chr(point).encode()
        if pcre2.pcre2_match_8(code, text, ctypes.c_size_t(len(text)), ctypes.c_size_t(0), 0, data, None) > 0:
            found.add(point)
    return found


def lacking(pattern, same=None):
    """What PCRE2's class, written `same` there, lacks; it must have nothing that the other lacks."""
    wanted = members(pre_tokenizers.Split(Regex(pattern), "isolated"))
    present = pcre2_members(same or pattern)
    assert present <= wanted, (pattern, sorted(present - wanted)[:5])
    return wanted - present


def ranges(points):
    result = []
    for point in sorted(points):
        if result and point == result[-1][1] + 1:
            result[-1][1] = point
        else:
            result.append([point, point])
    return result


def table(name, comment, points):
    rows = ranges(points)
    print(f"/// {comment}: {len(points)} code points.")
    print(f"inline constexpr std::array<CodePointRange, {len(rows)}> {name} = {{{{")
    line = "   "
    for first, last in rows:
        entry = f" {{0x{first:X}, 0x{last:X}}},"
        if len(line) + len(entry) > 100:
            print(line)
            line = "   "
        line += entry
    print(line)
    print("}};\n")


PROPERTIES = ["Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mc", "Me", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc",
              "Sk", "So", "Z", "Zs", "Zl", "Zp"]
SCRIPTS = ["Han", "Hiragana", "Katakana", "Hangul", "Latin", "Cyrillic", "Greek", "Arabic", "Hebrew",
           "Thai", "Devanagari"]


def property_table():
    """Each property with what PCRE2's lacks, and \\w as what its letters, marks, numbers and connectors lack."""
    print("/// A range that a class has in the reference, but not in PCRE2 10.42.")
    print("struct PropertyRange {\n    std::string_view property;\n    CodePointRange range;\n};\n")
    rows = [(name, first, last) for name in PROPERTIES for first, last in ranges(lacking(rf"\p{{{name}}}"))]
    rows += [(name, first, last) for name in SCRIPTS for first, last in ranges(lacking(rf"\p{{{name}}}", rf"\p{{sc:{name}}}"))]
    word = members(pre_tokenizers.Split(Regex(r"\w"), "isolated")) - pcre2_members(WORD_BASE)
    assert not pcre2_members(WORD_BASE) - members(pre_tokenizers.Split(Regex(r"\w"), "isolated"))
    rows += [("w", first, last) for first, last in ranges(word)]
    print(f"inline constexpr std::array<PropertyRange, {len(rows)}> kExtraOfProperties = {{{{")
    for name, first, last in rows:
        print(f'    {{"{name}", {{0x{first:X}, 0x{last:X}}}}},')
    print("}};\n")
    for table_name, what, names in (("kProperties", "categories", PROPERTIES), ("kScriptNames", "scripts", SCRIPTS)):
        print(f"/// The {what} that agree once these are added.")
        print(f"inline constexpr std::array<std::string_view, {len(names)}> {table_name} = {{")
        print("\n".join(f'    "{name}",' for name in names) + "\n};\n")


WORD_BASE = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"


def main():
    print("#pragma once\n")
    print("/// @file")
    print("/// Character classes as Hugging Face's tokenizers " + tokenizers.__version__ + " knows them.")
    print("/// Generated by packaging/tools/generate_unicode_ranges.py; do not edit.\n")
    print("#include <array>\n#include <cstdint>\n#include <string_view>\n")
    print("namespace lyceum::text {\n")
    print("struct CodePointRange {\n    std::uint32_t first;\n    std::uint32_t last; ///< Inclusive.\n};\n")
    table("kExtraLetters", "In `\\p{L}`, not in PCRE2 10.42's", lacking(r"\p{L}"))
    table("kExtraNumbers", "In `\\p{N}`, not in PCRE2 10.42's", lacking(r"\p{N}"))
    table("kSpaces", "The whole of `\\s` (PCRE2's has U+180E too)",
          members(pre_tokenizers.Split(Regex(r"\s"), "isolated")))
    table("kNumeric", "Rust's `char::is_numeric`, which the Digits pre-tokenizer uses",
          members(pre_tokenizers.Digits(individual_digits=True)))
    property_table()
    print("} // namespace lyceum::text")


if __name__ == "__main__":
    sys.exit(main())
