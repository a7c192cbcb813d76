#pragma once

#include "core/base/result.h"
#include "ui/shell/place.h"

#include <functional>

class QScrollArea;
class QStackedWidget;

namespace lyceum::ui {

class Button;
class DataDecision;
class MessageBar;
class ModelDecision;
class PageHeader;
class RunDraft;
class RunEstimator;
class SettingsForm;
class SummaryPanel;

/// Three decisions and their consequence; everything else has a default that can be seen and
/// changed.
class NewRunPage final : public Place {
    Q_OBJECT

public:
    explicit NewRunPage(Context& context, QWidget* parent = nullptr);
    ~NewRunPage() override;

    /// item: "recipe:NAME", "model:NAME", a dataset or the path of a file to learn from; empty: the
    /// draft as it was left.
    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;
    [[nodiscard]] QList<MenuAction> menuActions() const override { return actions_; }

private:
    void makeHeader();
    void makeActions();
    [[nodiscard]] QWidget* makeForm();
    [[nodiscard]] QWidget* makeLength();
    void connectAll();

    void restoreDraft();
    void rememberDraft();
    void useRecipe(const QString& name);
    void useData(const QString& reference);
    void loadLists();
    void chooseFile();
    void showYaml(bool show);
    void showSettings(bool show);
    void refreshSettingsButton();
    void showField(const QString& wanted);
    void start();
    void started(const Result<store::RunRow>& run);
    void offerFreeName(const QString& taken);
    void report(const QString& title, const Error& error);

    Context& context_;
    RunDraft* draft_;
    RunEstimator* estimator_;
    QList<MenuAction> actions_;
    PageHeader* header_;
    MessageBar* message_;
    std::function<void()> repair_; ///< What the message's button does.
    QStackedWidget* ways_;         ///< Form, YAML.
    Button* yamlButton_;
    QScrollArea* scroll_ = nullptr;
    DataDecision* data_;
    ModelDecision* model_;
    QWidget* length_ = nullptr;
    Button* settingsButton_;
    QWidget* settingsCard_ = nullptr;
    SettingsForm* settings_ = nullptr; ///< Made when first unfolded.
    SummaryPanel* summary_;
    bool nameIsOurs_ = true; ///< The name was suggested, not typed.
};

} // namespace lyceum::ui
