#pragma once

#include <QObject>
#include <QProcess>
#include <QVector>

#include <optional>

namespace lyceum::ui {

/// What a model can be written as, as the engine says (`lyceum-engine export M --list`). GUI thread
/// only.
class ExportOffers final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Asking, Ready, Failed };
    struct Dtype {
        QString name;          ///< "float32"
        quint64 sizeBytes = 0; ///< Of the weights.
    };
    struct Offer {
        QString format;        ///< "hf", "gguf", "torch", "adapter".
        QVector<Dtype> dtypes; ///< From the most exact to the smallest; empty: not available.
        QString problem;       ///< Why it is not.
        QString hint;
    };

    /// @param program path of lyceum-engine.
    ExportOffers(QString program, QString workspace, QObject* parent = nullptr);
    ~ExportOffers() override;

    /// Asks for another model; what was asked before is dropped.
    void ask(const QString& reference);

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const QString& reference() const { return reference_; }
    /// Null while asking, or for a format the engine does not know.
    [[nodiscard]] const Offer* offer(const QString& format) const;
    /// What PEFT loads first: a name on the Hugging Face hub where the model has one.
    [[nodiscard]] const QString& baseModel() const { return baseModel_; }
    [[nodiscard]] bool hasChatTemplate() const { return hasChatTemplate_; }
    [[nodiscard]] const QString& message() const { return message_; } ///< Why it Failed.
    [[nodiscard]] const QString& hint() const { return hint_; }

signals:
    void changed();

private:
    void drop();
    void ended(int status);
    void setFailed(const QString& message, const QString& hint);

    QString program_;
    QString workspace_;
    QString reference_;
    QProcess* process_ = nullptr; ///< Null when none runs.
    State state_ = State::Idle;
    QVector<Offer> offers_;
    QString baseModel_;
    bool hasChatTemplate_ = false;
    QString message_;
    QString hint_;
};

} // namespace lyceum::ui
