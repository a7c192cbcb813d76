#include "core/runtime/precision.h"

#include "core/runtime/grad_scaler.h"

#include <ATen/cpu/Utils.h>
#include <torch/torch.h>

#include <cmath>
#include <cstdio>

namespace lyceum::runtime {
namespace {

/// Whether the processor multiplies this type itself; LibTorch emulates what it does not.
bool is_native(at::ScalarType type)
{
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto has = [&](const char* name) {
        const auto found = capabilities.find(name);
        return found != capabilities.end() && found->second.isBool() && found->second.toBool();
    };
    if (type == at::kBFloat16)
        return has("avx512_bf16") || has("amx_bf16") || has("bf16");
    if (type == at::kHalf)
        return has("avx512_fp16") || has("amx_fp16") || has("fp16");
    return true;
}

std::string slowness(std::string_view name, at::ScalarType type)
{
    if (is_native(type))
        return {};
    return "trainer.precision is " + std::string(name) +
           ", which this processor has no instructions for: it is emulated, and several times "
           "slower than 32-true.";
}

/// Numbers that are none, such as quantised weights, keep their type.
void convert(torch::nn::Module& module, at::ScalarType type)
{
    const torch::NoGradGuard no_grad;
    const auto into_type = [type](at::Tensor tensor) {
        if (tensor.is_floating_point() && tensor.scalar_type() != type)
            tensor.set_data(tensor.to(type));
    };
    for (const auto& parameter : module.parameters())
        into_type(parameter);
    for (const auto& buffer : module.buffers())
        into_type(buffer);
}

/// Weights, activations and gradients all of one type.
class TruePrecision final : public Precision {
public:
    TruePrecision(std::string_view name, at::ScalarType type) : name_(name), type_(type) {}
    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    void convert_module(torch::nn::Module& module) const override { convert(module, type_); }
    [[nodiscard]] std::string advice() const override { return slowness(name_, type_); }

private:
    std::string_view name_;
    at::ScalarType type_;
};

/// float32 weights; matrix products in a shorter type.
class MixedPrecision : public Precision {
public:
    MixedPrecision(std::string_view name, at::ScalarType type) : name_(name), type_(type) {}
    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    void convert_module(torch::nn::Module& module) const override { convert(module, at::kFloat); }
    [[nodiscard]] AutocastScope forward_context() const override { return AutocastScope(type_); }
    [[nodiscard]] std::string advice() const override { return slowness(name_, type_); }

private:
    std::string_view name_;
    at::ScalarType type_;
};

std::string whole(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

/// Half precision reaches from 6e-8 to 65504 only: the loss is scaled so that gradients fit.
class ScaledPrecision final : public MixedPrecision {
public:
    ScaledPrecision() : MixedPrecision("16-mixed", at::kHalf) {}

    [[nodiscard]] at::Tensor scale_loss(const at::Tensor& loss) const override
    {
        return loss * scaler_.scale();
    }
    [[nodiscard]] double gradient_factor() const override { return 1.0 / scaler_.scale(); }

    [[nodiscard]] Result<StepVerdict> judge(double gradient_norm) override
    {
        constexpr double kSmallest = 1.0 / 65536.0;
        const double before = scaler_.scale();
        const bool has_overflowed = !std::isfinite(gradient_norm);
        if (has_overflowed && before <= kSmallest)
            return Error{ErrorCode::Unsupported,
                         "The gradients overflow 16 bits even with the loss scaled by " +
                             whole(before) + ".",
                         "Use trainer.precision: bf16-mixed or 32-true, or a lower optimizer.lr."};
        scaler_.update(has_overflowed);
        StepVerdict verdict{.is_taken = !has_overflowed};
        if (has_overflowed)
            verdict.event = "Skipped: the gradients overflowed 16 bits. The loss scale went from " +
                            whole(before) + " to " + whole(scaler_.scale()) + ".";
        else if (scaler_.scale() != before)
            verdict.event =
                "The loss scale grew from " + whole(before) + " to " + whole(scaler_.scale()) + ".";
        return verdict;
    }

    [[nodiscard]] std::vector<std::pair<std::string, double>> figures() const override
    {
        return {{"loss_scale", scaler_.scale()},
                {"skipped_steps", static_cast<double>(scaler_.num_skipped())}};
    }

    [[nodiscard]] nlohmann::json state() const override { return scaler_.state(); }
    [[nodiscard]] Result<void> load_state(const nlohmann::json& state) override
    {
        return state.is_null() ? Result<void>() : scaler_.load_state(state);
    }

private:
    GradScaler scaler_;
};

} // namespace

Result<StepVerdict> Precision::judge(double)
{
    return StepVerdict{};
}

Result<std::unique_ptr<Precision>> make_precision(std::string_view name)
{
    std::unique_ptr<Precision> precision;
    if (name == "auto" || name == "32-true")
        precision = std::make_unique<TruePrecision>("32-true", at::kFloat);
    else if (name == "64-true")
        precision = std::make_unique<TruePrecision>("64-true", at::kDouble);
    else if (name == "bf16-true")
        precision = std::make_unique<TruePrecision>("bf16-true", at::kBFloat16);
    else if (name == "bf16-mixed")
        precision = std::make_unique<MixedPrecision>("bf16-mixed", at::kBFloat16);
    else if (name == "16-mixed")
        precision = std::make_unique<ScaledPrecision>();
    else
        return Error{ErrorCode::Unsupported,
                     "trainer.precision is '" + std::string(name) +
                         "', which this version cannot do.",
                     "Use auto, 32-true, bf16-mixed, bf16-true, 16-mixed or 64-true."};
    return precision;
}

} // namespace lyceum::runtime
