#include "core/models/family.h"
#include "core/models/model_opener.h"

#include <cmath>
#include <utility>

namespace lyceum::models {
namespace {

class MergedTensors final : public formats::TensorSource {
public:
    MergedTensors(std::shared_ptr<const formats::TensorSource> base,
                  const Architecture& architecture, Adapter adapter)
        : base_(std::move(base))
        , architecture_(architecture)
        , adapter_(std::move(adapter))
        , tensors_(base_->tensors())
    {
        for (formats::TensorInfo& info : tensors_)
            if (changes(info.name)) {
                info.dtype = "F32";
                info.size_bytes = static_cast<std::uint64_t>(info.num_elements()) * sizeof(float);
            }
    }

    [[nodiscard]] const std::vector<formats::TensorInfo>& tensors() const noexcept override
    {
        return tensors_;
    }

    [[nodiscard]] Result<void> read_float32(std::string_view name,
                                            std::span<float> out) const override
    {
        LYCEUM_TRY(base_->read_float32(name, out));
        if (!changes(name))
            return {};
        const auto rank = static_cast<std::size_t>(adapter_.rank);
        const bool transposed = is_transposed(architecture_, name);
        std::size_t rows = 0;
        for (const formats::TensorInfo& info : tensors_)
            if (info.name == name)
                rows =
                    static_cast<std::size_t>(transposed ? info.shape.back() : info.shape.front());
        const std::size_t columns = out.size() / rows;
        std::vector<float> a(rank * columns); // [rank, in]
        std::vector<float> b(rows * rank);    // [out, rank]
        LYCEUM_TRY(adapter_.tensors->read_float32(half(name, "lora_A"), a));
        LYCEUM_TRY(adapter_.tensors->read_float32(half(name, "lora_B"), b));
        std::vector<float> magnitudes(adapter_.use_dora ? rows : 0);
        if (adapter_.use_dora)
            LYCEUM_TRY(adapter_.tensors->read_float32(magnitude_of(name), magnitudes));
        const auto scale =
            static_cast<float>(lora_scale(adapter_.rank, adapter_.alpha, adapter_.use_rslora));
        std::vector<float> sum(columns);
        for (std::size_t row = 0; row < rows; ++row) {
            std::fill(sum.begin(), sum.end(), 0.0F);
            for (std::size_t r = 0; r < rank; ++r)
                for (std::size_t column = 0; column < columns; ++column)
                    sum[column] += b[row * rank + r] * a[r * columns + column];
            const auto at = [&](std::size_t column) -> float& {
                return out[transposed ? column * rows + row : row * columns + column];
            };
            double squares = 0;
            for (std::size_t column = 0; column < columns; ++column) {
                at(column) += scale * sum[column];
                squares += static_cast<double>(at(column)) * static_cast<double>(at(column));
            }
            if (!adapter_.use_dora || squares == 0)
                continue;
            const auto factor = static_cast<float>(magnitudes[row] / std::sqrt(squares));
            for (std::size_t column = 0; column < columns; ++column)
                at(column) *= factor;
        }
        return {};
    }

    [[nodiscard]] Result<std::span<const std::byte>> raw_bytes(std::string_view name) const override
    {
        return changes(name) ? TensorSource::raw_bytes(name) : base_->raw_bytes(name);
    }

private:
    /// "x.q_proj.weight" to "x.q_proj.lora_A.weight".
    static std::string half(std::string_view name, std::string_view which)
    {
        const std::string_view stem = name.substr(0, name.rfind('.'));
        return std::string(stem) + "." + std::string(which) + ".weight";
    }

    static std::string magnitude_of(std::string_view name)
    {
        return std::string(name.substr(0, name.rfind('.'))) + ".lora_magnitude_vector";
    }

    [[nodiscard]] bool changes(std::string_view name) const
    {
        if (!name.ends_with(".weight"))
            return false;
        const std::string a = half(name, "lora_A");
        for (const formats::TensorInfo& info : adapter_.tensors->tensors())
            if (info.name == a)
                return true;
        return false;
    }

    std::shared_ptr<const formats::TensorSource> base_;
    Architecture architecture_;
    Adapter adapter_;
    std::vector<formats::TensorInfo> tensors_;
};

} // namespace

double lora_scale(int rank, double alpha, bool use_rslora)
{
    return alpha / (use_rslora ? std::sqrt(static_cast<double>(rank)) : rank);
}

std::shared_ptr<const formats::TensorSource>
merge_adapter(std::shared_ptr<const formats::TensorSource> base, const Architecture& architecture,
              Adapter adapter)
{
    return std::make_shared<MergedTensors>(std::move(base), architecture, std::move(adapter));
}

} // namespace lyceum::models
