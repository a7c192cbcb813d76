#pragma once

/// @file
/// The values of a template: what Python's None, bool, int, float, str, list and dict are to Jinja.

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lyceum::text::jinja {

class Value;
struct Member;
struct Statement;
struct Scope;
using List = std::vector<Value>;
using Map = std::vector<Member>; ///< In order of insertion; keys are strings.

/// A name, item or attribute that does not exist: false, empty as text, an error to look into.
struct Undefined {
    std::string name;
};
struct None {};

constexpr std::size_t kMaxWeight = std::size_t{1} << 40U; ///< Where Value::weight stops to count.

/// What a list is to Python: which of them have a length, items and a text of their own. What a
/// generator gives is not used up here.
enum class ListKind : std::uint8_t { Plain, Tuple, Range, View, Generator };

/// A macro, a method or a function that has not been called.
struct Callable;

/// Copied by value; texts, lists, maps and namespaces share their content, and only a namespace's
/// changes.
/// A namespace is never within another value, so that there are no cycles.
class Value {
public:
    Value() : content_(Undefined{}) {}
    Value(Undefined value) : content_(std::move(value)) {}
    Value(None value) : content_(value) {}
    Value(bool value) : content_(value) {}
    Value(std::int64_t value) : content_(value) {}
    Value(double value) : content_(value) {}
    Value(std::string value);
    Value(const char* value) : Value(std::string(value)) {}
    Value(List value);
    Value(Map value);
    Value(std::shared_ptr<const Callable> value);
    static Value make_namespace(Map value);
    static Value make_list(List value, ListKind kind);

    [[nodiscard]] bool is_undefined() const { return std::holds_alternative<Undefined>(content_); }
    [[nodiscard]] bool is_none() const { return std::holds_alternative<None>(content_); }
    [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(content_); }
    [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(content_); }
    [[nodiscard]] bool is_float() const { return std::holds_alternative<double>(content_); }
    [[nodiscard]] const std::string* string() const;
    [[nodiscard]] const List* list() const;
    [[nodiscard]] ListKind list_kind() const { return list_kind_; } ///< Of a list.
    [[nodiscard]] bool has_length() const; ///< len() of it works, and so do its items of a list.
    [[nodiscard]] const Callable* callable() const;
    [[nodiscard]] const Map* map() const; ///< Also of a namespace.
    [[nodiscard]] Map* mutable_namespace() const;
    [[nodiscard]] std::string undefined_name() const;

    /// A bool or integer as an integer.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    /// A bool, integer or float as a float.
    [[nodiscard]] std::optional<double> number() const;

    /// How deep lists and maps are nested in it; 0 for what is neither.
    [[nodiscard]] int depth() const { return depth_; }
    /// Bytes that it would take if nothing in it were shared: what going through it costs.
    [[nodiscard]] std::size_t weight() const { return weight_; }
    [[nodiscard]] bool truthy() const;
    /// "a string", "a list", ...: for messages.
    [[nodiscard]] std::string_view kind() const;

    friend bool operator==(const Value& a, const Value& b);

private:
    using SharedString = std::shared_ptr<const std::string>;
    using SharedList = std::shared_ptr<const List>;
    using SharedMap = std::shared_ptr<const Map>;
    using SharedNamespace = std::shared_ptr<Map>;
    using SharedCallable = std::shared_ptr<const Callable>;
    std::variant<Undefined, None, bool, std::int64_t, double, SharedString, SharedList, SharedMap,
                 SharedNamespace, SharedCallable>
        content_;
    std::size_t weight_ = 64;
    int depth_ = 0;
    ListKind list_kind_ = ListKind::Plain;
};

struct Member {
    std::string key;
    Value value;
};

struct Callable {
    std::string name;
    Value object;                     ///< Whose method it is.
    const Statement* macro = nullptr; ///< Outlives the rendering.
    std::weak_ptr<Scope> closure;     ///< Where the macro was defined; weak, so no cycle.
};

/// The names of one block; those of the blocks around it are looked up through `parent`.
struct Scope {
    Map values;
    std::shared_ptr<Scope> parent;
};

/// The member named `key`; null if there is none.
[[nodiscard]] const Value* find_member(const Map& map, std::string_view key);

/// As Python's str() writes it; nothing for what has no text worth writing: a generator, a method,
/// a macro.
[[nodiscard]] std::optional<std::string> to_text(const Value& value);
/// As Python's repr() writes it; nothing as for to_text().
[[nodiscard]] std::optional<std::string> to_repr(const Value& value);

struct JsonOptions {
    bool ensure_ascii = false;
    std::optional<std::string> indent; ///< Of one level; without it all is on one line.
    std::string item_separator = ", ";
    std::string key_separator = ": ";
    bool sort_keys = false;
};

/// As json.dumps writes it. @return InvalidData where it holds what JSON has no word for, or for
/// more than 64 MiB of text.
[[nodiscard]] Result<std::string> to_json_text(const Value& value, const JsonOptions& options);

} // namespace lyceum::text::jinja
