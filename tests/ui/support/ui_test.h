#pragma once

/// @file
/// What tests of widgets share: a main with the theme installed, and a workspace of their own.

#include "tests/ui/support/run_fixture.h"
#include "ui/models/session.h"
#include "ui/shell/place.h"
#include "ui/shell/run_actions.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace lyceum::test {

/// A new workspace with an opened session and all that places need; gone at the end of the scope.
class Workspace {
public:
    Workspace() : settings_(folder_.filePath(QStringLiteral("studio.ini")), QSettings::IniFormat)
    {
        auto opened = ui::Session::open(path());
        requireOpened(opened);
        session_ = std::move(opened).value();
        actions_ = std::make_unique<ui::RunActions>(*session_, navigator_);
        context_ = std::make_unique<ui::Context>(ui::Context{.session = *session_,
                                                             .navigator = navigator_,
                                                             .runActions = *actions_,
                                                             .settings = settings_});
    }

    [[nodiscard]] std::filesystem::path path() const { return folder_.path().toStdString(); }
    [[nodiscard]] ui::Session& session() { return *session_; }
    [[nodiscard]] ui::Context& context() { return *context_; }
    [[nodiscard]] ui::Navigator& navigator() { return navigator_; }
    [[nodiscard]] ui::RunActions& actions() { return *actions_; }

    store::RunId tell(const RunStory& story)
    {
        const auto id = tellRun(session_->store(), path(), story);
        session_->refresh();
        return id;
    }

private:
    static void requireOpened(const Result<std::unique_ptr<ui::Session>>& result)
    {
        if (!result)
            qFatal("%s", result.error().message.c_str());
    }

    QTemporaryDir folder_;
    QSettings settings_;
    std::unique_ptr<ui::Session> session_;
    ui::Navigator navigator_;
    std::unique_ptr<ui::RunActions> actions_;
    std::unique_ptr<ui::Context> context_;
};

/// Runs the tests of `Tests` in an application with the studio's theme.
template <typename Tests>
int runUiTests(int argc, char** argv)
{
    QApplication application(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    ui::Theme::install(application);
    Tests tests;
    return QTest::qExec(&tests, argc, argv);
}

} // namespace lyceum::test

#define LYCEUM_UI_TEST_MAIN(Tests)                                                                 \
    int main(int argc, char** argv)                                                                \
    {                                                                                              \
        return lyceum::test::runUiTests<Tests>(argc, argv);                                        \
    }
