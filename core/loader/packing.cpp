#include "core/loader/packing.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>

namespace lyceum::loader {

namespace {

// std::shuffle and std::uniform_int_distribution may differ between standard libraries; a run must
// not.
template <typename T>
void shuffle_in_place(std::vector<T>& items, std::mt19937_64& generator)
{
    for (std::size_t i = items.size(); i > 1; --i) {
        const std::uint64_t limit = std::mt19937_64::max() - std::mt19937_64::max() % i;
        std::uint64_t draw = generator();
        while (draw >= limit)
            draw = generator();
        std::swap(items[i - 1], items[draw % i]);
    }
}

std::mt19937_64 epoch_generator(std::uint64_t seed, std::int64_t epoch)
{
    const auto number = static_cast<std::uint64_t>(epoch);
    std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                           static_cast<std::uint32_t>(number),
                           static_cast<std::uint32_t>(number >> 32)};
    return std::mt19937_64(sequence);
}

/// Free room of every possible row in a tree of maxima, so that the first that fits is found in log
/// n.
class RoomTree {
public:
    RoomTree(std::size_t rows, std::size_t room)
        : leaves_(std::bit_ceil(rows)), room_(2 * leaves_, room)
    {
    }

    std::size_t first_with(std::size_t length) const
    {
        std::size_t node = 1;
        while (node < leaves_)
            node = room_[2 * node] >= length ? 2 * node : 2 * node + 1;
        return node - leaves_;
    }

    void take(std::size_t row, std::size_t length)
    {
        std::size_t node = row + leaves_;
        room_[node] -= length;
        for (node /= 2; node >= 1; node /= 2)
            room_[node] = std::max(room_[2 * node], room_[2 * node + 1]);
    }

private:
    std::size_t leaves_;
    std::vector<std::size_t> room_;
};

std::vector<Row> pack_first_fit(const std::vector<data::EncodedSample>& samples,
                                const std::vector<std::uint32_t>& order, std::size_t max_length)
{
    std::vector<Row> rows;
    RoomTree room(order.size(), max_length);
    for (const auto index : order) {
        // A sample longer than a row fills an empty one; a row is never shared with it.
        const std::size_t length = std::min(samples[index].ids.size(), max_length);
        const std::size_t row = room.first_with(length);
        room.take(row, length);
        if (row >= rows.size())
            rows.resize(row + 1);
        rows[row].push_back(index);
    }
    return rows;
}

} // namespace

std::vector<Row> plan_rows(const std::vector<data::EncodedSample>& samples,
                           const PlanOptions& options, std::int64_t epoch)
{
    if (samples.empty())
        return {};
    std::vector<std::uint32_t> order(samples.size());
    std::iota(order.begin(), order.end(), 0U);
    auto generator = epoch_generator(options.seed, epoch);
    if (options.shuffle)
        shuffle_in_place(order, generator);
    if (options.packing) {
        auto rows = pack_first_fit(samples, order, options.max_length);
        if (options.shuffle)
            shuffle_in_place(rows, generator);
        return rows;
    }
    std::vector<Row> rows;
    rows.reserve(order.size());
    for (const auto index : order)
        rows.push_back({index});
    return rows;
}

} // namespace lyceum::loader
