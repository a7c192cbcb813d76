#pragma once

#include "ui/theme/tokens.h"

#include <QFont>
#include <QObject>

class QApplication;
class QDBusVariant;

namespace lyceum::ui {

enum class ThemeMode : quint8 { FollowSystem, Light, Dark };

/// The look of the whole application: fonts, palette, style sheet and icons from one table of
/// tokens. One per application, owned by it; GUI thread only. A change of theme or of text size
/// takes effect at once in every window: what paints itself listens to changed().
class Theme final : public QObject {
    Q_OBJECT

public:
    /// Sets style, fonts, icon theme and palette of `application` and starts to follow the
    /// desktop's light or dark setting. Call once, before the first widget.
    static void install(QApplication& application);

    /// The installed theme. install() must have run.
    [[nodiscard]] static Theme& instance();

    [[nodiscard]] const Tokens& tokens() const noexcept { return *tokens_; }
    [[nodiscard]] ThemeMode mode() const noexcept { return mode_; }
    [[nodiscard]] double textScale() const noexcept { return textScale_; }

    void setMode(ThemeMode mode);
    /// 1.0 is the size of STUDIO section 8; clamped to 0.8 ... 2.
    void setTextScale(double scale);

    [[nodiscard]] QFont font(TextStyle style) const;
    /// `pixels` at the current text scale.
    [[nodiscard]] int scaled(int pixels) const;

signals:
    void changed();

private slots:
    void onPortalSettingChanged(const QString& group, const QString& key,
                                const QDBusVariant& value);

private:
    explicit Theme(QApplication& application);
    void askDesktop();
    void setDesktopIsDark(bool isDark);
    void apply();

    QApplication& application_;
    const Tokens* tokens_;
    ThemeMode mode_ = ThemeMode::FollowSystem;
    double textScale_ = 1.0;
    bool desktopIsDark_ = false;
};

/// The tokens in force.
[[nodiscard]] const Tokens& tokens();

} // namespace lyceum::ui
