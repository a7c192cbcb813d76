#include "core/infer/generator.h"

#include "core/infer/evaluation_mode.h"
#include "core/infer/sampler.h"
#include "core/nn/causal_lm.h"
#include "core/nn/kv_cache.h"
#include "core/runtime/guard.h"

#include <algorithm>
#include <chrono>
#include <deque>

namespace lyceum::infer {
namespace {

using Clock = std::chrono::steady_clock;
using Prompts = std::vector<std::vector<text::TokenId>>;

/// A batch takes as many rows side by side as fit in this much cache, at most kMaxRows.
constexpr std::uint64_t kCacheBytes = std::uint64_t{512} << 20;
constexpr std::int64_t kMaxRows = 16;

/// One text being written.
struct Row {
    std::size_t prompt = 0; ///< Its place in the caller's list.
    std::int64_t slot = 0;
    std::size_t limit = 0; ///< New tokens at most.
    Sampler sampler;
    text::StreamDecoder decoder;
    Generation result;
};

Result<void> check(const GenerateOptions& options)
{
    const auto out_of_range = [](const std::string& what, const std::string& range) {
        return Error{ErrorCode::InvalidConfig, what + ", but must be " + range, ""};
    };
    if (options.max_new_tokens < 1)
        return out_of_range("max_new_tokens is " + std::to_string(options.max_new_tokens),
                            "at least 1");
    if (!(options.temperature >= 0.0 && options.temperature <= 100.0))
        return out_of_range("temperature is " + std::to_string(options.temperature),
                            "from 0 to 100");
    if (!(options.top_p > 0.0 && options.top_p <= 1.0))
        return out_of_range("top_p is " + std::to_string(options.top_p), "above 0 and at most 1");
    return {};
}

std::size_t room_after(const std::vector<text::TokenId>& prompt, const GenerateOptions& options,
                       const models::Architecture& model)
{
    const auto context = static_cast<std::size_t>(model.context_length());
    return std::min(static_cast<std::size_t>(options.max_new_tokens), context - prompt.size());
}

/// Runs rows through the model: the loop that one prompt and many share.
class Batch {
public:
    Batch(nn::CausalLm& model, const models::ModelPackage& package, const Prompts& prompts,
          const GenerateOptions& options)
        : model_(model)
        , package_(package)
        , prompts_(prompts)
        , options_(options)
        , cache_(model.architecture(), num_slots(), capacity())
    {
        for (std::int64_t slot = cache_.num_slots(); slot-- > 0;)
            free_slots_.push_back(slot);
    }

    std::vector<Generation> run(const OnText& on_text,
                                const std::function<bool(std::size_t)>& on_progress)
    {
        std::vector<Generation> results(prompts_.size());
        std::size_t next = 0;
        std::size_t done = 0;
        bool goes_on = true;
        while (goes_on && done < prompts_.size()) {
            while (next < prompts_.size() && !free_slots_.empty() && goes_on)
                goes_on = start(next++, on_text);
            if (goes_on)
                goes_on = step(on_text);
            for (std::size_t i = 0; i < rows_.size();) {
                if (rows_[i].result.finish_reason.empty()) {
                    ++i;
                    continue;
                }
                finish(i, results);
                ++done;
                goes_on = goes_on && (!on_progress || on_progress(done));
            }
        }
        while (!rows_.empty())
            finish(0, results);
        for (Generation& result : results) {
            if (result.finish_reason.empty())
                result.finish_reason = "cancelled";
            result.tokens_per_second = decode_rate();
        }
        return results;
    }

private:
    [[nodiscard]] std::int64_t capacity() const
    {
        std::size_t longest = 0;
        for (const auto& prompt : prompts_)
            longest = std::max(longest,
                               prompt.size() + room_after(prompt, options_, model_.architecture()));
        return static_cast<std::int64_t>(longest);
    }

    [[nodiscard]] std::int64_t num_slots() const
    {
        const std::uint64_t row_bytes = nn::KvCache::bytes_per_token(model_.architecture()) *
                                        static_cast<std::uint64_t>(capacity());
        const auto fitting = static_cast<std::int64_t>(kCacheBytes / row_bytes);
        return std::clamp(std::min(fitting, static_cast<std::int64_t>(prompts_.size())),
                          std::int64_t{1}, kMaxRows);
    }

    /// Reads a prompt and picks its first token. @return false when the caller stopped it.
    bool start(std::size_t prompt, const OnText& on_text)
    {
        const std::vector<text::TokenId>& ids = prompts_[prompt];
        Row row{.prompt = prompt,
                .slot = free_slots_.back(),
                .limit = room_after(ids, options_, model_.architecture()),
                .sampler = Sampler(options_.temperature, options_.top_p, options_.seed),
                .decoder = text::StreamDecoder(package_.tokenizer),
                .result = {}};
        free_slots_.pop_back();
        cache_.clear(row.slot);
        const at::Tensor input =
            at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()), at::kLong).unsqueeze(0);
        const at::Tensor hidden = model_.hidden_states(input, cache_, {row.slot});  // [1, T, D]
        const at::Tensor logits = model_.logits(hidden.select(1, -1).contiguous()); // [1, V]
        const bool goes_on = take(row, logits.const_data_ptr<float>(), on_text);
        rows_.push_back(std::move(row));
        return goes_on;
    }

