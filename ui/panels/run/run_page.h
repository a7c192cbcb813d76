#pragma once

#include "ui/models/run_model.h"
#include "ui/shell/place.h"
#include "ui/widgets/message_bar.h"

#include <QPointer>

class QStackedWidget;
class QTabBar;

namespace lyceum::ui {

class Button;
class ChangePopover;
class CheckpointsTab;
class LiveTab;
class LogTab;
class PageHeader;
class SetupTab;

/// The page of one run, in whatever state it is: Live, Checkpoints, Setup, Log. All it shows was
/// read from the store and the run's folder.
class RunPage final : public Place {
    Q_OBJECT

public:
    explicit RunPage(Context& context, QWidget* parent = nullptr);

    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;

    [[nodiscard]] RunModel& model() noexcept { return model_; }
    [[nodiscard]] LiveTab& live() const noexcept { return *live_; }
    [[nodiscard]] CheckpointsTab& checkpoints() const noexcept { return *checkpoints_; }
    [[nodiscard]] MessageBar& stateBar() const noexcept { return *stateBar_; }
    [[nodiscard]] MessageBar& answerBar() const noexcept { return *answerBar_; }
    /// Where a new value is typed; null while none is.
    [[nodiscard]] ChangePopover* popover() const noexcept;
    /// The filled button in sight, or null: at most one.
    [[nodiscard]] Button* primaryButton() const;

private:
    void buildHeader();
    void buildChangeMenu();
    void showPopover(store::CommandKind kind);
    void buildTabs();
    void connectActions();
    void showTab(int index);
    void refresh();
    void refreshHeader();
    void refreshButtons();
    void refreshState();
    void showPending();
    void tell(Tone tone, const QString& title, const QString& text);
    [[nodiscard]] QString runName() const;
    void openModel(PlaceId place, const QString& suffix);

    Context& context_;
    RunModel model_;
    PageHeader* header_;
    QTabBar* tabs_;
    QStackedWidget* pages_;
    MessageBar* stateBar_;  ///< What the state asks for: a repair, a resume.
    MessageBar* answerBar_; ///< What came of the user's last request.
    LiveTab* live_;
    CheckpointsTab* checkpoints_;
    SetupTab* setup_;
    LogTab* log_;
    Button* checkpointNow_;
    Button* evaluateNow_;
    Button* pause_;
    Button* change_;
    Button* stop_;
    Button* try_;
    Button* export_;
    Button* resume_;
    QPointer<ChangePopover> popover_;
    bool isNarrow_ = false;
};

} // namespace lyceum::ui
