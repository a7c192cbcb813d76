#include "core/nn/freeze.h"

#include "core/base/text.h"

#include <fnmatch.h>
#include <torch/torch.h>

#include <algorithm>

namespace lyceum::nn {

namespace {

bool fits(const std::string& pattern, const std::string& name)
{
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

/// The names themselves, and each part of the model as "model.layers.0.*".
std::vector<std::string> suggestions(const std::vector<std::string>& names)
{
    std::vector<std::string> all = names;
    for (const auto& name : names)
        for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
            all.push_back(name.substr(0, dot) + ".*");
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return all;
}

Error fits_nothing(const std::string& pattern, const std::vector<std::string>& names)
{
    std::string hint;
    if (const auto near = nearest(pattern, suggestions(names))) {
        hint = "Did you mean " + *near + "?";
    } else if (std::ranges::any_of(
                   names, [&](const std::string& name) { return fits("*" + pattern, name); })) {
        hint = "Did you mean *" + pattern + "?";
    } else {
        const auto shared = [&pattern](const std::string& name) {
            return std::ranges::mismatch(pattern, name).in1 - pattern.begin();
        };
        hint = "The nearest parameter is " + *std::ranges::max_element(names, {}, shared) + ".";
    }
    return {ErrorCode::InvalidConfig,
            "model.freeze: \"" + pattern + "\" fits no parameter of the model.", hint};
}

} // namespace

Result<void> freeze(torch::nn::Module& model, const std::vector<std::string>& patterns)
{
    std::vector<std::string> names;
    for (const auto& item : model.named_parameters())
        names.push_back(item.key());
    for (const auto& pattern : patterns) {
        bool is_used = false;
        for (auto& item : model.named_parameters()) {
            if (!fits(pattern, item.key()))
                continue;
            item.value().set_requires_grad(false);
            is_used = true;
        }
        if (!is_used)
            return fits_nothing(pattern, names);
    }
    if (count_parameters(model).trained == 0)
        return Error{ErrorCode::InvalidConfig,
                     "model.freeze keeps every parameter of the model from learning.",
                     "Leave some of it out: " + join(patterns, ", ") + "."};
    return {};
}

ParameterCount count_parameters(const torch::nn::Module& model)
{
    ParameterCount count;
    for (const auto& parameter : model.parameters()) {
        count.all += parameter.numel();
        count.trained += parameter.requires_grad() ? parameter.numel() : 0;
    }
    return count;
}

} // namespace lyceum::nn
