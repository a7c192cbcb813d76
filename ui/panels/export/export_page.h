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
class ExportOffers;
class ExportQueue;
class IconLabel;
class MessageBar;
class PageHeader;

/// Hands a trained model over: writes it in the forms other programs open, each in a folder of its
/// own and checked, and says where they are and how to use them.
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
    [[nodiscard]] QWidget* makeContent();
    [[nodiscard]] QWidget* makeChoice();
    [[nodiscard]] QWidget* makeTravels();
    [[nodiscard]] QWidget* makeNothingYet();
    void connectAll();

    void choicesLoaded(const QString& wanted, Result<std::vector<ModelChoice>> choices);
    void choose(int row);
    void offersChanged();
    void formatsChosen(); ///< By the user; kept for the next time.
    void refresh();
    void refreshHeader(int numChosen);
    /// @return whether the folder can be written and its disk holds what was chosen.
    [[nodiscard]] bool refreshRoom(int numChosen);
    void chooseFolder();
    void start();
    void openFolder();
    [[nodiscard]] QString folderOf(const QString& format) const;
    [[nodiscard]] bool hasResults() const;

    Context& context_;
    ExportQueue* queue_;
    ExportOffers* offers_;
    ModelChoiceModel* choices_;
    PageHeader* header_;
    Button* start_;
    Button* cancel_;
    Button* open_;
    MessageBar* message_;
    QStackedWidget* states_; ///< Export, nothing trained yet.
    QComboBox* choice_;
    QLabel* facts_;
    QLineEdit* folder_;
    Button* browse_;
    IconLabel* roomIcon_;
    QLabel* room_;
    QList<ExportCard*> cards_;
};

} // namespace lyceum::ui
