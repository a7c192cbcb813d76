#pragma once

#include "core/base/result.h"
#include "core/store/run_store.h"
#include "ui/shell/place.h"
#include "ui/widgets/message_bar.h"

#include <functional>

class QLineEdit;
class QMenu;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace lyceum::ui {

class Button;
class EmptyState;
class PageHeader;
class RunTableModel;

/// Every run of the workspace: find one, open it, resume it, delete it, take the table away as CSV.
class RunsPage final : public Place {
    Q_OBJECT

public:
    explicit RunsPage(Context& context, QWidget* parent = nullptr);
    ~RunsPage() override;

    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;
    [[nodiscard]] QList<MenuAction> menuActions() const override { return actions_; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QWidget* makeTableCard();
    void setUpTable();
    void makeActions();
    void connectAll();
    void focusFilter();
    void goTo(PlaceId place, const QString& item = {});
    void refresh();
    void refreshActions();
    void showFor(const QString& filter);
    [[nodiscard]] const store::RunRow* selected() const;
    void openSelected();
    void resumeSelected();
    void askDelete();
    void deleteRun(const QString& name);
    void showMenu(const QPoint& position);
    [[nodiscard]] QMenu* makeExportMenu();
    [[nodiscard]] QString tableAsCsv() const;
    void saveCsv();
    void report(const QString& title, const Error& error);

    Context& context_;
    Session& session_;
    QList<MenuAction> actions_;
    RunTableModel* model_;
    QSortFilterProxyModel* sorted_;
    PageHeader* header_;
    MessageBar* message_;
    std::function<void()> repair_; ///< What the message's button does.
    QLineEdit* filter_;
    QStackedWidget* states_; ///< Table, nothing yet, nothing found.
    QTableView* table_;
    EmptyState* nothingFound_;
    Button* open_;
    Button* resume_;
    Button* delete_;
};

} // namespace lyceum::ui
