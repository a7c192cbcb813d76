#include "core/formats/json.h"
#include "core/formats/safetensors.h"
#include "core/formats/tensor_index.h"

#include <utility>

namespace lyceum::formats {
namespace {

constexpr std::string_view kSingle = "model.safetensors";
constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::size_t kMaxShards = 10'000;

/// The shards of one model as one source.
class ShardedTensors final : public TensorSource {
public:
    /// @param weight_map tensor name to shard name; every tensor of a shard must be in it and the
    /// other way round.
    Result<void> add_shard(const std::string& shard_name, std::unique_ptr<TensorSource> shard,
                           const Json& weight_map)
    {
        for (const TensorInfo& info : shard->tensors()) {
            const auto entry = weight_map.find(info.name);
            if (entry == weight_map.end() || *entry != shard_name)
                return Error{ErrorCode::InvalidData,
                             shard_name + " holds tensor " + info.name + ", which " +
                                 std::string(kIndex) + " places " +
                                 (entry == weight_map.end() ? "nowhere" : "in " + excerpt(*entry)),
                             "The folder's files do not belong together; get it again."};
            if (!index_.add(info))
                return Error{ErrorCode::InvalidData, "tensor " + info.name + " is there twice", ""};
            owner_.push_back(shards_.size());
        }
        shards_.push_back(std::move(shard));
        return {};
    }

    [[nodiscard]] const std::vector<TensorInfo>& tensors() const noexcept override
    {
        return index_.all();
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, kIndex));
        return shards_[owner_[position]]->read_float32(name, out);
    }
    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, kIndex));
        return shards_[owner_[position]]->raw_bytes(name);
    }

private:
    std::vector<std::unique_ptr<TensorSource>> shards_;
    TensorIndex index_;
    std::vector<std::size_t> owner_; ///< Shard of each tensor, in the order of index_.
};

/// Shard names come from outside: a plain file name in the same folder, nothing else.
bool is_plain_file_name(const std::string& name)
{
    return name.ends_with(".safetensors") && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos && !name.starts_with('.');
}

Result<std::unique_ptr<TensorSource>> open_shards(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / kIndex;
    LYCEUM_ASSIGN(const Json index, read_json_file(path));
    const auto map = index.find("weight_map");
    if (!index.is_object() || map == index.end() || !map->is_object() || map->empty())
        return Error{ErrorCode::InvalidData, path.string() + " has no \"weight_map\"",
                     "Get the file again from where it came from."};
    std::map<std::string, std::size_t> num_tensors;
    for (const auto& [tensor, shard] : map->items()) {
        if (!shard.is_string() || !is_plain_file_name(shard.get_ref<const std::string&>()))
            return Error{ErrorCode::InvalidData,
                         path.string() + " places tensor " + tensor + " in " + excerpt(shard) +
                             ", expected the name of a .safetensors file beside it",
                         ""};
        ++num_tensors[shard.get<std::string>()];
    }
    if (num_tensors.size() > kMaxShards)
        return Error{ErrorCode::InvalidData,
                     path.string() + " names " + std::to_string(num_tensors.size()) + " files", ""};
    auto sharded = std::make_unique<ShardedTensors>();
    for (const auto& [shard_name, count] : num_tensors) {
        LYCEUM_ASSIGN(auto shard, open_safetensors(folder / shard_name));
        if (shard->tensors().size() != count)
            return Error{ErrorCode::InvalidData,
                         (folder / shard_name).string() + " holds " +
                             std::to_string(shard->tensors().size()) + " tensors, but " +
                             std::string(kIndex) + " places " + std::to_string(count) + " there",
                         "The folder's files do not belong together; get it again."};
        LYCEUM_TRY(sharded->add_shard(shard_name, std::move(shard), *map));
    }
    return std::unique_ptr<TensorSource>(std::move(sharded));
}

} // namespace

Result<std::unique_ptr<TensorSource>> open_safetensors_folder(const std::filesystem::path& folder)
{
    std::error_code ignored;
    if (std::filesystem::exists(folder / kSingle, ignored))
        return open_safetensors(folder / kSingle);
    if (std::filesystem::exists(folder / kIndex, ignored))
        return open_shards(folder);
    return Error{ErrorCode::NotFound,
                 "there is neither " + std::string(kSingle) + " nor " + std::string(kIndex) +
                     " in " + folder.string(),
                 "This version reads weights as safetensors; save the model in that format."};
}

} // namespace lyceum::formats
