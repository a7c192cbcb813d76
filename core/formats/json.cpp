#include "core/formats/json.h"

#include "core/base/atomic_file.h"
#include "core/formats/json_description.h"

#include <limits>
#include <utility>
#include <vector>

namespace lyceum::formats {
namespace {

constexpr std::size_t kMaxDepth = 64;

/// Builds the value from nlohmann's SAX events; stops at what its own builder lets pass.
class Builder final : public Json::json_sax_t {
public:
    explicit Builder(std::size_t max_values) : max_values_(max_values) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return fail("has binary data"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }

    bool key(string_t& value) override
    {
        const auto [place, added] = open_.back()->emplace(value, nullptr);
        member_ = &*place;
        return added || fail("has the key \"" + value + "\" twice in one object");
    }

    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception&) override
    {
        return fail("is not valid JSON at byte " + std::to_string(position) + ", near \"" +
                    token.substr(0, 40) + "\"");
    }

    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] Json take() { return std::move(root_); }

private:
    bool add(Json value)
    {
        if (++num_values_ > max_values_)
            return fail("has more than " + std::to_string(max_values_) + " values");
        place(std::move(value));
        return true;
    }

    Json* place(Json value)
    {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        if (open_.back()->is_array()) {
            open_.back()->push_back(std::move(value));
            return &open_.back()->back();
        }
        *member_ = std::move(value);
        return member_;
    }

    bool open(Json empty)
    {
        if (++num_values_ > max_values_)
            return fail("has more than " + std::to_string(max_values_) + " values");
        if (open_.size() >= kMaxDepth)
            return fail("is nested more than " + std::to_string(kMaxDepth) + " deep");
        open_.push_back(place(std::move(empty)));
        return true;
    }

    bool close()
    {
        open_.pop_back();
        return true;
    }

    bool fail(std::string problem)
    {
        problem_ = std::move(problem);
        return false;
    }

    std::size_t max_values_;
    std::size_t num_values_ = 0;
    Json root_;
    std::vector<Json*> open_; ///< The objects and arrays around the next value, outermost first.
    Json* member_ = nullptr;  ///< Where the next value of the innermost object goes.
    std::string problem_;
};

Result<Json> parse(std::string_view text, std::string_view source_name, std::size_t max_values)
{
    Builder builder(max_values);
    if (!Json::sax_parse(text, &builder))
        return Error{ErrorCode::InvalidData, std::string(source_name) + " " + builder.problem(),
                     "The file is damaged; get it again from where it came from."};
    return builder.take();
}

} // namespace

Result<Json> parse_json(std::string_view text, std::string_view source_name)
{
    return parse(text, source_name, std::numeric_limits<std::size_t>::max());
}

Result<Json> parse_description(std::string_view text, std::string_view source_name)
{
    return parse(text, source_name, kMaxDescriptionValues);
}

Result<Json> read_json_file(const std::filesystem::path& path, std::size_t limit_bytes)
{
    LYCEUM_ASSIGN(const std::string text, read_file(path, limit_bytes));
    return parse_json(text, path.string());
}

Result<Json> read_description(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(const std::string text, read_file(path, kMaxDescriptionBytes));
    return parse_description(text, path.string());
}

std::string dump_json(const Json& value, int indent)
{
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string excerpt(const Json& value)
{
    constexpr std::size_t kLimit = 80;
    std::string text = dump_json(value);
    if (text.size() > kLimit)
        text = text.substr(0, kLimit) + "...";
    return text;
}

const Json* JsonObject::find(std::string_view key) const
{
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

Error JsonObject::invalid(std::string_view key, std::string_view problem) const
{
    return Error{
        ErrorCode::InvalidData,
        std::string(source_name_) + ": \"" + std::string(key) + "\" " + std::string(problem), ""};
}

Error JsonObject::wrong_type(std::string_view key, std::string_view wanted) const
{
    const Json* value = find(key);
    if (value == nullptr)
        return invalid(key, "is missing, expected " + std::string(wanted));
    return invalid(key, "is " + excerpt(*value) + ", expected " + std::string(wanted));
}

Result<std::int64_t> JsonObject::integer(std::string_view key) const
{
    const Json* value = find(key);
    const bool fits =
        value != nullptr && value->is_number_integer() &&
        (!value->is_number_unsigned() || std::in_range<std::int64_t>(value->get<std::uint64_t>()));
    if (!fits)
        return wrong_type(key, "an integer");
    return value->get<std::int64_t>();
}

Result<std::string> JsonObject::string(std::string_view key) const
{
    const Json* value = find(key);
    if (value == nullptr || !value->is_string())
        return wrong_type(key, "a string");
    return value->get<std::string>();
}

Result<std::int64_t> JsonObject::integer_or(std::string_view key, std::int64_t fallback) const
{
    return find(key) == nullptr ? Result<std::int64_t>(fallback) : integer(key);
}

Result<double> JsonObject::number_or(std::string_view key, double fallback) const
{
    const Json* value = find(key);
    if (value == nullptr)
        return fallback;
    if (!value->is_number())
        return wrong_type(key, "a number");
    return value->get<double>();
}

Result<bool> JsonObject::boolean_or(std::string_view key, bool fallback) const
{
    const Json* value = find(key);
    if (value == nullptr)
        return fallback;
    if (!value->is_boolean())
        return wrong_type(key, "true or false");
    return value->get<bool>();
}

Result<std::string> JsonObject::string_or(std::string_view key, std::string fallback) const
{
    return find(key) == nullptr ? Result<std::string>(std::move(fallback)) : string(key);
}

} // namespace lyceum::formats
