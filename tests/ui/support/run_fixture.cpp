#include "tests/ui/support/run_fixture.h"

#include "core/base/check.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <random>

namespace lyceum::test {

namespace {

using store::RunStatus;

constexpr double kSecondsPerStep = 0.92;
constexpr double kTokensPerStep = 8192;
constexpr int kStepsPerEpoch = 406;
constexpr double kGibi = 1024.0 * 1024.0 * 1024.0;

double nowSeconds()
{
    using namespace std::chrono;
    return duration<double>(system_clock::now().time_since_epoch()).count();
}

template <typename T>
T must(Result<T> result)
{
    LYCEUM_CHECK(static_cast<bool>(result), result ? "" : result.error().message);
    return std::move(result).value();
}

void must(const Result<void>& result)
{
    LYCEUM_CHECK(static_cast<bool>(result), result ? "" : result.error().message);
}

double lossAt(double step)
{
    return 1.20 + 1.05 * std::exp(-step / 95.0);
}

double rateAt(double step, double total)
{
    constexpr double kWarmup = 20;
    constexpr double kPeak = 2e-4;
    if (step < kWarmup)
        return kPeak * step / kWarmup;
    const double share = (step - kWarmup) / (total - kWarmup);
    return kPeak * (0.1 + 0.9 * 0.5 * (1 + std::cos(3.14159265 * share)));
}

double valLossAt(double step)
{
    return lossAt(step) + 0.09 - 0.00001 * step;
}

bool isEnd(RunStatus status)
{
    return status == RunStatus::Finished || status == RunStatus::Stopped ||
           status == RunStatus::Failed;
}

void recordCurves(store::RunStore& store, store::RunId id, const RunStory& story, double begin)
{
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0.0, 0.07);
    std::vector<store::Metric> metrics;
    for (std::int64_t step = 1; step <= story.step; ++step) {
        const double time = begin + static_cast<double>(step) * kSecondsPerStep;
        const auto at = static_cast<double>(step);
        const auto add = [&](const char* name, double value) {
            metrics.push_back({.step = step, .name = name, .value = value, .time = time});
        };
        add("train_loss", lossAt(at) + noise(random));
        add("learning_rate", rateAt(at, static_cast<double>(story.totalSteps)));
        add("tokens_per_second", 8900 + 900 * noise(random));
        add("memory_bytes", (step < 3 ? 1.1 : 2.4 + 0.02 * noise(random)) * kGibi);
        add("tokens", at * kTokensPerStep);
        add("epoch", at / kStepsPerEpoch);
        if (step % story.checkEvery == 0) {
            add("val_loss", valLossAt(at));
            add("perplexity", std::exp(valLossAt(at)));
        }
    }
    must(store.record(id,
                      {.phase = story.phase,
                       .step = story.step,
                       .total_steps = story.totalSteps,
                       .epoch = static_cast<double>(story.step) / kStepsPerEpoch},
                      metrics));
}

void saveCheckpoints(store::RunStore& store, store::RunId id, const RunStory& story, double begin,
                     const std::filesystem::path& folder)
{
    if (story.saveEvery == 0)
        return;
    constexpr std::uint64_t kSize = 74'448'896;
    const std::int64_t last = story.step / story.saveEvery * story.saveEvery;
    for (std::int64_t step = story.saveEvery; step <= last; step += story.saveEvery) {
        const double time = begin + static_cast<double>(step) * kSecondsPerStep;
        char name[32];
        std::snprintf(name, sizeof name, "step-%06lld", static_cast<long long>(step));
        must(store.put_checkpoint(id, {.step = step,
                                       .folder = folder / "checkpoints" / name,
                                       .val_loss = valLossAt(static_cast<double>(step)),
                                       .size_bytes = kSize,
                                       .time = time,
                                       .is_best = true,
                                       .is_last = true,
                                       .is_kept = step > last - 3 * story.saveEvery,
                                       .reason = "schedule"}));
        must(store.add_event(
            id, {.step = step,
                 .time = time,
                 .kind = "best",
                 .text = "Checkpoint " + std::to_string(step) + " saved, the best so far."}));
    }
}

void addEvents(store::RunStore& store, store::RunId id, const RunStory& story, double begin)
{
    must(store.add_event(id, {.step = 0,
                              .time = begin,
                              .kind = "started",
                              .text = "Training began: 1,200 dialogues, 135 million parameters, "
                                      "adapters of rank 16."}));
    if (story.step > 318)
        must(store.add_event(id, {.step = 318,
                                  .time = begin + 318 * kSecondsPerStep,
                                  .kind = "warning",
                                  .text = "One batch skipped: its loss was not a number. Record "
                                          "4,071 is empty after cleaning."}));
    if (story.step > 520)
        must(store.add_event(id, {.step = 520,
                                  .time = begin + 520 * kSecondsPerStep,
                                  .kind = "command",
                                  .text = "A person asked for a checkpoint."}));
}

void addSamples(store::RunStore& store, store::RunId id, const RunStory& story, double begin)
{
    static const std::vector<std::pair<std::int64_t, const char*>> kAnswers = {
        {0, "1/2 + 1/3 = 2/5. I hope this helps! Let me know if you have any other questions."},
        {100, "The answer is 5/6. You add the fractions together to get 5/6."},
        {400, "To add them you need the same denominator. 1/2 is 3/6 and 1/3 is 2/6, so what do "
              "you get?"},
        {700, "Good question. The pieces have different sizes, so first cut both into sixths. How "
              "many sixths is one half?"},
    };
    for (const auto& [step, text] : kAnswers) {
        if (step > story.step || !story.hasSamples)
            continue;
        const double time = begin + static_cast<double>(step) * kSecondsPerStep;
        must(store.add_sample(
            id, {.step = step, .time = time, .prompt = "What is 1/2 + 1/3?", .text = text}));
        must(store.add_sample(id, {.step = step,
                                   .time = time,
                                   .prompt = "Is 0.25 the same as 1/4? My friend says no.",
                                   .text = step == 0 ? "No." : "Write 0.25 as hundredths first."}));
    }
}

void writeFolder(const std::filesystem::path& folder, const RunStory& story)
{
    std::filesystem::create_directories(folder / "checkpoints");
    std::filesystem::create_directories(folder / "logs");
    std::ofstream(folder / "run.yaml")
        << "name: " << story.name
        << "\nseed: 1234\nmodel:\n  base: smollm2-135m-instruct\n  method: lora\n  lora: {rank: "
           "16, "
           "alpha: 32.0, dropout: 0.0, targets: auto}\ntask: {kind: causal_lm}\ndata:\n  train: "
           "fractions-tutor\n  validation: auto\n  max_length: 512\n  packing: true\ntrainer:\n  "
           "max_epochs: 3\n  batch_size: 4\n  val_check_interval: 50\noptimizer:\n  name: adamw\n  "
           "lr: 2.0e-4\n  schedule: cosine\n  warmup_steps: 20\n";
    std::ofstream(folder / "environment.json")
        << "{\n  \"lyceum\": \"0.1.0\",\n  \"libtorch\": \"2.11.0\",\n  \"threads\": 2\n}\n";
    std::ofstream log(folder / "logs" / "rank-0.log");
    log << "2026-11-23T00:00:01Z info  reading the model: 135 million parameters\n";
    for (std::int64_t step = 100; step <= story.step; step += 100)
        log << "2026-11-23T00:00:02Z info  step " << step << ": checkpoint saved\n";
    if (!story.message.empty())
        log << "2026-11-23T00:00:03Z error " << story.message << '\n';
}

/// The store stamps the start with its own clock; the story began earlier.
void backdate(const std::filesystem::path& workspace, store::RunId id, double begin)
{
    sqlite3* database = nullptr;
    const auto file = (workspace / "lyceum.sqlite").string();
    LYCEUM_CHECK(sqlite3_open(file.c_str(), &database) == SQLITE_OK, "the fixture's store opens");
    const std::string sql = "UPDATE runs SET started_at = " + std::to_string(begin) +
                            " WHERE id = " + std::to_string(id);
    LYCEUM_CHECK(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
                 "the fixture's store is writable");
    sqlite3_close(database);
}

} // namespace

