#include "core/checkpoint/trainer_state.h"

#include "core/formats/json.h"

namespace lyceum::checkpoint {

namespace {

constexpr std::int64_t kFormatVersion = 1;

nlohmann::json number_or_null(const std::optional<double>& value)
{
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

Result<std::optional<double>> optional_number(const formats::JsonObject& object,
                                              std::string_view key)
{
    if (object.find(key) == nullptr)
        return std::optional<double>();
    LYCEUM_ASSIGN(const double value, object.number_or(key, 0.0));
    return std::optional<double>(value);
}

} // namespace

std::string to_json(const TrainerState& state)
{
    const nlohmann::json json = {
        {"format_version", kFormatVersion},
        {"step", state.step},
        {"tokens", state.tokens},
        {"optimizer_steps", state.optimizer_steps},
        {"timed_seconds", state.timed_seconds},
        {"timed_tokens", state.timed_tokens},
        {"train_loss", number_or_null(state.train_loss)},
        {"val_loss", number_or_null(state.val_loss)},
        {"epoch", state.epoch},
        {"rows_taken", state.rows_taken},
        {"data_fingerprint", state.data_fingerprint},
        {"precision", state.precision},
        {"random_state", state.random_state},
        {"num_threads", state.num_threads},
        {"callbacks", state.callbacks},
    };
    return formats::dump_json(json, 1) + "\n";
}

Result<TrainerState> trainer_state_from_json(std::string_view text, std::string_view source_name)
{
    LYCEUM_ASSIGN(const formats::Json json, formats::parse_json(text, source_name));
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, std::string(source_name) + " is not a JSON object.",
                     "Resume from another checkpoint."};
    const formats::JsonObject object(json, source_name);
    LYCEUM_ASSIGN(const std::int64_t version, object.integer("format_version"));
    if (version != kFormatVersion)
        return object.invalid("format_version", "is " + std::to_string(version) + ", expected 1");

    TrainerState state;
    LYCEUM_ASSIGN(state.step, object.integer("step"));
    LYCEUM_ASSIGN(state.tokens, object.integer("tokens"));
    LYCEUM_ASSIGN(state.optimizer_steps, object.integer("optimizer_steps"));
    LYCEUM_ASSIGN(state.timed_seconds, object.number_or("timed_seconds", 0.0));
    LYCEUM_ASSIGN(state.timed_tokens, object.integer("timed_tokens"));
    LYCEUM_ASSIGN(state.train_loss, optional_number(object, "train_loss"));
    LYCEUM_ASSIGN(state.val_loss, optional_number(object, "val_loss"));
    LYCEUM_ASSIGN(state.epoch, object.integer("epoch"));
    LYCEUM_ASSIGN(state.rows_taken, object.integer("rows_taken"));
    LYCEUM_ASSIGN(state.data_fingerprint, object.string("data_fingerprint"));
    LYCEUM_ASSIGN(state.random_state, object.string("random_state"));
    LYCEUM_ASSIGN(const std::int64_t threads, object.integer("num_threads"));
    state.num_threads = static_cast<int>(threads);
    if (const auto* precision = object.find("precision"))
        state.precision = *precision;
    const auto* callbacks = object.find("callbacks");
    if (callbacks == nullptr || !callbacks->is_object())
        return object.invalid("callbacks", "is missing or no object");
    state.callbacks = *callbacks;
    if (state.step < 0 || state.optimizer_steps < 0 || state.epoch < 0)
        return object.invalid("step", "is negative");
    return state;
}

std::string to_hex(std::string_view bytes)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

Result<std::string> from_hex(std::string_view text)
{
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    const Error wrong{ErrorCode::InvalidData, "The random state is not hexadecimal.",
                      "Resume from another checkpoint."};
    if (text.size() % 2 != 0)
        return wrong;
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return wrong;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

} // namespace lyceum::checkpoint
