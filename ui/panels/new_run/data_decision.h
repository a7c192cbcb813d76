#pragma once

#include "core/data/dataset.h"
#include "ui/panels/new_run/decision_card.h"

#include <vector>

class QComboBox;
class QLabel;

namespace lyceum::ui {

class RunDraft;

/// Decision 1: what to learn from. A dataset, or a file.
class DataDecision final : public DecisionCard {
    Q_OBJECT

public:
    /// `draft` outlives the card.
    explicit DataDecision(RunDraft& draft, QWidget* parent = nullptr);

    void setDatasets(std::vector<data::DatasetInfo> datasets);

signals:
    void chosen(const QString& reference);        ///< By the user.
    void openRequested(const QString& reference); ///< To look at it.
    void fileRequested();

private:
    void refresh();
    [[nodiscard]] QString factsOf(const QString& reference) const;

    RunDraft& draft_;
    std::vector<data::DatasetInfo> datasets_;
    QComboBox* choice_;
    QLabel* facts_;
    QLabel* problem_;
};

} // namespace lyceum::ui
