#pragma once

#include "ui/shell/place.h"

#include <QHash>
#include <QMainWindow>

#include <memory>

class QMenu;
class QSettings;
class QStackedWidget;

namespace lyceum::ui {

class Rail;
class RunActions;
class StatusStrip;

/// The window: menu bar, rail, the open place, status strip. Remembers geometry, place and theme
/// for the workspace. Closing it never touches a run.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    /// `session` outlives the window.
    MainWindow(Session& session, PlaceRegistry registry, QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] Navigator& navigator() noexcept { return *navigator_; }
    [[nodiscard]] Context& context() noexcept { return *context_; }
    /// Null until its first visit.
    [[nodiscard]] Place* place(PlaceId id) const { return places_.value(id); }
    /// Goes where the user was last, or Home; the first registered place where there is no Home.
    void openLastPlace();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildBody();
    void buildRail();
    void buildFileMenu();
    void buildViewMenu();
    void buildThemeMenu(QMenu* view);
    void buildRunMenu();
    void buildHelpMenu();
    void showPlace(const Location& location);
    Place* makePlace(PlaceId id);
    void adoptActions(Place& place);
    void updatePlaceActions();
    void updateTitle(const Location& location);
    void updateNarrow();
    void restore();
    void showAbout();
    [[nodiscard]] bool isRegistered(PlaceId id) const;
    QAction* addAction(QMenu* menu, const QString& text, const QString& iconName,
                       const QKeySequence& shortcut);

    Session& session_;
    PlaceRegistry registry_;
    std::unique_ptr<QSettings> settings_;
    std::unique_ptr<Navigator> navigator_;
    std::unique_ptr<RunActions> runActions_;
    std::unique_ptr<Context> context_;
    QHash<PlaceId, Place*> places_;
    QHash<MenuId, QMenu*> menus_;
    Rail* rail_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    StatusStrip* strip_ = nullptr;
};

} // namespace lyceum::ui
