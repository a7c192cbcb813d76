#pragma once

/// @file
/// The colours and measures of the studio: one table for light, one for dark. Nothing else in ui
/// names a colour. tests/ui/tst_tokens.cpp recomputes the contrasts this table promises.

#include <QColor>

#include <array>

namespace lyceum::ui {

/// Colours by role. Text on `surface` has a contrast of at least 4.5, outlines and series at
/// least 3.
struct Tokens {
    bool isDark = false;
    QColor window;
    QColor surface;
    QColor sunken;
    QColor rail;
    QColor text;
    QColor text2;
    QColor text3;
    QColor border;  ///< Decorative: nothing may depend on seeing it.
    QColor outline; ///< Of controls.
    QColor accent;
    QColor onAccent;
    QColor accentWeak;
    QColor good;
    QColor goodWeak;
    QColor caution;
    QColor cautionWeak;
    QColor fault;
    QColor faultWeak;
    QColor learnt;
    QColor onLearnt;
    std::array<QColor, 6> series; ///< 0 training, 1 validation, then others.
};

[[nodiscard]] const Tokens& lightTokens();
[[nodiscard]] const Tokens& darkTokens();

/// A colour by the job it does, so that what was made with it follows a change of theme.
enum class Role : quint8 {
    Text,
    Text2,
    Text3,
    Outline,
    Accent,
    OnAccent,
    Good,
    Caution,
    Fault,
};
[[nodiscard]] QColor colorOf(const Tokens& tokens, Role role);

/// Distances in pixels at 96 dpi.
namespace space {
inline constexpr int k2 = 2;
inline constexpr int k4 = 4;
inline constexpr int k8 = 8;
inline constexpr int k12 = 12;
inline constexpr int k16 = 16;
inline constexpr int k24 = 24;
inline constexpr int k32 = 32;
inline constexpr int k48 = 48;
inline constexpr int kCardPadding = k16;
inline constexpr int kCardGap = k12;
inline constexpr int kPageMargin = k24;
inline constexpr int kPageMarginNarrow = k16;
} // namespace space

namespace measure {
inline constexpr int kRadiusChip = 3;
inline constexpr int kRadiusControl = 5;
inline constexpr int kRadiusCard = 8;
inline constexpr int kRadiusPill = 10;
inline constexpr int kControl = 30;
inline constexpr int kControlSmall = 24;
inline constexpr int kControlLarge = 40;
inline constexpr int kRow = 36;
inline constexpr int kRowDense = 32;
inline constexpr int kIconSmall = 16;
inline constexpr int kIcon = 22;
inline constexpr int kIconLarge = 28;
inline constexpr int kRailWidth = 84;
inline constexpr int kPlotGutterLeft = 54;
inline constexpr int kPlotReadout = 148;
/// Below this width of the window a page drops its second lines (STUDIO section 7).
inline constexpr int kNarrowWindow = 1400;
/// Below this width side panels fold.
inline constexpr int kFoldWindow = 1200;
} // namespace measure

/// Type sizes in pixels at 96 dpi, before the text scale.
enum class TextStyle : quint8 { Caption, Small, Body, Strong, H3, H2, H1, Figure, Mono };
struct TypeSpec {
    int pixels = 13;
    bool isBold = false;
    bool isMono = false;
};
[[nodiscard]] TypeSpec typeSpec(TextStyle style);

/// WCAG 2 relative luminance contrast, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

} // namespace lyceum::ui
