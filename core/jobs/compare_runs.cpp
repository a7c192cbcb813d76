#include "core/jobs/compare_runs.h"

#include "core/formats/json.h"
#include "core/formats/safetensors.h"
#include "core/models/model_package.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <set>
#include <vector>

namespace lyceum::jobs {

namespace {

namespace fs = std::filesystem;

constexpr std::array kCurves = {"train_loss", "val_loss", "gradient_norm", "learning_rate"};
constexpr const char* kStateFile = "trainer_state.json";
constexpr std::size_t kExcerpt = 60;

std::string number(double value)
{
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.17g", value);
    return text.data();
}

std::string excerpt(const formats::Json& value)
{
    auto text = formats::dump_json(value);
    if (text.size() > kExcerpt)
        text = text.substr(0, kExcerpt) + "...";
    return text;
}

/// How long things took differs between two runs of the same numbers.
bool measures_time(const std::string& key)
{
    return key.ends_with("_seconds") || key == "timed_tokens" || key == "time";
}

/// The path of the first value that differs, with both; empty: none.
std::string difference(const formats::Json& one, const formats::Json& other,
                       const std::string& path)
{
    if (!one.is_object() || !other.is_object())
        return one == other ? std::string()
                            : path + " is " + excerpt(one) + " and " + excerpt(other);
    std::set<std::string> keys;
    for (const auto* object : {&one, &other})
        for (const auto& [key, value] : object->items())
            keys.insert(key);
    for (const auto& key : keys) {
        if (measures_time(key))
            continue;
        const auto inner = path.empty() ? key : path + "." + key;
        if (!one.contains(key) || !other.contains(key))
            return inner + " is only in one of them";
        if (auto found = difference(one[key], other[key], inner); !found.empty())
            return found;
    }
    return {};
}

std::string differing_value(const formats::TensorInfo& tensor, std::span<const std::byte> one,
                            std::span<const std::byte> other)
{
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
    if (tensor.dtype != "F32")
        return tensor.name + " differs at byte " + std::to_string(at);
    const auto index = at / sizeof(float);
    float left = 0, right = 0;
    std::memcpy(&left, one.data() + index * sizeof(float), sizeof left);
    std::memcpy(&right, other.data() + index * sizeof(float), sizeof right);
    return tensor.name + ", value " + std::to_string(index) + ", is " +
           number(static_cast<double>(left)) + " and " + number(static_cast<double>(right));
}

Result<void> compare_tensors(const fs::path& one, const fs::path& other, Comparison& result)
{
    LYCEUM_ASSIGN(const auto left, formats::open_safetensors(one));
    LYCEUM_ASSIGN(const auto right, formats::open_safetensors(other));
    const auto file = one.filename().string() + ": ";
    if (left->tensors().size() != right->tensors().size())
        result.first_difference = file + "holds " + std::to_string(left->tensors().size()) +
                                  " tensors and " + std::to_string(right->tensors().size());
    for (const auto& tensor : left->tensors()) {
        if (!result.is_same())
            return {};
        const auto same =
            std::ranges::find(right->tensors(), tensor.name, &formats::TensorInfo::name);
        if (same == right->tensors().end() || same->shape != tensor.shape ||
            same->dtype != tensor.dtype) {
            result.first_difference =
                file + tensor.name + " is missing or of another shape or type";
            return {};
        }
        LYCEUM_ASSIGN(const auto bytes, left->raw_bytes(tensor.name));
        LYCEUM_ASSIGN(const auto others, right->raw_bytes(tensor.name));
        if (!std::ranges::equal(bytes, others))
            result.first_difference = file + differing_value(tensor, bytes, others);
        ++result.num_tensors;
        result.num_bytes += bytes.size();
    }
    return {};
}

Result<void> compare_states(const fs::path& one, const fs::path& other, Comparison& result)
{
    LYCEUM_ASSIGN(const auto left, formats::read_json_file(one));
    LYCEUM_ASSIGN(const auto right, formats::read_json_file(other));
    if (const auto found = difference(left, right, ""); !found.empty())
        result.first_difference = one.filename().string() + ": " + found;
    return {};
}

bool is_same_value(double one, double other)
{
    return std::bit_cast<std::uint64_t>(one) == std::bit_cast<std::uint64_t>(other) ||
           (std::isnan(one) && std::isnan(other));
}

} // namespace

Result<Comparison> compare_checkpoints(const fs::path& one, const fs::path& other)
{
    Comparison result;
    LYCEUM_ASSIGN(const auto left, models::read_manifest(one));
    LYCEUM_ASSIGN(const auto right, models::read_manifest(other));
    for (const auto& file : left.files) {
        const auto same =
            std::ranges::find(right.files, file.name, &models::CheckpointManifest::File::name);
        if (same == right.files.end())
            result.first_difference = file.name + " is only in one of them";
        else if (file.name.ends_with(".safetensors"))
            LYCEUM_TRY(compare_tensors(one / file.name, other / file.name, result));
        else if (file.name == kStateFile)
            LYCEUM_TRY(compare_states(one / file.name, other / file.name, result));
        else if (file.sha256 != same->sha256)
            result.first_difference = file.name + " differs";
        if (!result.is_same())
            return result;
    }
    return result;
}

Result<Comparison> compare_curves(store::RunStore& store, store::RunId one, store::RunId other,
                                  std::int64_t last_step)
{
    Comparison result;
    for (const auto* name : kCurves) {
        LYCEUM_ASSIGN(auto left, store.series(one, name));
        LYCEUM_ASSIGN(auto right, store.series(other, name));
        for (auto* points : {&left, &right})
            std::erase_if(*points,
                          [last_step](const auto& point) { return point.step > last_step; });
        const auto num_both = std::min(left.size(), right.size());
        for (std::size_t i = 0; i < num_both; ++i) {
            if (left[i].step != right[i].step || !is_same_value(left[i].value, right[i].value)) {
                result.first_difference = std::string(name) + " at step " +
                                          std::to_string(left[i].step) + " is " +
                                          number(left[i].value) + " and " + number(right[i].value);
                return result;
            }
        }
        if (left.size() != right.size()) {
            result.first_difference = std::string(name) + " has " + std::to_string(left.size()) +
                                      " points and " + std::to_string(right.size());
            return result;
        }
        result.num_points += num_both;
    }
    return result;
}

} // namespace lyceum::jobs
