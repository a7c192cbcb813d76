#include "ui/theme/theme.h"

#include "core/base/check.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QIcon>
#include <QPalette>
#include <QStyleFactory>

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

Theme* installedTheme = nullptr;

constexpr auto kPortalService = "org.freedesktop.portal.Desktop"_L1;
constexpr auto kPortalPath = "/org/freedesktop/portal/desktop"_L1;
constexpr auto kPortalInterface = "org.freedesktop.portal.Settings"_L1;
constexpr auto kAppearance = "org.freedesktop.appearance"_L1;
constexpr auto kColorScheme = "color-scheme"_L1;
constexpr uint kPreferDark = 1; // 0 no preference, 1 dark, 2 light

/// The portal wraps the value once in Read, and once more in a QDBusVariant.
uint unwrapUint(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt();
}

QPalette makePalette(const Tokens& t)
{
    QPalette palette;
    palette.setColor(QPalette::Window, t.window);
    palette.setColor(QPalette::WindowText, t.text);
    palette.setColor(QPalette::Base, t.surface);
    palette.setColor(QPalette::AlternateBase, t.sunken);
    palette.setColor(QPalette::Text, t.text);
    palette.setColor(QPalette::PlaceholderText, t.text3);
    palette.setColor(QPalette::Button, t.surface);
    palette.setColor(QPalette::ButtonText, t.text);
    palette.setColor(QPalette::BrightText, t.fault);
    palette.setColor(QPalette::Highlight, t.accentWeak);
    palette.setColor(QPalette::HighlightedText, t.text);
    palette.setColor(QPalette::Link, t.accent);
    palette.setColor(QPalette::LinkVisited, t.accent);
    palette.setColor(QPalette::ToolTipBase, t.text);
    palette.setColor(QPalette::ToolTipText, t.surface);
    palette.setColor(QPalette::Light, t.surface);
    palette.setColor(QPalette::Midlight, t.sunken);
    palette.setColor(QPalette::Mid, t.border);
    palette.setColor(QPalette::Dark, t.outline);
    palette.setColor(QPalette::Shadow, t.rail);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, t.text3);
    return palette;
}

} // namespace

void Theme::install(QApplication& application)
{
    LYCEUM_CHECK(installedTheme == nullptr, "one theme an application");
    installedTheme = new Theme(application);
}

Theme& Theme::instance()
{
    LYCEUM_CHECK(installedTheme != nullptr, "Theme::install runs before the first widget");
    return *installedTheme;
}

Theme::Theme(QApplication& application)
    : QObject(&application), application_(application), tokens_(&lightTokens())
{
    desktopIsDark_ = application.palette().color(QPalette::Window).lightness() < 128;
    application.setStyle(QStyleFactory::create(u"Fusion"_s));
    QIcon::setThemeSearchPaths(QIcon::themeSearchPaths() << u"/usr/share/icons"_s);
    QIcon::setThemeName(u"breeze"_s);
    QIcon::setFallbackThemeName(u"breeze"_s);
    connect(this, &QObject::destroyed, [] { installedTheme = nullptr; });
    apply();
    askDesktop();
}

void Theme::askDesktop()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(kPortalService, kPortalPath, kPortalInterface, u"SettingChanged"_s, this,
                SLOT(onPortalSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage question =
        QDBusMessage::createMethodCall(kPortalService, kPortalPath, kPortalInterface, u"Read"_s);
    question << QString(kAppearance) << QString(kColorScheme);
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](auto* finished) {
        const QDBusPendingReply<QDBusVariant> reply = *finished;
        if (reply.isValid())
            setDesktopIsDark(unwrapUint(reply.value().variant()) == kPreferDark);
        finished->deleteLater();
    });
}

void Theme::onPortalSettingChanged(const QString& group, const QString& key,
                                   const QDBusVariant& value)
{
    if (group == kAppearance && key == kColorScheme)
        setDesktopIsDark(unwrapUint(value.variant()) == kPreferDark);
}

void Theme::setDesktopIsDark(bool isDark)
{
    if (desktopIsDark_ == isDark)
        return;
    desktopIsDark_ = isDark;
    if (mode_ == ThemeMode::FollowSystem)
        apply();
}

void Theme::setMode(ThemeMode mode)
{
    if (mode_ == mode)
        return;
    mode_ = mode;
    apply();
}

void Theme::setTextScale(double scale)
{
    scale = std::clamp(scale, 0.8, 2.0);
    if (std::abs(scale - textScale_) < 1e-9)
        return;
    textScale_ = scale;
    apply();
}

void Theme::apply()
{
    const bool isDark =
        mode_ == ThemeMode::Dark || (mode_ == ThemeMode::FollowSystem && desktopIsDark_);
    tokens_ = isDark ? &darkTokens() : &lightTokens();
    QApplication::setFont(font(TextStyle::Body));
    QApplication::setPalette(makePalette(*tokens_));
    application_.setStyleSheet(makeStyleSheet(*tokens_, textScale_));
    emit changed();
}

QFont Theme::font(TextStyle style) const
{
    const TypeSpec spec = typeSpec(style);
    QFont font(spec.isMono ? QStringList{u"JetBrains Mono"_s, u"monospace"_s}
                           : QStringList{u"Noto Sans"_s, u"sans-serif"_s});
    font.setPixelSize(scaled(spec.pixels));
    font.setBold(spec.isBold);
    if (spec.isMono)
        font.setStyleHint(QFont::Monospace);
    return font;
}

int Theme::scaled(int pixels) const
{
    return static_cast<int>(std::lround(pixels * textScale_));
}

const Tokens& tokens()
{
    return Theme::instance().tokens();
}

} // namespace lyceum::ui
