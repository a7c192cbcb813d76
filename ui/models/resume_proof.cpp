#include "ui/models/resume_proof.h"

#include "core/base/atomic_file.h"
#include "core/jobs/prove_resume.h"
#include "ui/models/background.h"

#include <atomic>
#include <mutex>

namespace lyceum::ui {

namespace {

constexpr int kLookMs = 200;

Result<jobs::ProofReport> prove(const std::filesystem::path& workspace,
                                const std::filesystem::path& runFolder,
                                const std::function<bool(const std::string&)>& onProgress)
{
    const auto path = runFolder / "run.yaml";
    LYCEUM_ASSIGN(const auto text, read_file(path));
    const auto parsed = config::parse_yaml(text);
    if (!parsed.problems.empty())
        return config::to_error(parsed.problems, path.string());
    return jobs::prove_resume(workspace, parsed.config, {.on_progress = onProgress});
}

} // namespace

struct ResumeProof::Shared {
    std::atomic<bool> isCancelled = false;
    std::mutex mutex;
    std::string progress;
};

ResumeProof::ResumeProof(std::filesystem::path workspace, QObject* parent)
    : QObject(parent), workspace_(std::move(workspace))
{
    timer_.setInterval(kLookMs);
    connect(&timer_, &QTimer::timeout, this, [this] {
        const std::lock_guard lock(shared_->mutex);
        const QString now = QString::fromStdString(shared_->progress);
        if (now == text_)
            return;
        text_ = now;
        emit changed();
    });
}

ResumeProof::~ResumeProof()
{
    cancel();
}

void ResumeProof::start(const std::filesystem::path& runFolder)
{
    if (state_ == State::Running)
        return;
    shared_ = std::make_shared<Shared>();
    state_ = State::Running;
    text_ = tr("Beginning");
    hint_.clear();
    timer_.start();
    inBackground(
        this,
        [workspace = workspace_, runFolder, shared = shared_] {
            return prove(workspace, runFolder, [shared](const std::string& what) {
                const std::lock_guard lock(shared->mutex);
                shared->progress = what;
                return !shared->isCancelled;
            });
        },
        [this](const Result<jobs::ProofReport>& report) {
            if (!report && report.error().code == ErrorCode::Cancelled)
                end(State::Idle, {}, {});
            else if (!report)
                end(State::Failed, QString::fromStdString(report.error().message),
                    QString::fromStdString(report.error().hint));
            else
                end(report.value().is_exact() ? State::Exact : State::Different,
                    QString::fromStdString(jobs::to_text(report.value())), {});
        });
    emit changed();
}

void ResumeProof::cancel()
{
    if (shared_)
        shared_->isCancelled = true;
}

void ResumeProof::end(State state, const QString& text, const QString& hint)
{
    timer_.stop();
    state_ = state;
    text_ = text;
    hint_ = hint;
    emit changed();
}

} // namespace lyceum::ui
