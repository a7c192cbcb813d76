#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QVector>

#include <optional>

namespace lyceum::ui {

/// One `lyceum-engine export`, followed to its end. GUI thread only.
class ExportJob final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Running, Done, Failed, Cancelled };
    struct File {
        QString path; ///< Absolute.
        qint64 size = 0;
    };
    struct Outcome {
        QVector<File> files;
        bool verified = false;
        std::optional<double> maxDifference; ///< Of logits, read back against the model in memory.
    };

    /// @param program path of lyceum-engine.
    ExportJob(QString program, QString workspace, QObject* parent = nullptr);
    ~ExportJob() override;

    void start(const QString& reference, const QString& folder);
    void cancel(); ///< What is half written is removed by the engine.

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const QString& reference() const { return reference_; }
    [[nodiscard]] const QString& folder() const { return folder_; }
    [[nodiscard]] const Outcome& outcome() const { return outcome_; }
    [[nodiscard]] const QString& progress() const
    {
        return progress_;
    } ///< The engine's latest sentence.
    [[nodiscard]] const QString& message() const { return message_; } ///< Why it Failed.
    [[nodiscard]] const QString& hint() const { return hint_; }
    [[nodiscard]] double seconds() const; ///< Since the start; of a finished one, what it took.

signals:
    void stateChanged();
    void progressChanged();

private:
    void readErrors();
    void ended(int status, QProcess::ExitStatus how);
    void end(State state, const QString& message = {}, const QString& hint = {});

    QString program_;
    QString workspace_;
    QString reference_;
    QString folder_;
    QProcess* process_ = nullptr; ///< Null when none runs.
    State state_ = State::Idle;
    bool cancelled_ = false;
    QByteArray errors_;
    QString progress_;
    QString message_;
    QString hint_;
    Outcome outcome_;
    QElapsedTimer clock_;
    double took_ = 0;
};

} // namespace lyceum::ui
