#include "core/models/model_opener.h"

#include <map>
#include <utility>

namespace lyceum::models {
namespace {

class ReplacedTensors final : public formats::TensorSource {
public:
    ReplacedTensors(std::shared_ptr<const formats::TensorSource> base,
                    std::shared_ptr<const formats::TensorSource> changed)
        : base_(std::move(base)), changed_(std::move(changed)), tensors_(base_->tensors())
    {
        for (const formats::TensorInfo& info : changed_->tensors())
            infos_.emplace(info.name, &info);
        for (formats::TensorInfo& info : tensors_)
            if (const auto found = infos_.find(info.name); found != infos_.end())
                info = *found->second;
    }

    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return tensors_;
    }
    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        return source_of(name).read_float32(name, out);
    }
    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        return source_of(name).raw_bytes(name);
    }

private:
    [[nodiscard]] const formats::TensorSource& source_of(std::string_view name) const
    {
        return infos_.contains(name) ? *changed_ : *base_;
    }

    std::shared_ptr<const formats::TensorSource> base_;
    std::shared_ptr<const formats::TensorSource> changed_;
    std::vector<formats::TensorInfo> tensors_;
    std::map<std::string_view, const formats::TensorInfo*> infos_; ///< Of changed_.
};

} // namespace

Result<std::shared_ptr<const formats::TensorSource>>
replace_tensors(std::shared_ptr<const formats::TensorSource> base,
                std::shared_ptr<const formats::TensorSource> changed, std::string_view source_name)
{
    std::map<std::string_view, const formats::TensorInfo*> known;
    for (const formats::TensorInfo& info : base->tensors())
        known.emplace(info.name, &info);
    for (const formats::TensorInfo& info : changed->tensors()) {
        const auto found = known.find(info.name);
        if (found == known.end() || found->second->shape != info.shape)
            return Error{ErrorCode::InvalidData,
                         std::string(source_name) + ": tensor " + info.name +
                             " is none of the base model, or has another shape there",
                         "The base model changed since the run; bring back the one it began with."};
    }
    return std::shared_ptr<const formats::TensorSource>(
        std::make_shared<ReplacedTensors>(std::move(base), std::move(changed)));
}

} // namespace lyceum::models
