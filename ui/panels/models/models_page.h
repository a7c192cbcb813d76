#pragma once

#include "ui/shell/place.h"

class QGridLayout;
class QLabel;
class QStackedWidget;
class QTableView;

namespace lyceum::ui {

class Button;
class Card;
class MessageBar;
class ModelShelf;
class PageHeader;
class SegmentedControl;
class TokenPlayground;

/// The models there are: what each is, its tensors, how it reads a text. Files and folders dropped
/// here become known.
class ModelsPage final : public Place {
    Q_OBJECT

public:
    explicit ModelsPage(Context& context, QWidget* parent = nullptr);
    ~ModelsPage() override;

    /// item: a model's name, or the path of a folder or .gguf file to add.
    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;
    [[nodiscard]] QList<MenuAction> menuActions() const override { return actions_; }

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeActions();
    [[nodiscard]] QWidget* makeList();
    [[nodiscard]] QWidget* makeDetails();
    [[nodiscard]] QWidget* makeTensors();
    void connectAll();
    void refresh();
    void refreshFacts();
    void chooseFolder();
    void chooseFile();

    Context& context_;
    ModelShelf* shelf_;
    PageHeader* header_;
    MessageBar* message_;
    QTableView* list_;
    QLabel* title_;
    SegmentedControl* views_; ///< Overview, tensors, tokens.
    QStackedWidget* body_;
    QGridLayout* facts_;
    QTableView* tensors_;
    TokenPlayground* playground_;
    Button* use_;
    Button* remove_;
    QList<MenuAction> actions_;
};

} // namespace lyceum::ui
