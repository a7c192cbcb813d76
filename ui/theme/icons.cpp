#include "ui/theme/icons.h"

#include "ui/theme/theme.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

/// These are filled shapes with a white sign in them, which one colour would fill up: their
/// outlines.
QString outlineOf(const QString& name)
{
    if (name == u"data-error"_s)
        return u"dialog-error-symbolic"_s;
    if (name == u"data-warning"_s)
        return u"dialog-warning-symbolic"_s;
    return name;
}

class TintedIconEngine final : public QIconEngine {
public:
    TintedIconEngine(const QString& name, Role role) : name_(outlineOf(name)), role_(role) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatio();
        painter->drawPixmap(rect, scaledPixmap(rect.size() * ratio, mode, state, ratio));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const Role role = mode == QIcon::Disabled ? Role::Text3 : role_;
        const QColor color = colorOf(tokens(), role);
        const QString key = u"lyceum-icon/%1/%2/%3x%4"_s.arg(name_, color.name())
                                .arg(size.width())
                                .arg(size.height());
        QPixmap result;
        if (QPixmapCache::find(key, &result))
            return result;
        result = squareIcon(size);
        if (!result.isNull()) {
            QPainter painter(&result);
            painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
            painter.fillRect(QRect(QPoint(), size), color);
        }
        result.setDevicePixelRatio(scale);
        QPixmapCache::insert(key, result);
        return result;
    }

    /// An icon wider than high keeps the rest of its width free, at the side of the text.
    [[nodiscard]] QPixmap squareIcon(const QSize& size) const
    {
        const int side = std::min(size.width(), size.height());
        const QPixmap square = QIcon::fromTheme(name_).pixmap(QSize(side, side), 1.0);
        if (square.isNull() || size.width() == size.height())
            return square;
        QPixmap wide(size);
        wide.fill(Qt::transparent);
        QPainter painter(&wide);
        const bool mirrored = QGuiApplication::isRightToLeft();
        painter.drawPixmap(mirrored ? size.width() - side : 0, 0, square);
        return wide;
    }

    QString key() const override { return u"lyceum-tinted"_s; }
    QIconEngine* clone() const override { return new TintedIconEngine(name_, role_); }
    bool isNull() override { return false; }

private:
    QString name_;
    Role role_;
};

} // namespace

QIcon themeIcon(const QString& name, Role role)
{
    return QIcon(new TintedIconEngine(name, role));
}

} // namespace lyceum::ui
