#pragma once

#include "core/models/model_package.h"
#include "ui/panels/new_run/decision_card.h"

#include <vector>

class QButtonGroup;
class QLabel;
class QTableView;

namespace lyceum::ui {

class ModelTableModel;
class NewModelForm;
class RunDraft;
class SegmentedControl;

/// Decision 2: the model to start from, and how much of it may change.
class ModelDecision final : public DecisionCard {
    Q_OBJECT

public:
    /// `draft` outlives the card.
    explicit ModelDecision(RunDraft& draft, QWidget* parent = nullptr);

    void setModels(std::vector<models::ModelSummary> models);

private:
    void setUpStart();
    void setUpTable();
    void chooseStart(bool fromScratch);
    void addMethod(const QString& value, const QString& title, const QString& text,
                   class QHBoxLayout* row);
    void refresh();
    void fitTable();

    RunDraft& draft_;
    ModelTableModel* models_;
    QTableView* table_;
    QLabel* other_; ///< Says which model it is when it is not in the table.
    QButtonGroup* methods_;
    SegmentedControl* start_; ///< A model that is there, or from scratch.
    NewModelForm* new_;
    QWidget* known_;      ///< What concerns a model that is there.
    QString base_ = {};   ///< What it was before from scratch,
    QString method_ = {}; ///< and how it was trained.
};

} // namespace lyceum::ui
