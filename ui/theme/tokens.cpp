#include "ui/theme/tokens.h"

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

namespace {

QColor hex(QRgb rgb)
{
    return QColor::fromRgb(rgb);
}

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

Tokens makeLight()
{
    return {.isDark = false,
            .window = hex(0xF3F4F6),
            .surface = hex(0xFFFFFF),
            .sunken = hex(0xECEEF2),
            .rail = hex(0xE8EAEE),
            .text = hex(0x1A1F27),
            .text2 = hex(0x48515E),
            .text3 = hex(0x5F6875),
            .border = hex(0xD5D9E0),
            .outline = hex(0x7D8693),
            .accent = hex(0x2B55C8),
            .onAccent = hex(0xFFFFFF),
            .accentWeak = hex(0xE3E9FB),
            .good = hex(0x17703C),
            .goodWeak = hex(0xE0F2E7),
            .caution = hex(0x8A5200),
            .cautionWeak = hex(0xFCEED3),
            .fault = hex(0xB3261E),
            .faultWeak = hex(0xFBE6E4),
            .learnt = hex(0xDDE6FD),
            .onLearnt = hex(0x1C3F9E),
            .series = {hex(0x3F68E8), hex(0xD8740F), hex(0x005C28), hex(0x74208F), hex(0x776E0A),
                       hex(0x0298A6)}};
}

Tokens makeDark()
{
    return {.isDark = true,
            .window = hex(0x14171B),
            .surface = hex(0x1C2025),
            .sunken = hex(0x262B32),
            .rail = hex(0x101317),
            .text = hex(0xE7EAEE),
            .text2 = hex(0xB3BBC6),
            .text3 = hex(0x929CA9),
            .border = hex(0x343B45),
            .outline = hex(0x7B8593),
            .accent = hex(0x8EA4FF),
            .onAccent = hex(0x0C1226),
            .accentWeak = hex(0x27325A),
            .good = hex(0x6FD49A),
            .goodWeak = hex(0x15351F),
            .caution = hex(0xF3BE5E),
            .cautionWeak = hex(0x3B2D10),
            .fault = hex(0xFF9088),
            .faultWeak = hex(0x45201D),
            .learnt = hex(0x27325A),
            .onLearnt = hex(0xC6D1FF),
            .series = {hex(0x6A7CFF), hex(0xFFA238), hex(0x0BEBC8), hex(0xC85C9E), hex(0x8C8304),
                       hex(0x52C1FF)}};
}

} // namespace

const Tokens& lightTokens()
{
    static const Tokens kTokens = makeLight();
    return kTokens;
}

const Tokens& darkTokens()
{
    static const Tokens kTokens = makeDark();
    return kTokens;
}

QColor colorOf(const Tokens& tokens, Role role)
{
    switch (role) {
    case Role::Text:
        return tokens.text;
    case Role::Text2:
        return tokens.text2;
    case Role::Text3:
        return tokens.text3;
    case Role::Outline:
        return tokens.outline;
    case Role::Accent:
        return tokens.accent;
    case Role::OnAccent:
        return tokens.onAccent;
    case Role::Good:
        return tokens.good;
    case Role::Caution:
        return tokens.caution;
    case Role::Fault:
        return tokens.fault;
    }
    return tokens.text;
}

TypeSpec typeSpec(TextStyle style)
{
    switch (style) {
    case TextStyle::Caption:
        return {.pixels = 11};
    case TextStyle::Small:
        return {.pixels = 12};
    case TextStyle::Body:
        return {.pixels = 13};
    case TextStyle::Strong:
        return {.pixels = 13, .isBold = true};
    case TextStyle::H3:
        return {.pixels = 15, .isBold = true};
    case TextStyle::H2:
        return {.pixels = 18, .isBold = true};
    case TextStyle::H1:
        return {.pixels = 22, .isBold = true};
    case TextStyle::Figure:
        return {.pixels = 24, .isBold = true};
    case TextStyle::Mono:
        return {.pixels = 12, .isMono = true};
    }
    return {};
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace lyceum::ui
