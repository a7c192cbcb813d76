#include "core/formats/weights_folder.h"

#include "core/formats/json_description.h"
#include "core/formats/safetensors.h"
#include "core/formats/tensor_index.h"
#include "core/formats/torch_file.h"

#include <map>
#include <utility>

namespace lyceum::formats {
namespace {

/// How the folder's weights are stored.
struct Kind {
    std::string_view single;
    std::string_view index;
    std::string_view extension; ///< Of a shard.
    Result<std::unique_ptr<TensorSource>> (*open)(const std::filesystem::path&);
};
constexpr Kind kKinds[] = {
    {"model.safetensors", "model.safetensors.index.json", ".safetensors", open_safetensors},
    {"pytorch_model.bin", "pytorch_model.bin.index.json", ".bin", open_torch}};
constexpr std::size_t kMaxShards = 10'000;

/// The shards of one model as one source.
class ShardedTensors final : public TensorSource {
public:
    explicit ShardedTensors(std::string_view index_name) : index_name_(index_name) {}

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
                                 std::string(index_name_) + " places " +
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
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, index_name_));
        return shards_[owner_[position]]->read_float32(name, out);
    }
    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        LYCEUM_ASSIGN(const std::size_t position, index_.require(name, index_name_));
        return shards_[owner_[position]]->raw_bytes(name);
    }

private:
    std::string_view index_name_;
    std::vector<std::unique_ptr<TensorSource>> shards_;
    TensorIndex index_;
    std::vector<std::size_t> owner_; ///< Shard of each tensor, in the order of index_.
};

/// Shard names come from outside: a plain file name in the same folder, nothing else.
bool is_plain_file_name(const std::string& name, const Kind& kind)
{
    return name.ends_with(kind.extension) && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos && !name.starts_with('.');
}

Result<std::unique_ptr<TensorSource>> open_shards(const std::filesystem::path& folder,
                                                  const Kind& kind)
{
    const std::filesystem::path path = folder / kind.index;
    LYCEUM_ASSIGN(const Json index, read_description(path));
    const auto map = index.find("weight_map");
    if (!index.is_object() || map == index.end() || !map->is_object() || map->empty())
        return Error{ErrorCode::InvalidData, path.string() + " has no \"weight_map\"",
                     "Get the file again from where it came from."};
    std::map<std::string, std::size_t> num_tensors;
    for (const auto& [tensor, shard] : map->items()) {
        if (!shard.is_string() || !is_plain_file_name(shard.get_ref<const std::string&>(), kind))
            return Error{ErrorCode::InvalidData,
                         path.string() + " places tensor " + tensor + " in " + excerpt(shard) +
                             ", expected the name of a " + std::string(kind.extension) +
                             " file beside it",
                         ""};
        ++num_tensors[shard.get<std::string>()];
    }
    if (num_tensors.size() > kMaxShards)
        return Error{ErrorCode::InvalidData,
                     path.string() + " names " + std::to_string(num_tensors.size()) + " files", ""};
    auto sharded = std::make_unique<ShardedTensors>(kind.index);
    for (const auto& [shard_name, count] : num_tensors) {
        LYCEUM_ASSIGN(auto shard, kind.open(folder / shard_name));
        if (shard->tensors().size() != count)
            return Error{ErrorCode::InvalidData,
                         (folder / shard_name).string() + " holds " +
                             std::to_string(shard->tensors().size()) + " tensors, but " +
                             std::string(kind.index) + " places " + std::to_string(count) +
                             " there",
                         "The folder's files do not belong together; get it again."};
        LYCEUM_TRY(sharded->add_shard(shard_name, std::move(shard), *map));
    }
    return std::unique_ptr<TensorSource>(std::move(sharded));
}

} // namespace

Result<std::unique_ptr<TensorSource>> open_weights_folder(const std::filesystem::path& folder)
{
    std::error_code ignored;
    std::string looked_for;
    for (const Kind& kind : kKinds) {
        if (std::filesystem::exists(folder / kind.single, ignored))
            return kind.open(folder / kind.single);
        if (std::filesystem::exists(folder / kind.index, ignored))
            return open_shards(folder, kind);
        looked_for += (looked_for.empty() ? "" : " nor ") + std::string(kind.single) + " nor " +
                      std::string(kind.index);
    }
    return Error{ErrorCode::NotFound, "there is neither " + looked_for + " in " + folder.string(),
                 "Save the model with save_pretrained, as safetensors."};
}

} // namespace lyceum::formats
