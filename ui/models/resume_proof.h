#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
#include <memory>

namespace lyceum::ui {

/// Proves beside everything else that resuming a run is exact: trains a few of its steps twice,
/// once killed and resumed, and compares every bit. GUI thread only; ends with this object.
class ResumeProof final : public QObject {
    Q_OBJECT

public:
    enum class State : quint8 { Idle, Running, Exact, Different, Failed };

    explicit ResumeProof(std::filesystem::path workspace, QObject* parent = nullptr);
    ~ResumeProof() override;

    /// With the settings of the run in `runFolder`. Nothing happens while one is running.
    void start(const std::filesystem::path& runFolder);
    void cancel();

    [[nodiscard]] State state() const noexcept { return state_; }
    /// What is being done, or what came of it.
    [[nodiscard]] QString text() const { return text_; }
    [[nodiscard]] QString hint() const { return hint_; }

signals:
    void changed();

private:
    struct Shared;
    void end(State state, const QString& text, const QString& hint);

    std::filesystem::path workspace_;
    std::shared_ptr<Shared> shared_;
    QTimer timer_;
    State state_ = State::Idle;
    QString text_;
    QString hint_;
};

} // namespace lyceum::ui
