#pragma once

#include "ui/models/session.h"
#include "ui/shell/navigator.h"

#include <QList>
#include <QWidget>

#include <functional>
#include <vector>

class QAction;
class QSettings;

namespace lyceum::ui {

class RunActions;

/// What every place may use. Outlives all places.
struct Context {
    Session& session;
    Navigator& navigator;
    RunActions& runActions;
    QSettings& settings; ///< Of this workspace; keys start with the place's own word ("data/...").
};

enum class MenuId : quint8 { File, Edit, View, Data, Run, Help };
struct MenuAction {
    MenuId menu;
    QAction* action;
};

/// A page that fills the window right of the rail. Made at its first visit and kept.
class Place : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Shows what `location` names; called at every visit. Quick: long work happens afterwards.
    virtual void open(const Location& location) = 0;
    /// The window became narrower than measure::kNarrowWindow, or wide again.
    virtual void setNarrow(bool isNarrow) { Q_UNUSED(isNarrow) }
    /// Actions of this place for the menu bar, owned by the place; enabled by it as they apply. The
    /// window disables their shortcuts while another place is open.
    [[nodiscard]] virtual QList<MenuAction> menuActions() const { return {}; }
};

/// How the window makes a place. A place that is not registered is not in the rail.
struct PlaceEntry {
    PlaceId id;
    std::function<Place*(Context& context)> make;
};
using PlaceRegistry = std::vector<PlaceEntry>;

} // namespace lyceum::ui
