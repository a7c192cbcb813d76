#include "core/exporter/verify.h"

#include "core/runtime/guard.h"

#include <cstring>
#include <limits>

namespace lyceum::exporter {
namespace {

constexpr const char* kProbe =
    "Half of a pizza and a third of a pizza make five sixths: 1/2 + 1/3 = 3/6 + 2/6 = 5/6. "
    "Plants turn light, water and carbon dioxide into sugar; na\xC3\xAFve "
    "\xE2\x80\x9Cquotes\xE2\x80\x9D, "
    "tabs\tand 12345 numbers\n\n  are here to be difficult.";

Error differs(const std::string& what)
{
    return Error{ErrorCode::InvalidData, "the export does not read back as it was written: " + what,
                 "The disk may be faulty; try another one."};
}

} // namespace

Result<std::vector<text::TokenId>> probe_ids(const models::ModelPackage& package)
{
    std::string text = kProbe;
    if (package.chat_template) {
        LYCEUM_ASSIGN(text, package.chat_template->render(
                                {{"user", "What is 1/2 + 1/3?"}, {"assistant", kProbe}}));
    }
    std::vector<text::TokenId> ids = package.tokenizer->encode(text);
    const auto context = static_cast<std::size_t>(package.architecture.context_length());
    if (ids.size() > context)
        ids.resize(context);
    if (ids.empty())
        return Error{ErrorCode::InvalidData, "the tokenizer makes no tokens of the probe text", ""};
    return ids;
}

Result<at::Tensor> probe_logits(nn::CausalLm& model, const std::vector<text::TokenId>& ids)
{
    return runtime::guard("evaluating the model", [&] {
        const at::NoGradGuard no_grad;
        model.eval(); // GPT-2 has dropout
        const auto length = static_cast<std::int64_t>(ids.size());
        const at::Tensor row = at::tensor(ids, at::kLong).view({1, length});          // [1, T]
        const at::Tensor positions = at::arange(length, at::kLong).view({1, length}); // [1, T]
        const at::Tensor hidden = model.hidden_states(row, positions, {{0, 0, length}});
        return model.logits(hidden.view({length, -1})); // [T, V]
    });
}

double max_difference(const at::Tensor& a, const at::Tensor& b)
{
    const double difference = (a - b).abs().max().item<double>();
    return difference < std::numeric_limits<double>::infinity()
               ? difference
               : std::numeric_limits<double>::infinity();
}

std::size_t num_same_choices(const at::Tensor& a, const at::Tensor& b)
{
    return static_cast<std::size_t>(a.argmax(-1).eq(b.argmax(-1)).sum().item<std::int64_t>());
}

Result<void> compare_tensors(const nn::CausalLm& model, const formats::TensorSource& written)
{
    std::size_t count = 0;
    std::vector<float> values;
    for (const auto& item : model.named_parameters()) {
        const at::Tensor& parameter = item.value();
        values.resize(static_cast<std::size_t>(parameter.numel()));
        LYCEUM_TRY(written.read_float32(item.key(), values));
        if (std::memcmp(values.data(), parameter.const_data_ptr<float>(),
                        values.size() * sizeof(float)) != 0)
            return differs("tensor " + item.key() + " has other values");
        ++count;
    }
    if (written.tensors().size() != count)
        return differs("there are " + std::to_string(written.tensors().size()) +
                       " tensors, expected " + std::to_string(count));
    return {};
}

} // namespace lyceum::exporter
