#pragma once

#include "ui/shell/place.h"

class QLineEdit;
class QListView;
class QLabel;
class QStackedWidget;
class QTableView;
class QTextBrowser;

namespace lyceum::ui {

class Button;
class DataBrowser;
class EmptyState;
class MessageBar;
class PageHeader;
class ProblemPanel;
class RecordView;
class SegmentedControl;

/// What there is to learn from: the datasets, their records and cards, and any .jsonl file with its
/// problems.
class DataPage final : public Place {
    Q_OBJECT

public:
    explicit DataPage(Context& context, QWidget* parent = nullptr);
    ~DataPage() override;

    /// item: a dataset's name or the absolute path of a file; empty: what was shown before.
    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;
    [[nodiscard]] QList<MenuAction> menuActions() const override { return actions_; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeHeader();
    void makeActions();
    [[nodiscard]] QWidget* makeList();
    [[nodiscard]] QWidget* makeRecords();
    [[nodiscard]] QWidget* makeTools();
    [[nodiscard]] QWidget* makeLoading();
    void setUpTable();
    void connectAll();

    void refresh();
    void refreshHeader();
    void refreshSplits();
    void refreshBody();
    void refreshRecord();
    void stepRecord(int by);
    void chooseFile();
    void useForRun();

    Context& context_;
    DataBrowser* browser_;
    QList<MenuAction> actions_;
    PageHeader* header_;
    MessageBar* message_;
    Button* use_;
    QListView* list_;
    SegmentedControl* splits_;
    SegmentedControl* views_;
    QLineEdit* filter_;
    QLabel* count_;
    QStackedWidget* body_; ///< Records, card, loading, nothing found, failed.
    QTableView* table_;
    QTextBrowser* card_;
    QLabel* loading_;
    EmptyState* nothingFound_;
    ProblemPanel* problems_;
    RecordView* record_;
    QString splitsOf_;  ///< Whose splits the control shows.
    QString cardShown_; ///< Markdown in card_.
    bool showsCard_ = false;
    bool isNarrow_ = false;
};

} // namespace lyceum::ui
