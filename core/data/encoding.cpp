#include "core/data/encoding.h"

#include <algorithm>

namespace lyceum::data {
namespace {

using text::Message;
using text::TokenId;

Error invalid(const Record& record, const std::string& what, std::string hint = "")
{
    return {ErrorCode::InvalidData, "Line " + std::to_string(record.line) + ": " + what,
            std::move(hint)};
}

std::string token_text(const text::Tokenizer& tokenizer, const std::optional<TokenId>& id)
{
    return id ? tokenizer.token_bytes(*id) : std::string();
}

/// Renders the beginnings of one dialogue.
class Renderer {
public:
    Renderer(const Record& record, const Encoder& encoder)
        : record_(record)
        , chat_template_(*encoder.chat_template)
        , options_{.add_generation_prompt = false,
                   .bos_token = token_text(*encoder.tokenizer, encoder.tokenizer->spec().bos),
                   .eos_token = token_text(*encoder.tokenizer, encoder.tokenizer->spec().eos)}
    {
    }

    /// The first `count` messages, or all that come before an answer, with what it begins with.
    Result<std::string> operator()(std::size_t count, bool add_generation_prompt)
    {
        options_.add_generation_prompt = add_generation_prompt;
        const auto end = record_.messages.begin() + static_cast<std::ptrdiff_t>(count);
        auto text = chat_template_.render({record_.messages.begin(), end}, options_);
        if (!text)
            return Error{text.error().code,
                         "Line " + std::to_string(record_.line) + ": " + text.error().message,
                         text.error().hint};
        return text;
    }

