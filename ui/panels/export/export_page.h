#pragma once

#include "core/base/result.h"
#include "ui/models/model_choices.h"
#include "ui/shell/place.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;

namespace lyceum::ui {

class Button;
class ExportCard;
class ExportJob;
class MessageBar;
class PageHeader;

/// Hands a trained model over: writes a folder that other programs open, checks it, says where it
/// is.
class ExportPage final : public Place {
    Q_OBJECT

public:
    explicit ExportPage(Context& context, QWidget* parent = nullptr);
    ~ExportPage() override;

    /// item: a run or RUN@step; empty: the newest run's best.
    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;

private:
    void makeHeader();
    [[nodiscard]] QWidget* makeChoice();
    [[nodiscard]] QWidget* makeTravels();
    [[nodiscard]] QWidget* makeNothingYet();
    void connectAll();

    void choicesLoaded(const QString& wanted, Result<std::vector<ModelChoice>> choices);
    void choose(int row);
    void refresh();
    void jobChanged();
    void chooseFolder();
    void start();
    void openFolder();

    Context& context_;
    ExportJob* job_;
    ModelChoiceModel* choices_;
    PageHeader* header_;
    Button* start_;
    Button* open_;
    MessageBar* message_;
    QStackedWidget* states_; ///< Export, nothing trained yet.
    QComboBox* choice_;
    QLabel* facts_;
    QLineEdit* folder_;
    QLabel* folderNote_;
    ExportCard* card_;
};

} // namespace lyceum::ui
