#include "core/train/matmul_peak.h"

#include "core/base/atomic_file.h"
#include "core/base/log.h"
#include "core/base/process.h"
#include "core/formats/json.h"
#include "core/nn/causal_lm.h"
#include "core/runtime/guard.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>

namespace lyceum::train {

namespace {

constexpr std::int64_t kPeakSize = 1024;
constexpr double kPeakSeconds = 0.2;

double measure_peak()
{
    using PeakClock = std::chrono::steady_clock;
    const auto since = [](PeakClock::time_point start) {
        return std::chrono::duration<double>(PeakClock::now() - start).count();
    };
    const torch::NoGradGuard no_grad;
    const auto a = torch::ones({kPeakSize, kPeakSize}), b = torch::ones({kPeakSize, kPeakSize});
    auto product = torch::mm(a, b); // warms up
    double best = 0;
    const auto start = PeakClock::now();
    do {
        const auto begin = PeakClock::now();
        torch::mm_out(product, a, b);
        const double operations = 2.0 * kPeakSize * kPeakSize * kPeakSize;
        best = std::max(best, operations / since(begin));
    } while (since(start) < kPeakSeconds);
    return best;
}

} // namespace

Result<double> matmul_peak(const std::filesystem::path& workspace)
{
    const auto path = workspace / "matmul_peak.json";
    const auto machine = host_name() + ", " + std::to_string(at::get_num_threads()) + " threads";
    auto known = formats::Json::object();
    if (std::filesystem::exists(path)) {
        if (auto read = formats::read_json_file(path, std::size_t{1} << 20U);
            read && read.value().is_object())
            known = std::move(read).value();
    }
    if (const auto found = known.find(machine);
        found != known.end() && found->is_number() && found->get<double>() > 0)
        return found->get<double>();
    LYCEUM_ASSIGN(const double peak, runtime::guard("measuring the matmul peak", measure_peak));
    known[machine] = peak;
    if (const auto done = write_file_atomically(path, formats::dump_json(known, 1) + "\n"); !done)
        log::warning(done.error().message);
    return peak;
}

FlopModel flop_model(const nn::CausalLm& model)
{
    const auto& architecture = model.architecture();
    FlopModel flops;
    for (const auto& item : model.named_parameters()) {
        const auto& name = item.key();
        const auto has = [&name](const char* part) { return name.find(part) != std::string::npos; };
        const bool is_position = has("wpe") || has("position_embeddings");
        const bool is_lookup =
            !architecture.tie_word_embeddings && (has("embed_tokens") || has("wte"));
        if (!is_position && !is_lookup)
            flops.per_token += static_cast<double>(item.value().numel()) *
                               (item.value().requires_grad() ? 6.0 : 4.0);
    }
    flops.per_pair =
        12.0 * static_cast<double>(architecture.num_hidden_layers *
                                   architecture.num_attention_heads * architecture.head_dim);
    return flops;
}

} // namespace lyceum::train
