#include "ui/plots/plot_picture.h"

#include "ui/plots/event_lane.h"
#include "ui/plots/line_plot.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMargin = space::k16;

Error cannotWrite(const QString& path, const QString& reason)
{
    return {.code = ErrorCode::Io,
            .message = u"%1 was not written: %2."_s.arg(path, reason).toStdString(),
            .hint = "Choose another folder or free some space."};
}

int headHeight()
{
    return QFontMetrics(Theme::instance().font(TextStyle::H3)).height() + space::k8;
}

QSize sizeOf(const PlotPage& page)
{
    int width = 0;
    int height = 2 * kMargin + headHeight();
    if (page.lane)
        height += page.lane->height();
    for (const LinePlot* plot : page.plots) {
        width = std::max(width, plot->width());
        height += plot->height() + space::k4;
    }
    return {width + 2 * kMargin, height};
}

void paint(const PlotPage& page, QPainter& painter)
{
    const Tokens& light = lightTokens();
    const QSize size = sizeOf(page);
    painter.fillRect(QRect(QPoint(), size), light.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect head(kMargin, kMargin, size.width() - 2 * kMargin, headHeight());
    painter.setFont(Theme::instance().font(TextStyle::H3));
    painter.setPen(light.text);
    painter.drawText(head, Qt::AlignLeft | Qt::AlignTop, page.title);
    painter.setFont(Theme::instance().font(TextStyle::Caption));
    painter.setPen(light.text3);
    painter.drawText(head, Qt::AlignRight | Qt::AlignTop, page.note);
    painter.translate(kMargin, kMargin + headHeight());
    if (page.lane) {
        painter.save();
        page.lane->render(painter, light);
        painter.restore();
        painter.translate(0, page.lane->height());
    }
    for (LinePlot* plot : page.plots) {
        painter.save();
        plot->render(painter, light);
        painter.restore();
        painter.translate(0, plot->height() + space::k4);
    }
}

} // namespace

QImage plotImage(const PlotPage& page, double scale)
{
    const QSize size = sizeOf(page);
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    paint(page, painter);
    return image;
}

Result<void> savePng(const PlotPage& page, double scale, const QString& path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !plotImage(page, scale).save(&file, "PNG") ||
        !file.commit())
        return cannotWrite(path, file.errorString());
    return {};
}

Result<void> saveSvg(const PlotPage& page, const QString& path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return cannotWrite(path, file.errorString());
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setSize(sizeOf(page));
    generator.setViewBox(QRect(QPoint(), sizeOf(page)));
    generator.setTitle(page.title);
    generator.setDescription(page.note);
    QPainter painter;
    painter.begin(&generator);
    paint(page, painter);
    painter.end();
    if (!file.commit())
        return cannotWrite(path, file.errorString());
    return {};
}

Result<void> savePointsCsv(std::span<const PlotPoint> points, const QString& path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return cannotWrite(path, file.errorString());
    constexpr int kAllDigits = 17;
    file.write("step,time,tokens,name,value\n");
    for (const PlotPoint& point : points) {
        const QByteArray tokens =
            std::isfinite(point.tokens) ? QByteArray::number(point.tokens, 'f', 0) : QByteArray();
        file.write(QByteArray::number(point.step) + ',' + QByteArray::number(point.time, 'f', 3) +
                   ',' + tokens + ',' + point.name.toUtf8() + ',' +
                   QByteArray::number(point.value, 'g', kAllDigits) + '\n');
    }
    if (!file.commit())
        return cannotWrite(path, file.errorString());
    return {};
}

} // namespace lyceum::ui
