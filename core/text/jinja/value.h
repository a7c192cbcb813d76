#pragma once

/// @file
/// The values of a template: what Python's None, bool, int, float, str, list and dict are to Jinja.

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
using List = std::vector<Value>;
using Map = std::vector<Member>; ///< In order of insertion; keys are strings.

/// A name, item or attribute that does not exist: false, empty as text, an error to look into.
struct Undefined {
    std::string name;
};
struct None {};

/// Copied by value; lists, maps and namespaces share their content, and only a namespace's changes.
/// A namespace is never within another value, so that there are no cycles.
class Value {
public:
    Value() : content_(Undefined{}) {}
    Value(Undefined value) : content_(std::move(value)) {}
    Value(None value) : content_(value) {}
    Value(bool value) : content_(value) {}
    Value(std::int64_t value) : content_(value) {}
    Value(double value) : content_(value) {}
    Value(std::string value) : content_(std::move(value)) {}
    Value(const char* value) : content_(std::string(value)) {}
    Value(List value);
    Value(Map value);
    static Value make_namespace(Map value);

    [[nodiscard]] bool is_undefined() const { return std::holds_alternative<Undefined>(content_); }
    [[nodiscard]] bool is_none() const { return std::holds_alternative<None>(content_); }
    [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(content_); }
    [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(content_); }
    [[nodiscard]] bool is_float() const { return std::holds_alternative<double>(content_); }
    [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&content_); }
    [[nodiscard]] const List* list() const;
    [[nodiscard]] const Map* map() const; ///< Also of a namespace.
    [[nodiscard]] Map* mutable_namespace() const;
    [[nodiscard]] std::string undefined_name() const;

    /// A bool or integer as an integer.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    /// A bool, integer or float as a float.
    [[nodiscard]] std::optional<double> number() const;

    /// How deep lists and maps are nested in it; 0 for what is neither.
    [[nodiscard]] int depth() const { return depth_; }
    [[nodiscard]] bool truthy() const;
    /// "a string", "a list", ...: for messages.
    [[nodiscard]] std::string_view kind() const;

    friend bool operator==(const Value& a, const Value& b);

private:
    using SharedList = std::shared_ptr<const List>;
    using SharedMap = std::shared_ptr<const Map>;
    using SharedNamespace = std::shared_ptr<Map>;
    std::variant<Undefined, None, bool, std::int64_t, double, std::string, SharedList, SharedMap,
                 SharedNamespace>
        content_;
    int depth_ = 0;
};

struct Member {
    std::string key;
    Value value;
};

/// The member named `key`; null if there is none.
[[nodiscard]] const Value* find_member(const Map& map, std::string_view key);

/// As Python's str() writes it; nothing for lists and maps, which no template should print.
[[nodiscard]] std::optional<std::string> to_text(const Value& value);

/// As json.dumps(ensure_ascii=False) writes it; `indent` < 0: on one line.
[[nodiscard]] std::string to_json_text(const Value& value, int indent);

} // namespace lyceum::text::jinja