store::RunId tellRun(store::RunStore& store, const std::filesystem::path& workspace,
                     const RunStory& story)
{
    const double begin = nowSeconds() - static_cast<double>(story.step) * kSecondsPerStep - 2.0;
    const auto folder = workspace / "runs" / story.name;
    writeFolder(folder, story);
    store::RunRow row;
    row.name = story.name;
    row.folder = folder;
    row.base_model = "smollm2-135m-instruct";
    row.dataset = "fractions-tutor";
    row.method = "lora";
    row.created_at = begin - 1.0;
    row.total_steps = story.totalSteps;
    row.host = host_name();
    row.process = this_process();
    const store::RunId id = must(store.create_run(row));
    if (story.status == RunStatus::Queued)
        return id;
    constexpr ProcessId kGone{.pid = 999'999'999, .start_ticks = 1};
    must(store.mark_started(id, story.status == RunStatus::Lost ? kGone : this_process(),
                            host_name()));
    if (story.step > 0) {
        recordCurves(store, id, story, begin);
        addEvents(store, id, story, begin);
        saveCheckpoints(store, id, story, begin, folder);
    }
    if (story.status != RunStatus::Starting)
        addSamples(store, id, story, begin);
    const auto stored = story.status == RunStatus::Lost ? RunStatus::Running : story.status;
    if (stored != RunStatus::Starting)
        must(store.set_status(id, stored, story.message, story.hint));
    if (isEnd(story.status))
        must(store.set_summary(id, R"({"run":")" + story.name + R"("})", "single", 1));
    backdate(workspace, id, begin);
    return id;
}

