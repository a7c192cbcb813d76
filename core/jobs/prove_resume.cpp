#include "core/jobs/prove_resume.h"

#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "core/jobs/temporary_workspace.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <thread>

namespace lyceum::jobs {

namespace {

using namespace std::chrono_literals;

constexpr double kMostValidation = 0.1; // of the validation data: proofs are run often
constexpr auto kLook = 2ms;             // small models take a few milliseconds a step

/// Ends the engine of a run, whatever it does.
void kill_engine(Jobs& jobs, const std::string& name)
{
    const auto run = jobs.store().find_run(name);
    if (!run || !is_active(run.value().status))
        return;
    const auto process = run.value().process;
    ::kill(process.pid, SIGKILL);
    while (is_alive(process))
        std::this_thread::sleep_for(kLook);
}

/// The two runs; their engines do not outlive it.
class Proof {
public:
    Proof(std::unique_ptr<TemporaryWorkspace> workspace, std::unique_ptr<Jobs> jobs,
          const ProofOptions& options)
        : workspace_(std::move(workspace)), jobs_(std::move(jobs)), options_(options)
    {
    }
    ~Proof()
    {
        for (const auto* name : {kWhole, kKilled})
            kill_engine(*jobs_, name);
    }
    Proof(const Proof&) = delete;
    Proof& operator=(const Proof&) = delete;

    Result<ProofReport> run(config::RunConfig config)
    {
        report_.num_steps = options_.num_steps;
        config.name = kWhole;
        LYCEUM_TRY(jobs_->start(config));
        LYCEUM_TRY(finish(kWhole, "without an interruption"));
        config.name = kKilled;
        LYCEUM_TRY(jobs_->start(config));
        LYCEUM_TRY(kill_at_a_random_step());
        LYCEUM_ASSIGN(const auto resumed, jobs_->resume(kKilled));
        (void)resumed;
        LYCEUM_TRY(finish(
            kKilled, "killed after step " + std::to_string(report_.killed_after_step) +
                         " and resumed from step " + std::to_string(report_.resumed_from_step)));
        return compare();
    }

private:
    static constexpr const char* kWhole = "proof-uninterrupted";
    static constexpr const char* kKilled = "proof-killed";

    /// Until `is_done` of the run's row; what it does meanwhile is told.
    template <typename Done>
    Result<store::RunRow> wait(const char* name, const std::string& what, Done is_done)
    {
        auto told = std::chrono::steady_clock::now() - 1s;
        while (true) {
            LYCEUM_ASSIGN(const auto row, jobs_->store().find_run(name));
            if (is_done(row))
                return row;
            const auto now = std::chrono::steady_clock::now();
            if (options_.on_progress && now - told > 100ms) {
                told = now;
                if (!options_.on_progress("Training " + what + ": step " +
                                          std::to_string(row.step) + " of " +
                                          std::to_string(options_.num_steps)))
                    return Error{ErrorCode::Cancelled, "The proof was stopped.", ""};
            }
            std::this_thread::sleep_for(kLook);
        }
    }

    Result<void> finish(const char* name, const std::string& what)
    {
        LYCEUM_ASSIGN(const auto row, wait(name, what, [](const store::RunRow& run) {
                          return !is_active(run.status);
                      }));
        if (row.status == store::RunStatus::Finished && row.step == options_.num_steps)
            return {};
        return Error{ErrorCode::Io,
                     "The run " + what + " ended at step " + std::to_string(row.step) + " of " +
                         std::to_string(options_.num_steps) + ": " +
                         (row.message.empty() ? std::string(to_string(row.status)) : row.message),
                     row.hint};
    }

    Result<void> kill_at_a_random_step()
    {
        std::mt19937_64 random(options_.seed ? *options_.seed : std::random_device{}());
        const auto first_save = std::max<std::int64_t>(1, options_.num_steps / 3);
        std::uniform_int_distribution<std::int64_t> any(first_save, options_.num_steps - 2);
        const auto target = any(random);
        std::int64_t saved = 0;
        LYCEUM_ASSIGN(const auto row, wait(kKilled, "to be killed", [&](const store::RunRow& run) {
                          return !is_active(run.status) ||
                                 (run.step >= target && (saved = last_save(run.id)) > 0);
                      }));
        (void)row;
        kill_engine(*jobs_, kKilled);
        LYCEUM_ASSIGN(const auto killed, jobs_->store().find_run(kKilled));
        if (killed.status != store::RunStatus::Lost)
            return Error{ErrorCode::Io,
                         "The run ended at step " + std::to_string(killed.step) +
                             " before it could be killed. " +
                             (killed.message.empty() ? "Its steps are too short." : killed.message),
                         "Prove it over more steps."};
        report_.killed_after_step = killed.step;
        report_.resumed_from_step = last_save(killed.id);
        return {};
    }

