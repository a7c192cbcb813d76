#include "tests/ui/pages/page_workspace.h"

#include "core/base/check.h"
#include "core/base/process.h"

#include <QDateTime>

#include <cmath>
#include <fstream>

namespace lyceum::test {
namespace {

template <typename T>
T valueOf(Result<T> result)
{
    LYCEUM_CHECK(static_cast<bool>(result), "the fixture's store refused");
    return std::move(result).value();
}

void require(const Result<void>& result)
{
    LYCEUM_CHECK(static_cast<bool>(result), "the fixture's store refused");
}

double now()
{
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000.0;
}

} // namespace

PageWorkspace::PageWorkspace() : store_(valueOf(store::RunStore::open(path()))) {}

std::filesystem::path PageWorkspace::path() const
{
    return folder_.path().toStdString();
}

store::RunId PageWorkspace::add(const std::string& name, std::int64_t steps, std::int64_t total)
{
    store::RunRow row;
    row.name = name;
    row.folder = path() / "runs" / name;
    row.base_model = "smollm2-135m-instruct";
    row.dataset = "fractions-tutor";
    row.method = "lora";
    row.created_at = now() - 600.0 + 60.0 * made_++;
    row.total_steps = total;
    std::filesystem::create_directories(row.folder / "checkpoints");
    const auto id = valueOf(store_->create_run(row));
    require(store_->mark_started(id, this_process(), host_name()));
    for (std::int64_t step = 1; step <= steps; ++step) {
        const double loss = 0.9 + 1.4 * std::exp(-static_cast<double>(step) / 30.0);
        require(store_->record(
            id, {.phase = store::Phase::Training, .step = step, .total_steps = total},
            {{.step = step, .name = "train_loss", .value = loss, .time = 0},
             {.step = step, .name = "tokens_per_second", .value = 1840.0, .time = 0}}));
    }
    return id;
}

void PageWorkspace::addCheckpoint(store::RunId run, const std::string& name, std::int64_t step,
                                  double valLoss, bool isBest)
{
    require(store_->record(run, {.phase = store::Phase::Training, .step = step, .total_steps = 120},
                           {{.step = step, .name = "val_loss", .value = valLoss, .time = 0}}));
    store::CheckpointRow checkpoint;
    checkpoint.step = step;
    checkpoint.folder = path() / "runs" / name / "checkpoints" / ("step-" + std::to_string(step));
    checkpoint.val_loss = valLoss;
    checkpoint.size_bytes = 58'700'000;
    checkpoint.time = now();
    checkpoint.is_best = isBest;
    checkpoint.is_last = true;
    checkpoint.reason = "schedule";
    require(store_->put_checkpoint(run, checkpoint));
}

store::RunId PageWorkspace::addFinished(const std::string& name, double valLoss)
{
    const auto id = add(name, 120, 120);
    addCheckpoint(id, name, 80, valLoss, true);
    addCheckpoint(id, name, 120, valLoss + 0.02, false);
    require(store_->set_summary(id, R"({"status":"finished","tokens_per_second":1840.0})", "single",
                                1));
    require(store_->set_status(id, store::RunStatus::Finished));
    return id;
}

store::RunId PageWorkspace::addTraining(const std::string& name)
{
    const auto id = add(name, 45, 120);
    require(store_->set_status(id, store::RunStatus::Running));
    addCheckpoint(id, name, 40, 1.207, true);
    return id;
}

store::RunId PageWorkspace::addFailed(const std::string& name, const std::string& message)
{
    const auto id = add(name, 31, 120);
    require(
        store_->set_status(id, store::RunStatus::Failed, message, "Free some space, then resume."));
    return id;
}

store::RunId PageWorkspace::addStopped(const std::string& name)
{
    const auto id = add(name, 60, 120);
    addCheckpoint(id, name, 60, 1.118, true);
    require(store_->set_status(id, store::RunStatus::Stopped));
    return id;
}

store::RunId PageWorkspace::addLost(const std::string& name)
{
    const auto id = add(name, 52, 120);
    addCheckpoint(id, name, 40, 1.190, true);
    require(store_->set_status(id, store::RunStatus::Running));
    require(store_->mark_started(id, {.pid = 1, .start_ticks = 1}, host_name()));
    return id;
}

std::string PageWorkspace::addFile(const std::string& name, const std::string& text)
{
    const auto file = path() / name;
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
}

} // namespace lyceum::test
