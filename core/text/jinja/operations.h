#pragma once

/// @file
/// What templates can do with values: operators, filters, tests, methods of strings and maps,
/// functions. Each fails with InvalidData (the operands do not fit) or Unsupported (a name that is
/// not known); the message has no line, the interpreter adds it.

#include "core/base/result.h"
#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/value.h"

#include <string_view>

namespace lyceum::text::jinja {

[[nodiscard]] Result<Value> apply_operator(std::string_view name, const Value& left,
                                           const Value& right);
[[nodiscard]] Result<Value> apply_sign(std::string_view name, const Value& operand);
[[nodiscard]] Result<Value> apply_filter(std::string_view name, const Value& value,
                                         const Arguments& arguments);
[[nodiscard]] Result<bool> apply_test(std::string_view name, const Value& value,
                                      const Arguments& arguments);
[[nodiscard]] Result<Value> call_method(const Value& value, std::string_view name,
                                        const Arguments& arguments);
[[nodiscard]] Result<Value> call_function(std::string_view name, const Arguments& arguments);

/// container[key]; undefined where there is no such item.
[[nodiscard]] Result<Value> get_item(const Value& container, const Value& key);
/// Python's slice of a list or a string (by code points); undefined bounds are open.
[[nodiscard]] Result<Value> get_slice(const Value& container, const Value& start, const Value& stop,
                                      const Value& step);

/// White space removed at the ends, or the characters of `characters`.
enum class StripEnds : std::uint8_t { Both, Left, Right };
[[nodiscard]] std::string strip(std::string_view text, StripEnds ends);
[[nodiscard]] std::string strip(std::string_view text, StripEnds ends, std::string_view characters);

/// Characters, not bytes.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

} // namespace lyceum::text::jinja
