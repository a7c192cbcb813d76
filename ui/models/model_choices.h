#pragma once

#include "core/base/result.h"

#include <QAbstractListModel>
#include <QString>

#include <filesystem>
#include <optional>
#include <vector>

namespace lyceum::ui {

/// One model that can be talked to or exported: a base model, a run's best or last checkpoint, one
/// of its others.
struct ModelChoice {
    enum class Kind { Base, Best, Last, Step };

    Kind kind = Kind::Base;
    QString reference; ///< What `M` means on the command line: "fractions-tutor@100".
    QString run;       ///< Empty for a base model.
    QString title;     ///< "SmolLM2 135M Instruct"; for a run, its name.
    QString baseModel;
    qint64 step = 0;
    bool isLast = false;           ///< The best may be the last, too.
    std::optional<double> valLoss; ///< Nats per token.
    quint64 sizeBytes = 0;
};

/// Base models on this machine first, then the runs, newest first, each with its best, its last and
/// the others. Reads the disk and the store: off the GUI thread.
[[nodiscard]] Result<std::vector<ModelChoice>>
listModelChoices(const std::filesystem::path& workspace);

/// Such choices as a list for a combo box. GUI thread only.
class ModelChoiceModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { ReferenceRole = Qt::UserRole + 1 };
    enum class Show { Everything, TrainedOnly };

    explicit ModelChoiceModel(Show show, QObject* parent = nullptr);

    void setChoices(std::vector<ModelChoice> choices);
    [[nodiscard]] const ModelChoice* choice(int row) const; ///< Null outside the list.
    [[nodiscard]] int rowOf(const QString& reference)
        const; ///< RUN means its best, else its last; -1 when there is none.

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;

    /// "best, step 200", "step 150"; empty for a base model.
    [[nodiscard]] static QString whichStep(const ModelChoice& choice);

private:
    Show show_;
    std::vector<ModelChoice> choices_;
};

} // namespace lyceum::ui
