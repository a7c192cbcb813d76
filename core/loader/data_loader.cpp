#include "core/loader/data_loader.h"

#include "core/base/check.h"
#include "core/base/sha256.h"

#include <algorithm>
#include <cmath>

namespace lyceum::loader {

namespace {

std::string fingerprint(const data::EncodedDataset& dataset, const PlanOptions& plan)
{
    std::string text = std::to_string(plan.max_length) + (plan.packing ? " packed" : " padded") +
                       (plan.shuffle ? " shuffled " : " ") + std::to_string(plan.seed);
    for (const auto& sample : dataset.samples) {
        text.append(reinterpret_cast<const char*>(sample.ids.data()),
                    sample.ids.size() * sizeof(sample.ids[0]));
        text.append(sample.learn.begin(), sample.learn.end());
    }
    return sha256_hex(text).substr(0, 16);
}

std::int64_t count_targets(const data::EncodedDataset& dataset, std::span<const Row> rows)
{
    std::size_t targets = 0;
    for (const auto& row : rows)
        for (const auto index : row)
            targets += dataset.samples[index].num_targets();
    return static_cast<std::int64_t>(targets);
}

std::int64_t count_tokens(const data::EncodedDataset& dataset, std::span<const Row> rows)
{
    std::size_t tokens = 0;
    for (const auto& row : rows)
        for (const auto index : row)
            tokens += dataset.samples[index].ids.size();
    return static_cast<std::int64_t>(tokens);
}

std::int64_t divide_up(std::size_t a, std::size_t b)
{
    return static_cast<std::int64_t>((a + b - 1) / b);
}

} // namespace

DataLoader::DataLoader(const data::EncodedDataset& dataset, const LoaderOptions& options)
    : dataset_(dataset), options_(options), fingerprint_(fingerprint(dataset, options.plan))
{
    LYCEUM_CHECK(options.batch_size > 0 && options.micro_steps > 0, "a batch has rows");
    LYCEUM_CHECK(options.rank >= 0 && options.rank < options.world_size, "a rank of the world");
    start_epoch(0);
}

std::size_t DataLoader::rows_a_step() const
{
    return static_cast<std::size_t>(options_.batch_size) *
           static_cast<std::size_t>(options_.micro_steps) *
           static_cast<std::size_t>(options_.world_size);
}

std::int64_t DataLoader::num_steps() const
{
    return divide_up(rows_.size(), rows_a_step());
}

std::int64_t DataLoader::num_steps(std::int64_t epoch) const
{
    if (epoch == epoch_)
        return num_steps();
    return divide_up(plan(epoch).size(), rows_a_step());
}

std::vector<Row> DataLoader::plan(std::int64_t epoch) const
{
    auto rows = plan_rows(dataset_.samples, options_.plan, epoch);
    if (options_.share < 1.0) {
        const auto steps = static_cast<double>(divide_up(rows.size(), rows_a_step()));
        const auto kept = std::max(1.0, std::floor(options_.share * steps));
        rows.resize(std::min(rows.size(), static_cast<std::size_t>(kept) * rows_a_step()));
    }
    return rows;
}

std::int64_t DataLoader::step() const
{
    return divide_up(rows_taken_, rows_a_step());
}

bool DataLoader::has_next() const
{
    return rows_taken_ < rows_.size();
}

StepBatches DataLoader::next()
{
    LYCEUM_CHECK(has_next(), "the epoch has another batch");
    const std::size_t count = std::min(rows_a_step(), rows_.size() - rows_taken_);
    const std::span<const Row> rows(rows_.data() + rows_taken_, count);
    rows_taken_ += count;

    StepBatches step;
    step.num_targets = count_targets(dataset_, rows);
    step.num_tokens = count_tokens(dataset_, rows);
    for (const auto& row : rows)
        step.samples.insert(step.samples.end(), row.begin(), row.end());
    const auto batch_size = static_cast<std::size_t>(options_.batch_size);
    const std::size_t stride = batch_size * static_cast<std::size_t>(options_.world_size);
    for (std::size_t first = 0; first < count; first += stride) {
        const std::size_t begin =
            std::min(count, first + batch_size * static_cast<std::size_t>(options_.rank));
        const std::size_t end = std::min(count, begin + batch_size);
        step.micro_steps.push_back(
            make_batch(dataset_.samples, rows.subspan(begin, end - begin),
                       options_.plan.packing ? Layout::Seamless : Layout::Padded));
    }
    return step;
}

void DataLoader::start_epoch(std::int64_t epoch)
{
    epoch_ = epoch;
    rows_taken_ = 0;
    rows_ = plan(epoch);
}

double DataLoader::epoch_progress() const
{
    const double share =
        rows_.empty() ? 0.0 : static_cast<double>(rows_taken_) / static_cast<double>(rows_.size());
    return static_cast<double>(epoch_) + share;
}

LoaderState DataLoader::state() const
{
    return {epoch_, static_cast<std::int64_t>(rows_taken_), fingerprint_};
}

Result<void> DataLoader::load_state(const LoaderState& state)
{
    if (state.fingerprint != fingerprint_)
        return Error{
            ErrorCode::InvalidConfig,
            "The checkpoint was made with other training data, packing, max_length or seed.",
            "Resume with the run's own data and settings, or start a new run."};
    start_epoch(state.epoch);
    if (state.rows_taken < 0 || static_cast<std::size_t>(state.rows_taken) > rows_.size())
        return Error{ErrorCode::InvalidData,
                     "The checkpoint stands at row " + std::to_string(state.rows_taken) +
                         " of an epoch of " + std::to_string(rows_.size()) + ".",
                     "Resume from another checkpoint."};
    rows_taken_ = static_cast<std::size_t>(state.rows_taken);
    return {};
}

} // namespace lyceum::loader
