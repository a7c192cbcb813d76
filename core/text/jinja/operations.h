#pragma once

/// @file
/// What templates can do with values: operators, filters, tests, methods of strings and maps,
/// functions. Each fails with InvalidData (the operands do not fit) or Unsupported (a name that is
/// not known); the message has no line, the interpreter adds it.

#include "core/base/result.h"
#include "core/text/jinja/interpreter.h"
#include "core/text/jinja/value.h"

#include <ctime>
#include <optional>
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
/// Whether Python's type has this method, known here or not: it hides an item of that name.
[[nodiscard]] bool has_method(const Value& value, std::string_view name);
/// The methods of strings; `value` is one.
[[nodiscard]] Result<Value> call_string_method(const Value& value, std::string_view name,
                                               const Arguments& arguments);
[[nodiscard]] bool is_function(std::string_view name);
/// @param now for strftime_now.
[[nodiscard]] Result<Value> call_function(std::string_view name, const Arguments& arguments,
                                          std::time_t now);

/// The filters that go over what a value holds; nothing for another name.
[[nodiscard]] std::optional<Result<Value>>
apply_sequence_filter(std::string_view name, const Value& value, const Arguments& arguments);
/// As Python's < : of numbers, of strings, of lists. @return negative, zero or positive.
[[nodiscard]] Result<int> compare(const Value& left, const Value& right);
/// Python's "%" of a string, with %s, %r, %d, %i, %f and %%.
[[nodiscard]] Result<Value> format_percent(const std::string& format, const List& values);
/// Python's str.format with {}, {0} and {name}.
[[nodiscard]] Result<Value> format_braces(const std::string& format, const Arguments& arguments);

/// What a loop over the value gives: items, keys, characters; nothing for what has none.
[[nodiscard]] std::optional<List> items_of(const Value& value);
/// value.name: a method before an item; undefined where there is neither.
[[nodiscard]] Result<Value> get_attribute(const Value& value, std::string_view name);
/// container[key]: an item before a method; undefined where there is neither.
[[nodiscard]] Result<Value> get_item(const Value& container, const Value& key);
/// Python's slice of a list or a string (by code points); undefined bounds are open. Of anything
/// else it is undefined.
[[nodiscard]] Result<Value> get_slice(const Value& container, const Value& start, const Value& stop,
                                      const Value& step);

} // namespace lyceum::text::jinja
