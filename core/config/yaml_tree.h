#pragma once

/// @file
/// YAML text as a plain tree, and back. The only file that meets yaml-cpp, and its exceptions, is
/// yaml_tree.cpp.

#include "core/config/run_config.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::config {

struct YamlNode {
    enum class Kind : std::uint8_t { Null, Scalar, Sequence, Map };
    Kind kind = Kind::Null;
    std::string text;       ///< Of a scalar.
    bool is_quoted = false; ///< A quoted scalar is text, whatever it looks like.
    int line = 0;           ///< From 1; 0 when it did not come from a file.
    std::vector<YamlNode> items;
    std::vector<std::pair<std::string, YamlNode>> entries;
};

[[nodiscard]] YamlNode scalar(std::string text);
[[nodiscard]] YamlNode quoted_scalar(std::string text);

/// How a person would name the value in a message: `"abc"`, `50`, `a list`, `nothing`.
[[nodiscard]] std::string describe(const YamlNode& node);

struct YamlDocument {
    YamlNode root;                 ///< Null for an empty text.
    std::vector<Problem> problems; ///< Syntax, and what run configurations do not use: anchors,
                                   ///< tags, duplicate keys.
};

/// Reads one document of at most 1 MiB. Nothing in it can make the work grow beyond its length.
[[nodiscard]] YamlDocument read_yaml(std::string_view text);

/// The node as JSON: what YAML reads as a number, true, false or null is one, all else a string.
[[nodiscard]] std::string write_json(const YamlNode& node);

/// The node in one line, such that `read_yaml` gives it back.
[[nodiscard]] std::string write_inline(const YamlNode& node);

} // namespace lyceum::config
