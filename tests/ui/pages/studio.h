#pragma once

/// @file
/// The whole window on a workspace, and what tests look for in its pages. LYCEUM_SHOTS=FOLDER keeps
/// a picture of each state.

#include "tests/ui/pages/page_workspace.h"
#include "ui/models/session.h"
#include "ui/panels/places.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"
#include "ui/widgets/button.h"

#include <QDir>
#include <QLabel>
#include <QTest>

namespace lyceum::ui::test {

using namespace Qt::StringLiterals;
using lyceum::test::PageWorkspace;

/// One filled button a page is the rule; this finds the visible one.
inline Button* filledButton(QWidget* page)
{
    for (auto* button : page->findChildren<Button*>())
        if (button->isVisible() && button->kind() == ButtonKind::Filled)
            return button;
    return nullptr;
}

inline int numFilledButtons(QWidget* page)
{
    int count = 0;
    for (auto* button : page->findChildren<Button*>())
        count += button->isVisible() && button->kind() == ButtonKind::Filled ? 1 : 0;
    return count;
}

inline bool showsText(QWidget* page, const QString& text)
{
    for (auto* label : page->findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(text))
            return true;
    return false;
}

/// A window on a workspace of its own.
struct Studio {
    explicit Studio(PageWorkspace& workspace)
    {
        auto opened = Session::open(workspace.path());
        session = std::move(opened).value();
        window = std::make_unique<MainWindow>(*session, allPlaces());
        window->resize(1600, 1000);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
    }

    Place* go(PlaceId place, const QString& item = {})
    {
        window->navigator().go({.place = place, .item = item});
        return window->place(place);
    }

    /// Pictures at both sizes, light and dark.
    void shoot(const QString& name)
    {
        const QString folder = qEnvironmentVariable("LYCEUM_SHOTS");
        if (folder.isEmpty())
            return;
        for (const auto mode : {ThemeMode::Light, ThemeMode::Dark}) {
            Theme::instance().setMode(mode);
            for (const QSize size : {QSize(1600, 1000), QSize(1280, 720)}) {
                window->resize(size);
                QTest::qWait(80);
                window->grab().save(QDir(folder).filePath(u"pages-%1-%2-%3.png"_s.arg(
                    name, mode == ThemeMode::Dark ? u"dark"_s : u"light"_s,
                    QString::number(size.width()))));
            }
        }
        Theme::instance().setMode(ThemeMode::Light);
        window->resize(1600, 1000);
    }

    std::unique_ptr<Session> session;
    std::unique_ptr<MainWindow> window;
};

} // namespace lyceum::ui::test
