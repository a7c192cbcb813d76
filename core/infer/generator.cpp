#include "core/infer/generator.h"

#include "core/infer/evaluation_mode.h"
#include "core/infer/sampler.h"
#include "core/infer/stop_texts.h"
#include "core/nn/causal_lm.h"
#include "core/nn/kv_cache.h"
#include "core/runtime/guard.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace lyceum::infer {
namespace {

using Clock = std::chrono::steady_clock;
using Prompts = std::vector<std::vector<text::TokenId>>;

/// A batch takes as many rows side by side as fit in this much cache, at most kMaxRows.
constexpr std::uint64_t kCacheBytes = std::uint64_t{512} << 20;
constexpr std::int64_t kMaxRows = 16;

/// Prompts that are read in one forward have at most this many tokens together.
constexpr std::size_t kPromptTokens = 1024;

/// One text being written.
struct Row {
    std::size_t prompt = 0; ///< Its place in the caller's list.
    std::int64_t slot = 0;
    std::size_t limit = 0; ///< New tokens at most.
    Sampler sampler;
    text::StreamDecoder decoder;
    StopTexts stops;
    Generation result = {};
    bool has_begun = false; ///< The prompt was read.
    Clock::time_point began = {};
    std::size_t num_steps = 0; ///< Since then.
};

std::size_t room_after(const std::vector<text::TokenId>& prompt, const GenerateOptions& options,
                       const models::Architecture& model)
{
    const auto context = static_cast<std::size_t>(model.context_length());
    return std::min(static_cast<std::size_t>(options.max_new_tokens), context - prompt.size());
}

/// The model's own stop tokens, the caller's, and the special tokens that are among the stop texts.
std::vector<text::TokenId> stop_tokens(const models::ModelPackage& package,
                                       const GenerateOptions& options)
{
    std::vector<text::TokenId> stops = package.stop_tokens;
    stops.insert(stops.end(), options.stop_tokens.begin(), options.stop_tokens.end());
    for (const std::string& stop : options.stop)
        if (const auto id = package.tokenizer->id_of(stop);
            id && package.tokenizer->is_special(*id))
            stops.push_back(*id);
    return stops;
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
        , stop_tokens_(stop_tokens(package, options))
        , cache_(model.architecture(), num_slots(), capacity())
    {
        for (std::int64_t slot = cache_.num_slots(); slot-- > 0;)
            free_slots_.push_back(slot);
    }

    std::vector<Generation> run(const OnText& on_text, const OnGeneration& on_generation)
    {
        std::vector<Generation> results(prompts_.size());
        bool goes_on = true;
        while (goes_on && (next_ < prompts_.size() || !rows_.empty())) {
            goes_on = step(on_text);
            for (std::size_t i = 0; i < rows_.size();) {
                if (rows_[i].result.finish_reason.empty()) {
                    ++i;
                    continue;
                }
                const std::size_t prompt = rows_[i].prompt;
                finish(i, results);
                goes_on = goes_on && (!on_generation || on_generation(prompt, results[prompt]));
            }
        }
        while (!rows_.empty())
            finish(0, results);
        for (Generation& result : results)
            if (result.finish_reason.empty())
                result.finish_reason = "cancelled";
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

    /// Gives free slots to the next prompts, as many as one forward reads.
    void begin_rows()
    {
        std::size_t num_tokens = 0;
        while (next_ < prompts_.size() && !free_slots_.empty()) {
            const std::vector<text::TokenId>& ids = prompts_[next_];
            if (num_tokens > 0 && num_tokens + ids.size() > kPromptTokens)
                return;
            num_tokens += ids.size();
            Row row{.prompt = next_++,
                    .slot = free_slots_.back(),
                    .limit = room_after(ids, options_, model_.architecture()),
                    .sampler = Sampler(options_),
                    .decoder = text::StreamDecoder(package_.tokenizer),
                    .stops = StopTexts(options_.stop)};
            row.sampler.see(ids);
            free_slots_.pop_back();
            cache_.clear(row.slot);
            rows_.push_back(std::move(row));
        }
    }

    /// One more token for every row; one that begins reads its prompt first.
    /// @return false when the caller stopped it.
    bool step(const OnText& on_text)
    {
        begin_rows();
        std::vector<std::int64_t> ids;
        std::vector<std::int64_t> lasts;
        std::vector<nn::NewTokens> news;
        for (const Row& row : rows_) {
            const std::size_t before = ids.size();
            if (row.has_begun)
                ids.push_back(row.result.ids.back());
            else
                ids.insert(ids.end(), prompts_[row.prompt].begin(), prompts_[row.prompt].end());
            news.push_back({row.slot, static_cast<std::int64_t>(ids.size() - before)});
            lasts.push_back(static_cast<std::int64_t>(ids.size()) - 1);
        }
        const at::Tensor hidden =
            model_.hidden_states(at::tensor(ids, at::kLong), cache_, news); // [N, D]
        const at::Tensor logits =
            model_.logits(hidden.index_select(0, at::tensor(lasts, at::kLong))); // [B, V]
        const auto vocabulary = static_cast<std::size_t>(logits.size(1));
        const float* values = logits.const_data_ptr<float>();
        const auto now = Clock::now();
        bool goes_on = true;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            Row& row = rows_[i];
            row.num_steps += row.has_begun ? 1U : 0U;
            if (!row.has_begun)
                row.began = now;
            row.has_begun = true;
            goes_on = take(row, {values + i * vocabulary, vocabulary}, on_text) && goes_on;
        }
        return goes_on;
    }

    /// Picks a row's next token and settles whether it is the last.
    bool take(Row& row, std::span<const float> logits, const OnText& on_text)
    {
        if (row.limit == 0) {
            row.result.finish_reason = "length";
            return true;
        }
        const text::TokenId id = row.sampler.pick(logits);
        if (std::find(stop_tokens_.begin(), stop_tokens_.end(), id) != stop_tokens_.end()) {
            row.result.finish_reason = "stop";
        } else {
            row.result.ids.push_back(id);
            if (!emit(row, row.stops.push(row.decoder.push(id)), on_text))
                return false;
            if (row.stops.found())
                row.result.finish_reason = "stop";
            else if (row.result.ids.size() == row.limit)
                row.result.finish_reason = "length";
        }
        if (row.result.finish_reason.empty() || row.stops.found())
            return true;
        std::string rest = row.stops.push(row.decoder.flush());
        rest += row.stops.flush();
        if (row.stops.found())
            row.result.finish_reason = "stop";
        return emit(row, rest, on_text);
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
        const double seconds = std::chrono::duration<double>(Clock::now() - row.began).count();
        if (row.num_steps > 0 && seconds > 0.0)
            row.result.tokens_per_second = static_cast<double>(row.num_steps) / seconds;
        free_slots_.push_back(row.slot);
        results[row.prompt] = std::move(row.result);
        rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(index));
    }

    nn::CausalLm& model_;
    const models::ModelPackage& package_;
    const Prompts& prompts_;
    const GenerateOptions& options_;
    std::vector<text::TokenId> stop_tokens_;
    nn::KvCache cache_;
    std::vector<std::int64_t> free_slots_;
    std::vector<Row> rows_;
    std::size_t next_ = 0; ///< The first prompt that has not begun.
};

Result<std::vector<Generation>> run(nn::CausalLm& model, const models::ModelPackage& package,
                                    const Prompts& prompts, const GenerateOptions& options,
                                    const OnText& on_text, const OnGeneration& on_generation)
{
    LYCEUM_TRY(check_options(options, model.architecture()));
    for (const auto& prompt : prompts)
        LYCEUM_TRY(check_prompt(prompt, model.architecture()));
    if (prompts.empty())
        return std::vector<Generation>{};
    return runtime::guard("generating text", [&] {
        const EvaluationMode evaluation(model);
        return Batch(model, package, prompts, options).run(on_text, on_generation);
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
               const GenerateOptions& options, const OnGeneration& on_generation)
{
    return run(model, package, prompts, options, {}, on_generation);
}

} // namespace lyceum::infer
