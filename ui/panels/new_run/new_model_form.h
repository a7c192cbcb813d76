#pragma once

#include "core/models/model_package.h"

#include <QWidget>

#include <vector>

class QButtonGroup;
class QComboBox;
class QHBoxLayout;
class QLabel;

namespace lyceum::ui {

class ChoiceCard;
class FieldEditor;
class RunDraft;

/// A model from scratch: its family, its size and its tokenizer.
class NewModelForm final : public QWidget {
    Q_OBJECT

public:
    /// `draft` outlives the form.
    explicit NewModelForm(RunDraft& draft, QWidget* parent = nullptr);

    /// The models whose tokenizer may be taken.
    void setModels(const std::vector<models::ModelSummary>& models);

private:
    void makeFamily();
    void makeTokenizer();
    QHBoxLayout* makeSizes();
    void chooseFamily(const QString& family);
    void refresh();
    void refreshSizes();
    void refreshTokenizer();
    void refreshProblem();

    RunDraft& draft_;
    QComboBox* family_;
    QComboBox* tokenizer_;
    FieldEditor* vocabulary_; ///< Of a tokenizer that is learnt.
    QButtonGroup* sizes_;
    QLabel* own_; ///< Says so when the size is none of these.
    QLabel* problem_;
};

} // namespace lyceum::ui
