#include "core/base/atomic_file.h"
#include "core/base/check.h"
#include "core/formats/disk_space.h"
#include "core/formats/safetensors.h"
#include "core/formats/safetensors_header.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <utility>

namespace lyceum::formats {
namespace {

constexpr const char* kSingleName = "model.safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";

struct Shard {
    std::string name;
    std::size_t first = 0; ///< Position of its first tensor.
    std::uint64_t size_bytes = 0;
};

/// Fills one shard after the other, in the tensors' order.
std::vector<Shard> plan_shards(const std::vector<StoredTensor>& tensors, std::uint64_t limit)
{
    std::vector<Shard> shards = {{}};
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const std::uint64_t size = tensors[i].size_bytes();
        const std::uint64_t used = shards.back().size_bytes;
        if (used > 0 && (used > limit || size > limit - used))
            shards.push_back({.name = "", .first = i});
        shards.back().size_bytes += size;
    }
    for (std::size_t i = 0; i < shards.size(); ++i) {
        std::array<char, 64> name = {};
        std::snprintf(name.data(), name.size(), "model-%05zu-of-%05zu.safetensors", i + 1,
                      shards.size());
        shards[i].name = shards.size() == 1 ? kSingleName : name.data();
    }
    return shards;
}

class ShardWriter final : public TensorWriter {
public:
    ShardWriter(std::filesystem::path folder, std::vector<StoredTensor> tensors,
                std::vector<Shard> shards)
        : folder_(std::move(folder)), tensors_(std::move(tensors)), shards_(std::move(shards))
    {
    }

    Result<void> append(std::span<const std::byte> data) override
    {
        LYCEUM_CHECK(num_written_ < tensors_.size() &&
                         data.size() == tensors_[num_written_].size_bytes(),
                     "the data is the next tensor's");
        if (files_.size() < shards_.size() && shards_[files_.size()].first == num_written_)
            LYCEUM_TRY(begin_shard());
        ++num_written_;
        return files_.back().append(data);
    }

    Result<void> commit() override
    {
        LYCEUM_CHECK(num_written_ == tensors_.size(), "every tensor has been written");
        for (AtomicFile& file : files_)
            LYCEUM_TRY(file.commit());
        if (shards_.size() == 1)
            return {};
        return write_file_atomically(folder_ / kIndexName, index());
    }

    [[nodiscard]] std::vector<std::string> file_names() const override
    {
        std::vector<std::string> names;
        for (const Shard& shard : shards_)
            names.push_back(shard.name);
        if (shards_.size() > 1)
            names.emplace_back(kIndexName);
        return names;
    }

private:
    [[nodiscard]] std::size_t end_of(std::size_t shard) const
    {
        return shard + 1 < shards_.size() ? shards_[shard + 1].first : tensors_.size();
    }

    Result<void> begin_shard()
    {
        const std::size_t shard = files_.size();
        std::vector<SafetensorsEntry> entries;
        for (std::size_t i = shards_[shard].first; i < end_of(shard); ++i)
            entries.push_back({tensors_[i].name, tensors_[i].shape,
                               std::string(tensors_[i].type->name), tensors_[i].size_bytes()});
        LYCEUM_ASSIGN(AtomicFile file, AtomicFile::create(folder_ / shards_[shard].name));
        LYCEUM_TRY(file.append(make_safetensors_header(entries, {{"format", "pt"}})));
        files_.push_back(std::move(file));
        return {};
    }

    [[nodiscard]] std::string index() const
    {
        nlohmann::ordered_json map = nlohmann::ordered_json::object();
        std::uint64_t total = 0;
        for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
            total += shards_[shard].size_bytes;
            for (std::size_t i = shards_[shard].first; i < end_of(shard); ++i)
                map[tensors_[i].name] = shards_[shard].name;
        }
        const nlohmann::ordered_json json = {{"metadata", {{"total_size", total}}},
                                             {"weight_map", std::move(map)}};
        return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    }

    std::filesystem::path folder_;
    std::vector<StoredTensor> tensors_;
    std::vector<Shard> shards_;
    std::vector<AtomicFile> files_; ///< Of the shards begun so far.
    std::size_t num_written_ = 0;
};

} // namespace

Result<std::unique_ptr<TensorWriter>> create_safetensors_folder(const std::filesystem::path& folder,
                                                                std::vector<StoredTensor> tensors,
                                                                std::uint64_t max_shard_bytes)
{
    std::vector<Shard> shards = plan_shards(tensors, max_shard_bytes);
    std::uint64_t total = 0;
    for (const Shard& shard : shards)
        total += shard.size_bytes;
    LYCEUM_TRY(require_disk_space(folder, total));
    return std::unique_ptr<TensorWriter>(
        std::make_unique<ShardWriter>(folder, std::move(tensors), std::move(shards)));
}

} // namespace lyceum::formats
