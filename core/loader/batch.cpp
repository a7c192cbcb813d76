#include "core/loader/batch.h"

namespace lyceum::loader {

namespace {

std::int64_t row_length(const std::vector<data::EncodedSample>& samples, const Row& row)
{
    std::size_t length = 0;
    for (const auto index : row)
        length += samples[index].ids.size();
    return static_cast<std::int64_t>(length);
}

/// Tokens, positions and targets of one sample, written where it stands in the batch.
void place_sample(const data::EncodedSample& sample, std::int64_t offset, std::int64_t* ids,
                  std::int64_t* positions, std::vector<std::int64_t>& predictors,
                  std::vector<std::int64_t>& targets)
{
    for (std::size_t i = 0; i < sample.ids.size(); ++i) {
        const auto column = offset + static_cast<std::int64_t>(i);
        ids[column] = sample.ids[i];
        positions[column] = static_cast<std::int64_t>(i);
        if (i > 0 && sample.learn[i] != 0) {
            predictors.push_back(column - 1);
            targets.push_back(sample.ids[i]);
        }
    }
}

} // namespace

Batch make_batch(const std::vector<data::EncodedSample>& samples, std::span<const Row> rows,
                 Layout layout)
{
    if (layout == Layout::Seamless && rows.size() > 1) {
        Row joined;
        for (const auto& row : rows)
            joined.insert(joined.end(), row.begin(), row.end());
        return make_batch(samples, {&joined, 1}, layout);
    }
    std::int64_t width = 1;
    for (const auto& row : rows)
        width = std::max(width, row_length(samples, row));
    const auto height = std::max<std::int64_t>(1, static_cast<std::int64_t>(rows.size()));

    Batch batch;
    batch.ids = torch::zeros({height, width}, at::kLong);       // [B, T]
    batch.positions = torch::zeros({height, width}, at::kLong); // [B, T]
    auto* ids = batch.ids.data_ptr<std::int64_t>();
    auto* positions = batch.positions.data_ptr<std::int64_t>();
    std::vector<std::int64_t> predictors, targets;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto row = static_cast<std::int64_t>(r);
        std::int64_t start = 0;
        for (const auto index : rows[r]) {
            const auto& sample = samples[index];
            const auto length = static_cast<std::int64_t>(sample.ids.size());
            place_sample(sample, row * width + start, ids, positions, predictors, targets);
            batch.segments.push_back({row, start, length});
            start += length;
        }
        batch.num_tokens += start;
    }
    if (rows.empty())
        batch.segments.push_back({0, 0, 1});
    batch.predictors = torch::tensor(predictors, at::kLong); // [N]
    batch.targets = torch::tensor(targets, at::kLong);       // [N]
    return batch;
}

} // namespace lyceum::loader
