/// @file
/// lyceum-studio: opens a workspace in a window. Wiring only.

#include "core/base/paths.h"
#include "ui/models/session.h"
#include "ui/panels/places.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QTextStream>

using namespace Qt::StringLiterals;

int main(int argc, char** argv)
{
    // For the engines started from here: threads that spin at barriers crawl beside a training run.
    if (!qEnvironmentVariableIsSet("OMP_WAIT_POLICY"))
        qputenv("OMP_WAIT_POLICY", "PASSIVE");
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"lyceum-studio"_s);
    QApplication::setApplicationDisplayName(u"Lyceum"_s);
    QApplication::setApplicationVersion(QStringLiteral(LYCEUM_VERSION));
    QGuiApplication::setDesktopFileName(u"lyceum-studio"_s);

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::tr("Lyceum: train language models for education."));
    const QCommandLineOption workspaceOption(
        u"workspace"_s, QApplication::tr("The workspace to open."), QApplication::tr("folder"));
    parser.addOption(workspaceOption);
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(application);

    const std::filesystem::path workspace =
        parser.isSet(workspaceOption)
            ? std::filesystem::path(parser.value(workspaceOption).toStdString())
            : lyceum::default_workspace_dir();
    auto session = lyceum::ui::Session::open(workspace);
    if (!session) {
        QTextStream(stderr) << QString::fromStdString(session.error().message) << Qt::endl
                            << QString::fromStdString(session.error().hint) << Qt::endl;
        return 1;
    }
    lyceum::ui::Theme::install(application);
    lyceum::ui::MainWindow window(*session.value(), lyceum::ui::allPlaces());
    window.openLastPlace();
    window.show();
    return QApplication::exec();
}