    std::int64_t last_save(store::RunId run)
    {
        std::int64_t step = 0;
        if (const auto checkpoints = jobs_->store().checkpoints(run))
            for (const auto& checkpoint : checkpoints.value())
                if (checkpoint.is_kept)
                    step = std::max(step, checkpoint.step);
        return step;
    }

    Result<std::filesystem::path> last_folder(const char* name, store::RunId& id)
    {
        LYCEUM_ASSIGN(const auto run, jobs_->store().find_run(name));
        id = run.id;
        LYCEUM_ASSIGN(const auto checkpoints, jobs_->store().checkpoints(run.id));
        for (const auto& checkpoint : checkpoints)
            if (checkpoint.is_kept && checkpoint.step == options_.num_steps)
                return checkpoint.folder;
        return Error{ErrorCode::NotFound, std::string(name) + " left no checkpoint of its end.",
                     ""};
    }

    Result<ProofReport> compare()
    {
        store::RunId whole = 0, killed = 0;
        LYCEUM_ASSIGN(const auto one, last_folder(kWhole, whole));
        LYCEUM_ASSIGN(const auto other, last_folder(kKilled, killed));
        LYCEUM_ASSIGN(report_.curves, compare_curves(jobs_->store(), whole, killed));
        LYCEUM_ASSIGN(report_.state, compare_checkpoints(one, other));
        return report_;
    }

    std::unique_ptr<TemporaryWorkspace> workspace_;
    std::unique_ptr<Jobs> jobs_;
    ProofOptions options_;
    ProofReport report_;
};

} // namespace

nlohmann::json to_json(const ProofReport& report)
{
    const auto& first = report.curves.is_same() ? report.state : report.curves;
    return {{"exact", report.is_exact()},
            {"steps", report.num_steps},
            {"killed_after_step", report.killed_after_step},
            {"resumed_from_step", report.resumed_from_step},
            {"tensors", report.state.num_tensors},
            {"bytes", report.state.num_bytes},
            {"points", report.curves.num_points},
            {"first_difference",
             report.is_exact() ? nlohmann::json(nullptr) : nlohmann::json(first.first_difference)}};
}

std::string to_text(const ProofReport& report)
{
    const auto how = "Killed after step " + std::to_string(report.killed_after_step) +
                     " and resumed from step " + std::to_string(report.resumed_from_step) +
                     ", the run of " + std::to_string(report.num_steps) + " steps ";
    if (report.is_exact())
        return "Resuming is exact. " + how + "ended in the same bits as the uninterrupted one: " +
               std::to_string(report.state.num_tensors) + " tensors of weights and optimizer (" +
               format_bytes(report.state.num_bytes) + ") and " +
               std::to_string(report.curves.num_points) + " points of the curves are equal.";
    std::string text = "Resuming is not exact. " + how + "ended differently:";
    for (const auto* part : {&report.curves, &report.state})
        if (!part->is_same())
            text += " " + part->first_difference + " (uninterrupted, resumed).";
    return text;
}

Result<ProofReport> prove_resume(const std::filesystem::path& workspace, config::RunConfig config,
                                 const ProofOptions& options)
{
    if (options.num_steps < kFewestProofSteps)
        return Error{ErrorCode::InvalidConfig,
                     "A proof takes at least " + std::to_string(kFewestProofSteps) +
                         " steps, not " + std::to_string(options.num_steps) + ".",
                     "20 steps are a good number."};
    config.trainer.max_steps = options.num_steps;
    config.trainer.max_epochs = -1;
    config.trainer.log_every_n_steps = 1;
    config.trainer.limit_val_batches = std::min(config.trainer.limit_val_batches, kMostValidation);
    config.checkpoint.every_n_steps = std::max<std::int64_t>(1, options.num_steps / 3);
    config.checkpoint.save_last = true;
    config.samples.prompts.clear();
    config.trackers = {}; // a proof is nothing to tell others
    LYCEUM_ASSIGN(auto temporary, TemporaryWorkspace::make(workspace));
    LYCEUM_ASSIGN(auto jobs, Jobs::open(temporary->path()));
    return Proof(std::move(temporary), std::move(jobs), options).run(std::move(config));
}

} // namespace lyceum::jobs
