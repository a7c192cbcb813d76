#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QVector>

#include <optional>

namespace lyceum::ui {

/// Writes a model in one format: one `lyceum-engine export`, followed to its end. GUI thread only.
class ExportJob final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Waiting, Running, Done, Failed, Cancelled };
    struct Request {
        QString reference; ///< What `M` means on the command line.
        QString format;    ///< "hf", "gguf", "torch", "adapter".
        QString dtype;     ///< "float32"
        QString folder;    ///< Absolute.
        friend bool operator==(const Request&, const Request&) = default;
    };
    struct File {
        QString path; ///< Absolute.
        qint64 size = 0;
        QString sha256; ///< Empty when the engine did not say.
    };
    struct Outcome {
        QVector<File> files;
        bool verified = false;
        std::optional<double> maxDifference; ///< Of logits, read back against the model in memory.
        std::optional<double> limit;         ///< Of it; rounded weights have none.
        qint64 tensors = 0;                  ///< Read back, equal bit for bit.
        qint64 probeTokens = 0;              ///< Of the text that both were given.
        qint64 sameChoices = 0; ///< After so many of them both find the same token likeliest.
    };

    /// @param program path of lyceum-engine.
    ExportJob(QString program, QString workspace, QObject* parent = nullptr);
    ~ExportJob() override;

    /// Waits for start(); not while it runs.
    void prepare(const Request& request);
    void start(); ///< What was prepared.
    /// What is half written is removed by the engine.
    void cancel();
    void reset(); ///< Idle again, unless it runs.

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] const Outcome& outcome() const { return outcome_; }
    /// The engine's latest sentence.
    [[nodiscard]] const QString& progress() const { return progress_; }
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
    void setState(State state);

    QString program_;
    QString workspace_;
    Request request_;
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