    /// One more token for every row that is not finished. @return false when the caller stopped it.
    bool step(const OnText& on_text)
    {
        std::vector<std::int64_t> ids;
        std::vector<std::int64_t> slots;
        std::vector<Row*> active;
        for (Row& row : rows_) {
            if (!row.result.finish_reason.empty())
                continue;
            active.push_back(&row);
            ids.push_back(row.result.ids.back());
            slots.push_back(row.slot);
        }
        if (active.empty())
            return true;
        const auto start = Clock::now();
        const at::Tensor hidden =
            model_.hidden_states(at::tensor(ids, at::kLong).unsqueeze(1), cache_, slots);
        const at::Tensor logits = model_.logits(hidden.squeeze(1)); // [B, V]
        const std::int64_t vocabulary = logits.size(1);
        const float* values = logits.const_data_ptr<float>();
        bool goes_on = true;
        for (std::size_t i = 0; i < active.size(); ++i)
            goes_on =
                take(*active[i], values + static_cast<std::int64_t>(i) * vocabulary, on_text) &&
                goes_on;
        decode_seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
        decoded_tokens_ += active.size();
        return goes_on;
    }

    /// Picks a row's next token and settles whether it is the last.
    bool take(Row& row, const float* logits, const OnText& on_text)
    {
        if (row.limit == 0) {
            row.result.finish_reason = "length";
            return true;
        }
        const auto vocabulary = static_cast<std::size_t>(model_.architecture().vocab_size);
        const text::TokenId id = row.sampler.pick({logits, vocabulary});
        const auto& stops = package_.stop_tokens;
        if (std::find(stops.begin(), stops.end(), id) != stops.end()) {
            row.result.finish_reason = "stop";
        } else {
            row.result.ids.push_back(id);
            if (!emit(row, row.decoder.push(id), on_text))
                return false;
            if (row.result.ids.size() == row.limit)
                row.result.finish_reason = "length";
        }
        if (!row.result.finish_reason.empty())
            return emit(row, row.decoder.flush(), on_text);
        return true;
    }

    static bool emit(Row& row, const std::string& piece, const OnText& on_text)
    {
        row.result.text += piece;
        if (piece.empty() || !on_text || on_text(piece))
            return true;
        row.result.finish_reason = "cancelled";
        return false;
    }

    void finish(std::size_t index, std::vector<Generation>& results)
    {
        Row& row = rows_[index];
        free_slots_.push_back(row.slot);
        results[row.prompt] = std::move(row.result);
        rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(index));
    }

    [[nodiscard]] double decode_rate() const
    {
        return decode_seconds_ > 0.0 ? static_cast<double>(decoded_tokens_) / decode_seconds_ : 0.0;
    }

    nn::CausalLm& model_;
    const models::ModelPackage& package_;
    const Prompts& prompts_;
    const GenerateOptions& options_;
    nn::KvCache cache_;
    std::vector<std::int64_t> free_slots_;
    std::deque<Row> rows_;
    double decode_seconds_ = 0.0;
    std::size_t decoded_tokens_ = 0;
};

Result<std::vector<Generation>> run(nn::CausalLm& model, const models::ModelPackage& package,
                                    const Prompts& prompts, const GenerateOptions& options,
                                    const OnText& on_text,
                                    const std::function<bool(std::size_t)>& on_progress)
{
    LYCEUM_TRY(check(options));
    for (const auto& prompt : prompts)
        LYCEUM_TRY(check_prompt(prompt, model.architecture()));
    if (prompts.empty())
        return std::vector<Generation>{};
    return runtime::guard("generating text", [&] {
        const EvaluationMode evaluation(model);
        return Batch(model, package, prompts, options).run(on_text, on_progress);
    });
}

} // namespace

Result<void> check_prompt(const std::vector<text::TokenId>& prompt,
                          const models::Architecture& model)
{
    if (prompt.empty())
        return Error{ErrorCode::InvalidData, "The prompt is empty",
                     "Give the model some text to start from."};
    const auto length = static_cast<std::int64_t>(prompt.size());
    if (length > model.context_length())
        return Error{ErrorCode::InvalidData,
                     "The prompt has " + std::to_string(length) +
                         " tokens, but the model's context is " +
                         std::to_string(model.context_length()),
                     "Shorten the prompt."};
    const auto bad = std::find_if(prompt.begin(), prompt.end(), [&](text::TokenId id) {
        return id < 0 || id >= model.vocab_size;
    });
    if (bad != prompt.end())
        return Error{ErrorCode::InvalidData,
                     "The prompt has the token id " + std::to_string(*bad) +
                         ", but the vocabulary has " + std::to_string(model.vocab_size),
                     ""};
    return {};
}

Result<Generation> generate(nn::CausalLm& model, const models::ModelPackage& package,
                            const std::vector<text::TokenId>& prompt,
                            const GenerateOptions& options, const OnText& on_text)
{
    LYCEUM_ASSIGN(std::vector<Generation> all, run(model, package, {prompt}, options, on_text, {}));
    return std::move(all.front());
}

Result<std::vector<Generation>>
generate_batch(nn::CausalLm& model, const models::ModelPackage& package, const Prompts& prompts,
               const GenerateOptions& options,
               const std::function<bool(std::size_t done)>& on_progress)
{
    return run(model, package, prompts, options, {}, on_progress);
}

} // namespace lyceum::infer
