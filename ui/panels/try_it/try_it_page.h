#pragma once

#include "core/base/result.h"
#include "ui/models/model_choices.h"
#include "ui/shell/place.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QStackedWidget;

namespace lyceum::ui {

class Button;
class ChatSession;
class ChatView;
class MessageBar;
class ModelServer;
class PageHeader;
class Pill;
class SettingsPanel;

/// Talk to a model: a base model, a run's best or last, any of its checkpoints. Answers stream from
/// an engine.
class TryItPage final : public Place {
    Q_OBJECT

public:
    explicit TryItPage(Context& context, QWidget* parent = nullptr);
    ~TryItPage() override;

    /// item: what `M` means on the command line ("fractions-tutor@best"); empty: the model of last
    /// time.
    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;
    [[nodiscard]] QList<MenuAction> menuActions() const override { return actions_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeHeader();
    void makeActions();
    [[nodiscard]] QWidget* makeModelBar();
    [[nodiscard]] QWidget* makeComposer();
    [[nodiscard]] QWidget* makeNoModels();
    void connectAll();

    void loadChoices(const QString& wanted);
    void choicesLoaded(const QString& wanted, Result<std::vector<ModelChoice>> choices);
    /// What a newcomer wants to try: the newest thing trained here, else the base model; -1:
    /// nothing.
    [[nodiscard]] int firstChoice() const;
    void loadModel(const QString& reference);
    void serverChanged();
    void refresh();
    void send();
    void showSettings(bool show);
    void settingsChanged();

    Context& context_;
    ModelServer* server_;
    ChatSession* chat_;
    ModelChoiceModel* choices_;
    QList<MenuAction> actions_;
    PageHeader* header_;
    MessageBar* message_;
    QStackedWidget* states_; ///< Chat, no models.
    QComboBox* choice_;
    Pill* pill_;
    QProgressBar* loading_;
    QLabel* note_;
    ChatView* view_;
    QPlainTextEdit* question_;
    Button* send_;
    Button* stop_;
    Button* settingsButton_;
    SettingsPanel* settings_;
};

} // namespace lyceum::ui
