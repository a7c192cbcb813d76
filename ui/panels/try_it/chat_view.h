#pragma once

#include <QWidget>

#include <vector>

class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace lyceum::ui {

class Bubble;
class Button;
class ChatSession;

/// A ChatSession drawn turn by turn, as it streams. Stays at the end unless one scrolls up to read.
class ChatView final : public QWidget {
    Q_OBJECT

public:
    /// `chat` outlives the view.
    explicit ChatView(ChatSession& chat, QWidget* parent = nullptr);

signals:
    void retryRequested();
    void suggestionChosen(const QString& text);

private:
    struct Turn {
        QWidget* line;
        Bubble* bubble;
        QLabel* note; ///< Tokens and speed, or what went wrong; null for a question.
        Button* copy;
        Button* again;
    };
    [[nodiscard]] QWidget* makeEmpty();
    void addTurn(int index);
    [[nodiscard]] Turn makeTurn(int index);
    void showTurn(int index);
    void clear();
    void followEnd();

    ChatSession& chat_;
    QScrollArea* scroll_;
    QVBoxLayout* column_;
    QWidget* empty_;
    std::vector<Turn> turns_;
    bool isAtEnd_ = true;
};

} // namespace lyceum::ui
