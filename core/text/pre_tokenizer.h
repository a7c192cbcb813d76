#pragma once

/// @file
/// PreTokenizer: cuts text into the pieces within which byte-pair encoding merges.

#include "core/base/result.h"
#include "core/text/regex.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Immutable; any number of threads may use one.
class PreTokenizer {
public:
    /// By name ("smollm", "gpt2"), or the `pre_tokenizer` object of a tokenizer.json as its text.
    /// @return Unsupported naming a part that is not known.
    [[nodiscard]] static Result<PreTokenizer> create(std::string_view name_or_json,
                                                     bool add_prefix_space);

    using Sink = std::function<void(std::string_view piece)>;

    /// The matchers of one thread's work with this pre-tokenizer.
    class Scratch {
    public:
        explicit Scratch(const PreTokenizer& pre_tokenizer);

    private:
        friend class PreTokenizer;
        std::vector<Regex::Matcher> matchers_;
    };

    /// Gives the pieces of `text` (valid UTF-8) to `sink`, in order.
    void split(std::string_view text, Scratch& scratch, const Sink& sink) const;

    /// As an object of tokenizer.json.
    [[nodiscard]] static Result<nlohmann::json> describe(std::string_view name_or_json,
                                                         bool add_prefix_space);

private:
    enum class StepKind : std::uint8_t { Digit, Digits, Pattern, PrefixSpace };
    struct Step {
        StepKind kind;
        std::shared_ptr<const Regex> regex; ///< Of a Pattern.
        std::size_t matcher = 0;
    };

    [[nodiscard]] Result<void> add(const nlohmann::json& part);
    [[nodiscard]] Result<void> add_split(const nlohmann::json& part);
    [[nodiscard]] Result<void> add_pattern(std::string_view pattern);
    void apply(std::size_t step, std::string_view text, Scratch& scratch, const Sink& sink) const;
    void split_digits(std::size_t step, std::string_view text, Scratch& scratch,
                      const Sink& sink) const;
    void split_pattern(std::size_t step, std::string_view text, Scratch& scratch,
                       const Sink& sink) const;

    std::vector<Step> steps_;
    std::size_t num_patterns_ = 0;
    bool byte_level_ =
        false; ///< The last part, which every byte-level tokenizer ends with, was seen.
};

} // namespace lyceum::text