    /// `full` up to what message `index` says: what comes out alike when it says something else.
    Result<std::string> up_to_content(std::size_t index, const std::string& full)
    {
        std::vector<Message> messages(record_.messages.begin(),
                                      record_.messages.begin() +
                                          static_cast<std::ptrdiff_t>(index) + 1);
        const bool begins_with_one = messages.back().content.starts_with('1');
        messages.back().content = begins_with_one ? "2" : "1";
        options_.add_generation_prompt = false;
        LYCEUM_ASSIGN(const std::string other, chat_template_.render(messages, options_));
        const auto difference = std::ranges::mismatch(full, other).in1;
        return std::string(full.begin(), difference);
    }

private:
    const Record& record_;
    const text::ChatTemplate& chat_template_;
    text::RenderOptions options_;
};

void append(EncodedSample& sample, const text::Tokenizer& tokenizer, std::string_view text,
            bool learn)
{
    const auto ids = tokenizer.encode(text, {.add_special_tokens = false});
    sample.ids.insert(sample.ids.end(), ids.begin(), ids.end());
    sample.learn.insert(sample.learn.end(), ids.size(), learn ? 1 : 0);
}

/// The turn's end-of-turn token is its last that is learnt: what the template writes after it, a
/// line break, is never generated.
void unlearn_after_turn(EncodedSample& sample, const text::Tokenizer& tokenizer, std::size_t begin)
{
    std::size_t end = sample.ids.size();
    std::string after;
    while (end > begin && !tokenizer.is_special(sample.ids[end - 1]))
        after.insert(0, tokenizer.token_bytes(sample.ids[--end]));
    const bool only_space = after.find_first_not_of(" \t\r\n") == std::string::npos;
    if (end > begin && only_space)
        std::fill(sample.learn.begin() + static_cast<std::ptrdiff_t>(end), sample.learn.end(), 0);
}

Result<EncodedSample> encode_dialogue(const Record& record, const Encoder& encoder)
{
    if (encoder.chat_template == nullptr)
        return invalid(record, "the record has messages, but the model has no chat template.",
                       "Use a chat model (an \"instruct\" one), or records with text.");
    Renderer render(record, encoder);
    const std::size_t count = record.messages.size();
    LYCEUM_ASSIGN(const std::string full, render(count, false));
    const std::string_view whole = full;
    EncodedSample sample;
    std::size_t position = 0; // in `full`
    for (std::size_t i = 0; i < count; ++i) {
        if (record.messages[i].role != "assistant")
            continue;
        LYCEUM_ASSIGN(std::string before, render(i, true));
        if (!whole.starts_with(before)) { // Some templates begin otherwise without a first message.
            LYCEUM_ASSIGN(before, render.up_to_content(i, full));
        }
        std::string through = full;
        if (i + 1 < count) {
            LYCEUM_ASSIGN(through, render(i + 1, false));
        }
        if (!whole.starts_with(before) || !whole.starts_with(through) || before.size() < position ||
            through.size() < before.size())
            return invalid(record,
                           "the chat template rewrites earlier turns (at message " +
                               std::to_string(i) +
                               "), so that what the assistant says cannot be told apart.",
                           "Keep one answer a record, or use a model with a simpler template.");
        append(sample, *encoder.tokenizer, whole.substr(position, before.size() - position), false);
        const std::size_t begin = sample.ids.size();
        append(sample, *encoder.tokenizer,
               whole.substr(before.size(), through.size() - before.size()), true);
        unlearn_after_turn(sample, *encoder.tokenizer, begin);
        position = through.size();
    }
    append(sample, *encoder.tokenizer, whole.substr(position), false);
    return sample;
}

EncodedSample encode_text(const Record& record, const Encoder& encoder)
{
    EncodedSample sample;
    sample.ids = encoder.tokenizer->encode(record.text);
    const auto eos = encoder.tokenizer->spec().eos;
    if (eos && (sample.ids.empty() || sample.ids.back() != *eos))
        sample.ids.push_back(*eos);
    sample.learn.assign(sample.ids.size(), 1);
    return sample;
}

/// Without a limit of length.
Result<EncodedSample> encode_whole(const Record& record, const Encoder& encoder)
{
    if (record.messages.empty())
        return encode_text(record, encoder);
    return encode_dialogue(record, encoder);
}

void truncate(EncodedSample& sample, std::size_t max_length)
{
    if (sample.ids.size() <= max_length)
        return;
    sample.num_truncated = sample.ids.size() - max_length;
    sample.ids.resize(max_length);
    sample.learn.resize(max_length);
}

/// Samples of at most max_length tokens, each with the token before its first target.
std::vector<EncodedSample> cut(const EncodedSample& sample, std::size_t max_length)
{
    std::vector<EncodedSample> pieces;
    const std::size_t stride = std::max<std::size_t>(max_length, 2) - 1;
    for (std::size_t begin = 0; begin + 1 < sample.ids.size(); begin += stride) {
        const std::size_t end = std::min(begin + stride + 1, sample.ids.size());
        EncodedSample piece;
        piece.ids.assign(sample.ids.begin() + static_cast<std::ptrdiff_t>(begin),
                         sample.ids.begin() + static_cast<std::ptrdiff_t>(end));
        piece.learn.assign(piece.ids.size(), 1);
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

void add(EncodedSample sample, EncodedDataset& dataset)
{
    const std::size_t num_targets = sample.num_targets();
    EncodingStats& stats = dataset.stats;
    stats.num_truncated_samples += sample.num_truncated > 0 ? 1 : 0;
    stats.num_truncated_tokens += sample.num_truncated;
    if (num_targets == 0) {
        ++stats.num_without_targets;
        return;
    }
    ++stats.num_samples;
    stats.num_tokens += sample.ids.size();
    stats.num_targets += num_targets;
    dataset.samples.push_back(std::move(sample));
}

} // namespace

std::size_t EncodedSample::num_targets() const
{
    if (learn.empty())
        return 0;
    return static_cast<std::size_t>(
        std::count_if(learn.begin() + 1, learn.end(), [](std::uint8_t l) { return l != 0; }));
}

Result<EncodedSample> encode(const Record& record, const Encoder& encoder)
{
    LYCEUM_ASSIGN(EncodedSample sample, encode_whole(record, encoder));
    truncate(sample, encoder.max_length);
    sample.line = record.line;
    return sample;
}

Result<EncodedDataset> encode_all(const std::vector<Record>& records, const Encoder& encoder)
{
    EncodedDataset dataset;
    dataset.samples.reserve(records.size());
    for (const Record& record : records) {
        LYCEUM_ASSIGN(EncodedSample sample, encode_whole(record, encoder));
        if (record.messages.empty() && sample.ids.size() > encoder.max_length) {
            for (EncodedSample& piece : cut(sample, encoder.max_length)) {
                piece.line = record.line;
                add(std::move(piece), dataset);
            }
            continue;
        }
        truncate(sample, encoder.max_length);
        sample.line = record.line;
        add(std::move(sample), dataset);
    }
    return dataset;
}

} // namespace lyceum::data
