#include "core/jobs/run_figures.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>
#include <vector>

namespace lyceum::jobs {

namespace {

constexpr std::size_t kRecentPoints = 50;
constexpr std::int64_t kRecentSteps = 500; // covers kRecentPoints at log_every_n_steps up to 10

double now_seconds()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

/// Seconds a step takes, pauses for validation and saving included; empty before the second point.
Result<std::optional<double>> recent_seconds_per_step(store::RunStore& store,
                                                      const store::RunRow& run)
{
    const auto after = std::max<std::int64_t>(run.step - kRecentSteps, -1);
    LYCEUM_ASSIGN(auto points, store.series(run.id, "train_loss", after));
    // Points before this attempt or its latest pause would count the time nothing ran.
    const double since = std::max(run.started_at, run.continued_at);
    std::erase_if(points, [since](const auto& point) { return point.time < since; });
    if (points.size() < 2)
        return std::optional<double>();
    const auto& last = points.back();
    const auto& first = points[points.size() - std::min(points.size(), kRecentPoints)];
    return std::optional((last.time - first.time) / static_cast<double>(last.step - first.step));
}

} // namespace

Result<RunFigures> run_figures(store::RunStore& store, const store::RunRow& run)
{
    RunFigures figures;
    figures.step = run.step;
    figures.total_steps = run.total_steps;
    if (run.total_steps > 0)
        figures.progress = std::clamp(
            static_cast<double>(run.step) / static_cast<double>(run.total_steps), 0.0, 1.0);
    figures.elapsed_seconds = elapsed_seconds(run);
    figures.best_val_loss = run.best_val_loss;

    LYCEUM_ASSIGN(const auto latest, store.latest_metrics(run.id));
    const auto value_of = [&latest](std::string_view name) -> std::optional<double> {
        const auto found = std::ranges::find(latest, name, &store::Metric::name);
        return found == latest.end() ? std::optional<double>() : found->value;
    };
    figures.train_loss = value_of("train_loss");
    figures.val_loss = value_of("val_loss");
    figures.perplexity = value_of("perplexity");
    figures.learning_rate = value_of("learning_rate");
    figures.tokens_per_second = value_of("tokens_per_second");
    figures.memory_bytes = value_of("memory_bytes");

    LYCEUM_ASSIGN(figures.seconds_left, seconds_left(store, run));
    return figures;
}

double elapsed_seconds(const store::RunRow& run)
{
    if (run.started_at <= 0)
        return 0;
    double end = run.ended_at;
    if (is_active(run.status))
        end = run.paused_at > 0 ? run.paused_at : now_seconds();
    else if (end < run.started_at) // lost without a word: its last sign of life
        end = run.heartbeat_at;
    return std::max(0.0, end - run.started_at - run.paused_seconds);
}

Result<std::optional<double>> seconds_left(store::RunStore& store, const store::RunRow& run)
{
    if (!is_active(run.status) || run.status == store::RunStatus::Stopping ||
        run.status == store::RunStatus::Paused || run.total_steps <= 0)
        return std::optional<double>();
    LYCEUM_ASSIGN(const auto pace, recent_seconds_per_step(store, run));
    if (!pace)
        return std::optional<double>();
    const auto steps = std::max<std::int64_t>(run.total_steps - run.step, 0);
    return std::optional(*pace * static_cast<double>(steps));
}

} // namespace lyceum::jobs