std::vector<NamedStory> allStories()
{
    using enum store::Phase;
    return {
        {"queued", {.name = "waiting", .status = RunStatus::Queued, .step = 0}},
        {"starting",
         {.name = "beginning", .status = RunStatus::Starting, .phase = Loading, .step = 0}},
        {"running", {.name = "fractions-tutor"}},
        {"validating", {.name = "checking", .phase = Validating, .step = 750}},
        {"saving", {.name = "saving-now", .phase = Saving, .step = 800}},
        {"paused", {.name = "holding", .status = RunStatus::Paused, .step = 500}},
        {"stopping", {.name = "ending", .status = RunStatus::Stopping, .step = 640}},
        {"finished", {.name = "fractions-done", .status = RunStatus::Finished, .step = 1218}},
        {"stopped", {.name = "fractions-halved", .status = RunStatus::Stopped, .step = 400}},
        {"failed",
         {.name = "fractions-full",
          .status = RunStatus::Failed,
          .step = 743,
          .message = "The disk is full: checkpoint 743 was not written, it needs 71 MiB and 12 MiB "
                     "are free.",
          .hint = "Free some space or choose another workspace, then resume."}},
        {"failed-early",
         {.name = "fractions-typo",
          .status = RunStatus::Failed,
          .step = 0,
          .saveEvery = 0,
          .hasSamples = false,
          .message = "The model file smollm2.gguf is damaged: tensor 12 ends beyond the file.",
          .hint = "Install the model again."}},
        {"lost", {.name = "fractions-lost", .status = RunStatus::Lost, .step = 560}},
        {"no-samples",
         {.name = "quiet", .step = 90, .totalSteps = 120, .saveEvery = 50, .hasSamples = false}},
    };
}

} // namespace lyceum::test
