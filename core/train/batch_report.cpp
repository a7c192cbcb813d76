#include "core/train/batch_report.h"

#include "core/data/encoding.h"
#include "core/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace lyceum::train {

namespace {

constexpr std::size_t kMostSamples = 4;
constexpr std::size_t kFirstTokens = 12;
constexpr std::size_t kMostBytes = 60;

int percent(std::size_t part, std::size_t whole)
{
    return whole == 0 ? 0
                      : static_cast<int>(std::lround(100.0 * static_cast<double>(part) /
                                                     static_cast<double>(whole)));
}

std::vector<const data::EncodedSample*> samples_of(const Trainer& trainer)
{
    std::vector<const data::EncodedSample*> samples;
    for (const auto index : trainer.batch_samples())
        samples.push_back(&trainer.train_data().samples[index]);
    return samples;
}

/// In one line, cut between characters.
std::string excerpt(std::string text)
{
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < ' ')
            c = ' ';
    if (text.size() <= kMostBytes)
        return text;
    std::size_t end = kMostBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end) + "...";
}

std::string describe(const data::EncodedSample& sample, const Decode& decode)
{
    std::string text =
        (sample.line > 0 ? "record " + std::to_string(sample.line) : std::string("a sample")) +
        " (" + std::to_string(sample.ids.size()) + " tokens, " +
        std::to_string(percent(sample.num_targets(), sample.ids.size())) + " % learnt";
    if (decode) {
        const std::span<const text::TokenId> ids(sample.ids);
        text += ", \"" + excerpt(decode(ids.first(std::min(kFirstTokens, ids.size())))) + "\"";
    }
    return text + ")";
}

/// The share of a sample that its commonest token makes up.
double share_of_commonest(const data::EncodedSample& sample)
{
    std::map<text::TokenId, std::size_t> counts;
    std::size_t most = 0;
    for (const auto id : sample.ids)
        most = std::max(most, ++counts[id]);
    return static_cast<double>(most) /
           static_cast<double>(std::max<std::size_t>(1, sample.ids.size()));
}

bool is_damaged(const data::EncodedSample& sample, const Decode& decode)
{
    constexpr std::size_t kEnoughTokens = 16;
    if (sample.ids.size() >= kEnoughTokens && share_of_commonest(sample) > 0.5)
        return true;
    if (!decode)
        return false;
    const auto text = decode(sample.ids);
    std::size_t replacements = 0; // U+FFFD: what was no text when it was read
    for (auto at = text.find("\xEF\xBF\xBD"); at != std::string::npos;
         at = text.find("\xEF\xBF\xBD", at + 3))
        ++replacements;
    return replacements * 20 > sample.ids.size();
}

double usual_rate(const config::RunConfig& config)
{
    return config.model.method == config::Method::Lora ? 1e-3 : 3e-4;
}

std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

} // namespace

std::string describe_batch(const Trainer& trainer, const StepReport& report, const Decode& decode)
{
    auto samples = samples_of(trainer);
    std::string text = "The batch: " + std::to_string(samples.size()) +
                       (samples.size() == 1 ? " sample, " : " samples, ") +
                       std::to_string(report.num_tokens) + " tokens, " +
                       std::to_string(percent(static_cast<std::size_t>(report.num_targets),
                                              static_cast<std::size_t>(report.num_tokens))) +
                       " % of them learnt: ";
    std::ranges::stable_sort(samples, {}, [](const auto* sample) {
        return percent(sample->num_targets(), sample->ids.size());
    });
    const auto shown = std::min(kMostSamples, samples.size());
    for (std::size_t i = 0; i < shown; ++i)
        text += (i > 0 ? ", " : "") + describe(*samples[i], decode);
    if (shown < samples.size())
        text += " and " + std::to_string(samples.size() - shown) + " more";
    return text + ".";
}

std::string likely_cause(const Trainer& trainer, const StepReport& report, const Decode& decode)
{
    const auto& config = trainer.config();
    if (report.num_targets == 0)
        return "Likely cause: every label of the batch is masked, so that there is nothing to "
               "learn. Check that its records have an answer and that data.max_length does not cut "
               "it off.";
    for (const auto* sample : samples_of(trainer))
        if (is_damaged(*sample, decode))
            return "Likely cause: damaged text in " + describe(*sample, {}) +
                   ": mend the record or leave it out.";
    const auto rate = "optimizer.lr = " + number(report.learning_rate);
    if (report.learning_rate > usual_rate(config))
        return "Likely cause: " + rate + " is high; " + number(usual_rate(config)) +
               " or less is usual.";
    if (report.step <= config.optimizer.warmup_steps)
        return "Likely cause: the learning rate rises too fast (" + rate +
               "); use more optimizer.warmup_steps.";
    return "Its records look whole: a lower optimizer.lr or a lower trainer.gradient_clip_val "
           "steadies the training.";
}

} // namespace lyceum::train
