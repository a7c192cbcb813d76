#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QUrl>

namespace lyceum::ui {

/// One `lyceum-engine serve` on loopback, which holds the model of Try it; the studio never does.
/// GUI thread only.
///
/// The engine ends with this object, and with the studio however that ends (`--exit-with-parent`).
class ModelServer final : public QObject {
    Q_OBJECT

public:
    enum class State { Stopped, Loading, Ready, Failed };

    /// @param program path of lyceum-engine. @param workspace where names of runs are looked up.
    ModelServer(QString program, QString workspace, QObject* parent = nullptr);
    ~ModelServer() override;

    /// Ends the model that is loaded, if any, and loads this one: a model name, a run, RUN@step, a
    /// folder, a file.
    void load(const QString& reference);
    void stop();

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const QString& reference() const { return reference_; }
    [[nodiscard]] const QUrl& url() const
    {
        return url_;
    } ///< Valid in Ready: "http://127.0.0.1:41234".
    [[nodiscard]] double secondsLoading() const;
    [[nodiscard]] const QString& message() const
    {
        return message_;
    } ///< Why it Failed, a sentence.
    [[nodiscard]] const QString& hint() const { return hint_; }
    [[nodiscard]] const QString& log() const
    {
        return log_;
    } ///< What the engine wrote to standard error, its end.

signals:
    void stateChanged();

private:
    void readOutput();
    void readErrors();
    void ended(int status, QProcess::ExitStatus how);
    void failed(const QString& message, const QString& hint);
    void setState(State state);
    void endProcess();

    QString program_;
    QString workspace_;
    QString reference_;
    QProcess* process_ = nullptr; ///< Null when none runs.
    State state_ = State::Stopped;
    QByteArray output_;
    QUrl url_;
    QString message_;
    QString hint_;
    QString log_;
    QElapsedTimer loading_;
};

} // namespace lyceum::ui
